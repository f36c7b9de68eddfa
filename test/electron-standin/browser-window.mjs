/** `electron.BrowserWindow`: visibility, focus and bounds are kept as state, the page is real. */
import { EventEmitter } from 'node:events'
import { app } from './app.mjs'
import { preventable, recorded, running, windows } from './state.mjs'
import { WebContents } from './web-contents.mjs'
import { nativeTheme } from './native.mjs'

export class BrowserWindow extends EventEmitter {
  setTitleBarOverlay = recorded('window.setTitleBarOverlay')
  setProgressBar = recorded('window.setProgressBar')
  flashFrame = recorded('window.flashFrame')
  #isVisible
  #isMinimized = false
  #isMaximized = false
  #isFocused = false
  #isDestroyed = false
  #bounds
  #title

  constructor(options = {}) {
    super()
    if (!running.isReady) throw new Error('Cannot create BrowserWindow before app is ready')
    const { x = 0, y = 0, width = 800, height = 600, title = app.name } = options
    this.#bounds = { x, y, width, height }
    this.#title = title
    this.#isVisible = options.show !== false
    this.webContents = new WebContents(this, { ...options, width, height })
    this.id = this.webContents.id
    windows.add(this)
    app.emit('browser-window-created', {}, this)
    app.emit('web-contents-created', {}, this.webContents)
    void this.webContents.setColorScheme(nativeTheme.shouldUseDarkColors ? 'dark' : 'light')
  }

  loadURL(url) {
    return this.webContents.loadURL(url)
  }
  show() {
    if (!this.#isVisible) {
      this.#isVisible = true
      this.emit('show')
    }
    this.focus()
  }
  hide() {
    if (!this.#isVisible) return
    this.#isVisible = false
    this.#isFocused = false
    this.emit('hide')
  }
  isVisible() {
    return this.#isVisible
  }
  focus() {
    for (const window of windows) if (window !== this) window.blur()
    if (this.#isFocused) return
    this.#isFocused = true
    this.emit('focus')
  }
  blur() {
    if (!this.#isFocused) return
    this.#isFocused = false
    this.emit('blur')
  }
  isFocused() {
    return this.#isFocused
  }
  minimize() {
    this.#isMinimized = true
    this.emit('minimize')
  }
  restore() {
    this.#isMinimized = false
    this.emit('restore')
  }
  isMinimized() {
    return this.#isMinimized
  }
  maximize() {
    this.#isMaximized = true
    this.emit('maximize')
  }
  isMaximized() {
    return this.#isMaximized
  }
  getBounds() {
    return { ...this.#bounds }
  }
  getNormalBounds() {
    return this.getBounds()
  }
  setBounds(bounds) {
    Object.assign(this.#bounds, bounds)
    this.emit('resize')
    this.emit('move')
  }
  getTitle() {
    return this.#title
  }
  setTitle(title) {
    this.#title = title
  }
  removeMenu() {}
  setBackgroundColor() {}
  isDestroyed() {
    return this.#isDestroyed
  }

  /** True where nothing prevented it, as the stand-in's own quit needs to know. */
  close() {
    if (this.#isDestroyed) return true
    const event = preventable()
    this.emit('close', event)
    if (event.defaultPrevented) return false
    this.destroy()
    return true
  }
  destroy() {
    if (this.#isDestroyed) return
    void this.webContents.closePage()
    this.vanished()
  }
  /** Its page has gone, by our doing or another's. */
  vanished() {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    windows.delete(this)
    this.webContents.vanish()
    this.emit('closed')
    if (windows.size > 0 || running.isQuitting) return
    // Electron quits by itself only where nobody listens.
    if (app.listenerCount('window-all-closed') === 0) app.quit()
    else app.emit('window-all-closed')
  }

  static getAllWindows() {
    return [...windows]
  }
  static getFocusedWindow() {
    return [...windows].find((window) => window.isFocused()) ?? null
  }
  static fromId(id) {
    return [...windows].find((window) => window.id === id) ?? null
  }
  static fromWebContents(contents) {
    return [...windows].find((window) => window.webContents === contents) ?? null
  }
}
