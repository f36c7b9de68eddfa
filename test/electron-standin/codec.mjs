/** A structured clone as text; the very same source runs in Node and in the page. */

export const codecSource = `({
  encode(value) {
    const refuse = () => { throw new Error('An object could not be cloned.') }
    const open = new Set()
    const base64 = (bytes) => {
      let text = ''
      for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768))
      return btoa(text)
    }
    const view = (it) => {
      const type = it.constructor.name === 'Buffer' ? 'Uint8Array' : it.constructor.name
      return { $: 'bytes', type, v: base64(new Uint8Array(it.buffer, it.byteOffset, it.byteLength)) }
    }
    const number = (it) => Number.isFinite(it) && !Object.is(it, -0) ? it : { $: 'number', v: Object.is(it, -0) ? '-0' : String(it) }
    const composite = (it) => {
      if (it instanceof Error) return { $: 'error', v: [it.name, it.message, it.stack] }
      if (it instanceof Map) return { $: 'map', v: [...it].map(([key, item]) => [go(key), go(item)]) }
      if (it instanceof Set) return { $: 'set', v: [...it].map(go) }
      if (Array.isArray(it)) return it.map(go)
      return { $: 'object', v: Object.fromEntries(Object.keys(it).map((key) => [key, go(it[key])])) }
    }
    const go = (it) => {
      if (it === undefined) return { $: 'undefined' }
      if (it === null || typeof it === 'boolean' || typeof it === 'string') return it
      if (typeof it === 'number') return number(it)
      if (typeof it === 'bigint') return { $: 'bigint', v: String(it) }
      if (typeof it === 'function' || typeof it === 'symbol') refuse()
      if (typeof Node !== 'undefined' && it instanceof Node) refuse()
      if (it instanceof Promise || it instanceof WeakMap || it instanceof WeakSet) refuse()
      if (it instanceof Date) return { $: 'date', v: it.getTime() }
      if (it instanceof RegExp) return { $: 'regexp', v: [it.source, it.flags] }
      if (it instanceof ArrayBuffer) return { $: 'bytes', type: 'ArrayBuffer', v: base64(new Uint8Array(it)) }
      if (ArrayBuffer.isView(it)) return view(it)
      if (open.has(it)) throw new Error('stand-in: circular structures are not supported')
      open.add(it)
      const encoded = composite(it)
      open.delete(it)
      return encoded
    }
    return JSON.stringify(go(value))
  },
  decode(text) {
    const bytes = ({ type, v }) => {
      const plain = Uint8Array.from(atob(v), (character) => character.charCodeAt(0))
      if (type === 'ArrayBuffer') return plain.buffer
      return type === 'Uint8Array' ? plain : new globalThis[type](plain.buffer)
    }
    const error = ([name, message, stack]) => Object.assign(new Error(message), { name, stack })
    const go = (it) => {
      if (it === null || typeof it !== 'object') return it
      if (Array.isArray(it)) return it.map(go)
      switch (it.$) {
        case 'undefined': return undefined
        case 'number': return Number(it.v)
        case 'bigint': return BigInt(it.v)
        case 'date': return new Date(it.v)
        case 'regexp': return new RegExp(...it.v)
        case 'bytes': return bytes(it)
        case 'error': return error(it.v)
        case 'map': return new Map(it.v.map(([key, item]) => [go(key), go(item)]))
        case 'set': return new Set(it.v.map(go))
        default: return Object.fromEntries(Object.entries(it.v).map(([key, item]) => [key, go(item)]))
      }
    }
    return go(JSON.parse(text))
  },
})`

export const codec = (0, eval)(codecSource)
