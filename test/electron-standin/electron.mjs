/** The module `electron` as the main process sees it. Whatever is not modelled throws instead of pretending. */
import { app } from './app.mjs'
import { BrowserWindow } from './browser-window.mjs'
import { ipcMain } from './ipc.mjs'
import {
  dialog,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  screen,
  shell,
  Tray,
} from './native.mjs'
import { protocol, session } from './session.mjs'
import { recorder } from './state.mjs'
import { WebContents } from './web-contents.mjs'

const electron = {
  app,
  BrowserWindow,
  WebContents,
  webContents: WebContents,
  ipcMain,
  Menu,
  MenuItem,
  Tray,
  Notification,
  dialog,
  shell,
  nativeImage,
  nativeTheme,
  screen,
  session,
  protocol,
  powerMonitor,
  __standin: recorder,
}

/** Asked for by loaders and by libraries that look where they run; absent in the main process of a real Electron too. */
const absent = ['then', '__esModule', 'toJSON', 'ipcRenderer', 'contextBridge']

const guarded = new Proxy(electron, {
  get(target, name) {
    if (name in target || typeof name === 'symbol' || absent.includes(name)) return target[name]
    throw new Error(`stand-in: electron.${name} is not modelled`)
  },
})

export {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
  WebContents,
  WebContents as webContents,
  recorder as __standin,
}
export { guarded as default, guarded as 'module.exports' }
