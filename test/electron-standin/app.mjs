/** `electron.app`: names, paths and life cycle. */
import { EventEmitter } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { launchChromium } from './chromium.mjs'
import { takeInstanceLock } from './single-instance.mjs'
import { preventable, recorded, recorder, running, switches, version, windows } from './state.mjs'

Object.defineProperty(process.versions, 'electron', { value: version, enumerable: true, configurable: true })
Object.defineProperty(process, 'type', { value: 'browser', configurable: true })

const ready = Promise.withResolvers()
const manifestOf = { name: 'Electron', version, path: process.cwd() }
const locale = process.env.STANDIN_LOCALE ?? 'en-US'

class App extends EventEmitter {
  isPackaged = false
  commandLine = {
    appendSwitch: (name, value = '') => void switches.set(name, value),
    hasSwitch: (name) => switches.has(name),
    getSwitchValue: (name) => switches.get(name) ?? '',
  }
  setAppUserModelId = recorded('app.setAppUserModelId')
  setLoginItemSettings = recorded('app.setLoginItemSettings')
  relaunch = recorded('app.relaunch')
  #paths = new Map()

  get name() {
    return manifestOf.name
  }
  getName() {
    return manifestOf.name
  }
  getVersion() {
    return manifestOf.version
  }
  getAppPath() {
    return manifestOf.path
  }
  getLocale() {
    return locale
  }
  getPreferredSystemLanguages() {
    return [locale]
  }
  getPath(name) {
    const folder = this.#paths.get(name) ?? this.#defaultPath(name)
    if (folder === undefined) throw new Error(`Failed to get '${name}' path`)
    if (name === 'userData') fs.mkdirSync(folder, { recursive: true })
    return folder
  }
  setPath(name, folder) {
    this.#paths.set(name, folder)
  }
  isReady() {
    return running.isReady
  }
  whenReady() {
    return ready.promise
  }
  enableSandbox() {
    if (running.isReady) throw new Error('app.enableSandbox() can only be called before app is ready')
    recorder.record('app.enableSandbox', [])
  }
  requestSingleInstanceLock(data) {
    recorder.record('app.requestSingleInstanceLock', [data])
    return takeInstanceLock(this.getPath('userData'), (argv, cwd) => {
      this.emit('second-instance', {}, argv, cwd, undefined)
    })
  }
  focus() {}
  exit(code = 0) {
    running.browser?.kill()
    process.exit(code)
  }
  quit() {
    if (running.isQuitting) return
    running.isQuitting = true
    setImmediate(() => {
      if (!this.#mayQuit()) {
        running.isQuitting = false
        return
      }
      this.emit('quit', {}, 0)
      this.exit(0)
    })
  }

  /** Asks in Electron's order: before-quit, each window's close, will-quit. */
  #mayQuit() {
    const before = preventable()
    this.emit('before-quit', before)
    if (before.defaultPrevented) return false
    for (const window of [...windows]) if (!window.close()) return false
    const last = preventable()
    this.emit('will-quit', last)
    return !last.defaultPrevented
  }

  #defaultPath(name) {
    const appData = process.env.XDG_CONFIG_HOME || path.join(os.homedir(), '.config')
    const userData = switches.get('user-data-dir') || path.join(appData, manifestOf.name)
    return {
      appData,
      userData,
      sessionData: userData,
      home: os.homedir(),
      temp: os.tmpdir(),
      exe: process.execPath,
      logs: path.join(userData, 'logs'),
      documents: path.join(os.homedir(), 'Documents'),
    }[name]
  }
}

export const app = new App()

export async function bootBrowser({ manifest, appPath }) {
  manifestOf.name = manifest.productName ?? manifest.name ?? 'Electron'
  manifestOf.version = manifest.version ?? version
  manifestOf.path = appPath
  running.browser = await launchChromium({
    announce: switches.has('remote-debugging-port'),
    isHeaded: process.env.STANDIN_HEADED === '1',
    languages: locale,
  })
  const { devTools } = running.browser
  devTools.on('close', () => {
    if (running.isQuitting) return
    console.error('stand-in: the browser went away')
    app.exit(1)
  })
  devTools.on('Target.targetDestroyed', ({ targetId }) => {
    for (const window of [...windows]) if (window.webContents.targetId === targetId) window.vanished()
  })
  await devTools.send('Target.setDiscoverTargets', { discover: true })
}

export function fireReady() {
  running.isReady = true
  app.emit('will-finish-launching')
  app.emit('ready', {}, {})
  ready.resolve()
}
