/** Native surfaces, recorded instead of shown: tray, menus, toasts, dialogs, the file manager, theme and screens. */
import { EventEmitter } from 'node:events'
import fs from 'node:fs'
import { app } from './app.mjs'
import { recorded, recorder, running, windows } from './state.mjs'

export class MenuItem {
  constructor(options) {
    const type = options.submenu ? 'submenu' : 'normal'
    Object.assign(this, { type, enabled: true, visible: true, checked: false, label: '' }, options)
    if (Array.isArray(options.submenu)) this.submenu = Menu.buildFromTemplate(options.submenu)
    this.click = () => {
      if (!this.enabled) return
      if (this.role === 'quit') app.quit()
      options.click?.(this, undefined, {})
    }
  }
}

export class Menu extends EventEmitter {
  items = []
  static #application = null
  static buildFromTemplate(template) {
    const menu = new Menu()
    for (const item of template) menu.items.push(item instanceof MenuItem ? item : new MenuItem(item))
    return menu
  }
  static setApplicationMenu(menu) {
    Menu.#application = menu
  }
  static getApplicationMenu() {
    return Menu.#application
  }
  getMenuItemById(id) {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }
}

export class Tray extends EventEmitter {
  toolTip = ''
  menu = null
  constructor(image) {
    super()
    if (!running.isReady) throw new Error('Cannot create Tray before app is ready')
    this.image = image
    recorder.trays.push(this)
  }
  setImage(image) {
    recorder.record('tray.setImage', [image.path])
    this.image = image
  }
  setToolTip(text) {
    this.toolTip = text
  }
  setContextMenu(menu) {
    this.menu = menu
  }
  destroy() {}
}

export class Notification extends EventEmitter {
  static isSupported() {
    return true
  }
  constructor(options = {}) {
    super()
    Object.assign(this, options)
  }
  show() {
    recorder.notifications.push(this)
    this.emit('show', {})
  }
  close() {
    this.emit('close', {})
  }
}

/** Every dialog is cancelled unless a spec replaces its function. */
export const dialog = {
  showOpenDialog: recorded('dialog.showOpenDialog', async () => ({ canceled: true, filePaths: [] })),
  showMessageBox: recorded('dialog.showMessageBox', async (...args) => {
    const options = args.at(-1)
    return { response: options.cancelId ?? 0, checkboxChecked: false }
  }),
  showErrorBox: recorded('dialog.showErrorBox'),
}

export const shell = {
  openPath: recorded('shell.openPath', async () => ''),
  openExternal: recorded('shell.openExternal', async () => {}),
  showItemInFolder: recorded('shell.showItemInFolder'),
}

export const nativeImage = {
  createFromPath(path) {
    const bytes = fs.existsSync(path) ? fs.readFileSync(path) : Buffer.alloc(0)
    return { path, isEmpty: () => bytes.length === 0, toPNG: () => bytes }
  },
}

class NativeTheme extends EventEmitter {
  #source = 'system'
  get shouldUseDarkColors() {
    return this.#source === 'dark'
  }
  get shouldUseDarkColorsForSystemIntegratedUI() {
    return false
  }
  get themeSource() {
    return this.#source
  }
  set themeSource(source) {
    if (source === this.#source) return
    this.#source = source
    for (const window of windows) void window.webContents.setColorScheme(this.shouldUseDarkColors ? 'dark' : 'light')
    this.emit('updated')
  }
}

export const nativeTheme = new NativeTheme()

const display = {
  id: 1,
  scaleFactor: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
}

export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
})

export const powerMonitor = new EventEmitter()
