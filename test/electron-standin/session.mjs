/** `electron.session` and `electron.protocol`: permission handlers that are really asked, and schemes that are really served. */
import { EventEmitter } from 'node:events'
import { recorder, running } from './state.mjs'

const schemes = new Map()

export const protocol = {
  registerSchemesAsPrivileged(list) {
    if (running.isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    recorder.record('protocol.registerSchemesAsPrivileged', [list])
  },
  handle: (scheme, handler) => void schemes.set(scheme, handler),
  unhandle: (scheme) => void schemes.delete(scheme),
  isProtocolHandled: (scheme) => schemes.has(scheme),
}

export function schemeHandler(scheme) {
  return schemes.get(scheme)
}

class Session extends EventEmitter {
  protocol = protocol
  #request
  #check
  setPermissionRequestHandler(handler) {
    this.#request = handler
  }
  setPermissionCheckHandler(handler) {
    this.#check = handler
  }
  setDevicePermissionHandler() {}

  /** Electron grants everything where no handler is set; so does this. */
  async decide(contents, permission) {
    recorder.record('permission', [permission])
    const isChecked = this.#check?.(contents, permission, contents.getURL(), {}) ?? true
    if (!isChecked) return false
    if (!this.#request) return true
    return new Promise((resolve) => {
      this.#request(contents, permission, resolve, {})
    })
  }
}

const defaultSession = new Session()

export const session = { defaultSession, decide: (contents, permission) => defaultSession.decide(contents, permission) }
