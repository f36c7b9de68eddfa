/** Runs in the page before its first script: the world of a sandboxed preload. web-contents.mjs fills in the three names in capitals. */
;(() => {
  // As in Electron, frames inside a page get no preload.
  if (window !== window.top) return
  const codec = __CODEC__
  const send = window.__standinSend
  delete window.__standinSend
  const post = (message) => send(codec.encode(message))

  // ---- ipcRenderer ----
  const listeners = new Map()
  const pending = new Map()
  let lastId = 0
  const listen = (channel, listener, isOnce) => {
    if (!listeners.has(channel)) listeners.set(channel, [])
    listeners.get(channel).push({ listener, isOnce })
    return ipcRenderer
  }
  const unlisten = (channel, listener) => {
    const all = listeners.get(channel) ?? []
    const index = all.findIndex((entry) => entry.listener === listener)
    if (index >= 0) all.splice(index, 1)
    return ipcRenderer
  }
  const ask = (message) =>
    new Promise((resolve, reject) => {
      lastId += 1
      pending.set(lastId, { resolve, reject })
      post({ ...message, id: lastId })
    })
  const ipcRenderer = {
    invoke: async (channel, ...args) => ask({ kind: 'invoke', channel, args }),
    send: (channel, ...args) => post({ kind: 'send', channel, args }),
    on: (channel, listener) => listen(channel, listener, false),
    addListener: (channel, listener) => listen(channel, listener, false),
    once: (channel, listener) => listen(channel, listener, true),
    off: unlisten,
    removeListener: unlisten,
    listenerCount: (channel) => (listeners.get(channel) ?? []).length,
  }
  const settle = ({ id, error, value }) => {
    const { resolve, reject } = pending.get(id)
    pending.delete(id)
    if (error === undefined) resolve(value)
    else reject(new Error(error))
  }
  const deliver = ({ channel, args }) => {
    for (const { listener, isOnce } of [...(listeners.get(channel) ?? [])]) {
      if (isOnce) unlisten(channel, listener)
      listener({ sender: ipcRenderer, ports: [] }, ...args)
    }
  }
  Object.defineProperty(window, '__standinReceive', {
    enumerable: false,
    value: (text) => {
      const message = codec.decode(text)
      if (message.kind === 'reply') settle(message)
      else deliver(message)
    },
  })

  // ---- contextBridge: by value, prototypes dropped, functions proxied, promises bridged, results frozen ----
  const passesAsIs = [Error, Date, Blob, Node, ArrayBuffer, Map, Set, RegExp]
  const bridged = (value) => {
    if (typeof value === 'symbol') throw new Error('stand-in contextBridge: symbols cannot be bridged')
    if (typeof value === 'function') return (...args) => bridged(value(...args.map(bridged)))
    if (value === null || typeof value !== 'object') return value
    if (value instanceof Promise) return value.then(bridged, (error) => Promise.reject(bridgedError(error)))
    if (ArrayBuffer.isView(value) || passesAsIs.some((type) => value instanceof type)) return value
    if (Array.isArray(value)) return value.map(bridged)
    return Object.fromEntries(Object.keys(value).map((key) => [key, bridged(value[key])]))
  }
  // Only the message of an error crosses.
  const bridgedError = (error) => (error instanceof Error ? new Error(error.message) : bridged(error))
  const frozen = (value) => {
    if (value && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
      Object.values(value).forEach(frozen)
      Object.freeze(value)
    }
    return value
  }
  const contextBridge = {
    exposeInMainWorld(key, api) {
      if (key in window) throw new Error('Cannot bind an API on top of an existing property on the window object')
      Object.defineProperty(window, key, { value: frozen(bridged(api)), enumerable: true })
    },
  }

  // ---- new windows: the contents' handler decides; the page gets none, as where it says deny ----
  window.open = (url) => {
    post({ kind: 'window-open', url: new URL(url, location.href).href })
    return null
  }
  addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[target=_blank]') : null
    if (!link || event.defaultPrevented) return
    event.preventDefault()
    window.open(link.href)
  })

  // ---- permissions: the session's handler decides, as in Electron ----
  const mayUse = (permission) => ask({ kind: 'permission', permission })
  if (typeof Notification !== 'undefined') {
    Notification.requestPermission = async () => ((await mayUse('notifications')) ? 'granted' : 'denied')
  }
  if (navigator.geolocation) {
    navigator.geolocation.getCurrentPosition = async (_success, failure) => {
      if (await mayUse('geolocation')) throw new Error('stand-in: a granted geolocation is not modelled')
      failure?.({ code: 1, message: 'User denied Geolocation' })
    }
  }

  // ---- the preload itself ----
  const electron = { ipcRenderer, contextBridge }
  const require = (id) => {
    if (id === 'electron' || id === 'electron/renderer') return electron
    throw new Error(`module not found: ${id} (a sandboxed preload may only require electron)`)
  }
  const process = Object.freeze(__PROCESS__)
  const module = { exports: {} }
  const preload = function (require, module, exports, process) {
    __PRELOAD__
  }
  try {
    preload.call(module.exports, require, module, module.exports, process)
  } catch (error) {
    console.error('Unable to load preload script', error)
    post({ kind: 'preload-error', message: String(error?.stack ?? error) })
  }
})()
