/** `electron.WebContents`: one Chromium page, its preload and its messages. */
import { EventEmitter } from 'node:events'
import fs from 'node:fs'
import { codec, codecSource } from './codec.mjs'
import { answerPage } from './ipc.mjs'
import { fromChromium, handleRequest, interceptions, toChromium } from './page-requests.mjs'
import { session } from './session.mjs'
import { recorded, recorder, running } from './state.mjs'

const shim = fs.readFileSync(new URL('./preload-shim.js', import.meta.url), 'utf8')
let lastId = 0
const living = new Set()

export class WebContents extends EventEmitter {
  id = (lastId += 1)
  session = session.defaultSession
  openDevTools = recorded('webContents.openDevTools')
  #window
  #page
  #prepared
  #url = ''
  #isDestroyed = false
  #isShown = false
  #ownLoads = 0
  #mainFrameId
  #openHandler

  constructor(window, options) {
    super()
    this.#window = window
    this.#prepared = this.#prepare(options)
    this.#prepared.catch((error) => console.error('stand-in: cannot make the window', error))
  }

  get mainFrame() {
    return { url: this.#url, parent: null, top: null, send: (...args) => this.send(...args) }
  }

  async loadURL(url) {
    await this.#prepared
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve))
    this.#ownLoads += 1
    try {
      const { errorText, loaderId } = await this.#page.send('Page.navigate', { url: toChromium(url) })
      if (errorText) throw Object.assign(new Error(`${errorText} (-2) loading '${url}'`), { code: errorText, url })
      // No loader: only the fragment has changed.
      if (loaderId) await loaded
    } finally {
      this.#ownLoads -= 1
    }
  }

  async reload() {
    this.#ownLoads += 1
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve))
    await this.#page.send('Page.reload')
    await loaded
    this.#ownLoads -= 1
  }

  send(channel, ...args) {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument')
    this.#push(codec.encode({ kind: 'event', channel, args }))
  }

  async executeJavaScript(code) {
    await this.#prepared
    const options = { expression: code, awaitPromise: true, returnByValue: true, userGesture: true }
    const { result, exceptionDetails } = await this.#page.send('Runtime.evaluate', options)
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'Script failed')
    return result.value
  }

  /** `light` or `dark`, as nativeTheme says. */
  async setColorScheme(scheme) {
    await this.#prepared
    await this.#page.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    })
  }

  /** A page wants a new window. Electron allows it where no handler is set; here that is an error of the application. */
  askToOpen(url) {
    const details = { url: fromChromium(url), frameName: '', features: '', disposition: 'foreground-tab' }
    const { action } = this.#openHandler?.(details) ?? { action: 'allow' }
    recorder.record('window-open', [details.url, action])
    if (action !== 'deny') throw new Error('stand-in: windows opened by a page are not modelled')
  }

  setWindowOpenHandler(handler) {
    this.#openHandler = handler
  }
  getURL() {
    return this.#url
  }
  getTitle() {
    return this.#window.getTitle()
  }
  getType() {
    return 'window'
  }
  isDestroyed() {
    return this.#isDestroyed
  }
  focus() {}

  static fromId(id) {
    return [...living].find((contents) => contents.id === id)
  }
  static fromDevToolsTargetId(targetId) {
    return [...living].find((contents) => contents.targetId === targetId)
  }
  static getAllWebContents() {
    return [...living]
  }

  /** The window has gone. */
  vanish() {
    this.#isDestroyed = true
    living.delete(this)
    this.emit('destroyed')
  }

  async closePage() {
    await this.#prepared
    await running.browser.devTools.send('Target.closeTarget', { targetId: this.targetId }).catch(() => {
      // The page may have gone by itself.
    })
  }

  async #prepare({ width, height, webPreferences = {} }) {
    living.add(this)
    const { devTools } = running.browser
    const target = { url: 'about:blank', width, height, newWindow: true }
    const { targetId } = await devTools.send('Target.createTarget', target)
    this.targetId = targetId
    this.#page = await devTools.attach(targetId)
    this.#mainFrameId = targetId
    this.#listen(this.#page)
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false }
    await Promise.all([
      this.#page.send('Page.enable'),
      this.#page.send('Runtime.enable'),
      this.#page.send('Inspector.enable'),
      this.#page.send('Emulation.setDeviceMetricsOverride', metrics),
      this.#page.send('Runtime.addBinding', { name: '__standinSend' }),
      this.#page.send('Fetch.enable', { patterns: interceptions }),
    ])
    const source = this.#preloadSource(webPreferences)
    await this.#page.send('Page.addScriptToEvaluateOnNewDocument', { source })
  }

  #listen(page) {
    page.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === '__standinSend') void this.#answer(codec.decode(payload))
    })
    page.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId) return
      this.#url = fromChromium(frame.url + (frame.urlFragment ?? ''))
      this.emit('did-navigate', {}, this.#url, 200, 'OK')
    })
    page.on('Page.domContentEventFired', () => this.emit('dom-ready', {}))
    page.on('Page.loadEventFired', () => this.#loaded())
    page.on('Inspector.targetCrashed', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 }))
    page.on('Fetch.requestPaused', (request) => {
      const context = { isOwn: this.#ownLoads > 0, mainFrameId: this.#mainFrameId }
      handleRequest(this, page, request, context).catch((error) => {
        recorder.record('request-error', [String(error)])
      })
    })
    page.on('Runtime.consoleAPICalled', ({ type, args }) => {
      const text = args.map((arg) => arg.value ?? arg.description ?? '').join(' ')
      if (process.env.STANDIN_CONSOLE) console.error(`[page ${type}] ${text}`)
    })
  }

  #loaded() {
    if (this.#url === 'about:blank') return
    this.emit('did-finish-load', {})
    if (this.#isShown) return
    this.#isShown = true
    this.#window.emit('ready-to-show')
  }

  #preloadSource({ preload, sandbox, contextIsolation, additionalArguments }) {
    const info = {
      platform: process.platform,
      arch: process.arch,
      type: 'renderer',
      sandboxed: sandbox !== false,
      contextIsolated: contextIsolation !== false,
      versions: { ...process.versions },
      env: {},
      argv: additionalArguments ?? [],
    }
    return shim
      .replace('__CODEC__', () => codecSource)
      .replace('__PROCESS__', () => JSON.stringify(info))
      .replace('__PRELOAD__', () => this.#readPreload(preload))
  }

  #readPreload(file) {
    if (!file) return ''
    try {
      return fs.readFileSync(file, 'utf8')
    } catch (error) {
      console.error(`Unable to load preload script: ${file}`)
      this.emit('preload-error', {}, file, error)
      return ''
    }
  }

  async #answer(message) {
    const answer = await answerPage(this, message)
    if (answer === undefined) return
    this.#push(codec.encode({ kind: 'reply', id: message.id, ...answer }))
  }

  #push(text) {
    if (this.#isDestroyed) return
    const expression = `window.__standinReceive?.(${JSON.stringify(text)})`
    this.#page?.send('Runtime.evaluate', { expression }).catch(() => {
      // The page is being closed: nobody is left to hear it.
    })
  }
}
