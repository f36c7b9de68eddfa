/** Parses JSON from a peer: valid UTF-8 only, and no deeper than anything in the contract could be (faults.md U03). */

const decoder = new TextDecoder('utf-8', { fatal: true })

/** A job draft is five deep. Deeper data parses, but blows the stack of whoever walks it. */
const MAX_DEPTH = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** The value, or undefined for what is not JSON in UTF-8 or nests too deep. */
export function parseJson(bytes: Uint8Array): unknown {
  if (isDeep(bytes)) return undefined
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown
  } catch {
    // Malformed by accident or on purpose: the peer is told the same.
    return undefined
  }
}

/** One pass over the bytes: all that matters here is ASCII, which UTF-8 never uses inside a longer character. */
function isDeep(bytes: Uint8Array): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (OPENING.has(byte)) depth += 1
    else if (CLOSING.has(byte)) depth -= 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}
