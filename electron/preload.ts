/** Puts `window.sitekeep` before the page: four narrow doors to the shell, never ipcRenderer itself. Runs sandboxed. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import type { Result } from './contract/error.ts'
import { channels, type SitekeepBridge } from './contract/ipc.ts'
import type { ShellParams, ShellRequest, ShellResult } from './contract/shell.ts'

/** The page's own location; the compiler knows no DOM in this folder. */
declare const location: { hash: string }

async function ask<K extends ShellRequest>(request: K, params: ShellParams<K>): Promise<ShellResult<K>> {
  const result = (await ipcRenderer.invoke(channels.shell, request, params)) as Result<ShellResult<K>>
  // Only a message crosses the bridge with an Error, so it is made of words and not of a code.
  if (!result.ok) throw new Error([result.error.message, result.error.hint].filter(Boolean).join(' '))
  return result.value
}

/** The shell sends on each channel the one type that `SitekeepBridge` names for it. */
function listenTo(channel: string, listener: (value: never) => void): () => void {
  const receive = (_event: IpcRendererEvent, value: unknown) => listener(value as never)
  ipcRenderer.on(channel, receive)
  return () => {
    ipcRenderer.off(channel, receive)
  }
}

const bridge: SitekeepBridge = {
  call: (method, params) => ipcRenderer.invoke(channels.call, method, params),
  onEvent: (listener) => listenTo(channels.event, listener),
  shell: {
    platform: process.platform,
    pickFile: (options = {}) => ask('pickFile', options),
    pickFolder: (options = {}) => ask('pickFolder', options),
    openPath: async (path) => {
      await ask('openPath', { path })
    },
    reload: async () => {
      await ask('reload', {})
    },
    preferences: {
      get: () => ask('preferences.get', {}),
      set: (patch) => ask('preferences.set', patch),
      onChange: (listener) => listenTo(channels.preferences, listener),
    },
    link: {
      state: () => ask('link.state', {}),
      retry: () => ask('link.retry', {}),
      onChange: (listener) => listenTo(channels.link, listener),
    },
  },
}

contextBridge.exposeInMainWorld('sitekeep', bridge)

ipcRenderer.on(channels.route, (_event, route: string) => {
  location.hash = route
})
