/** What is allowed, decided from text alone: which address is our page, who may call, what may be opened. Pure. */
import { join, normalize, posix, sep, win32 } from 'node:path'

export const pageScheme = 'app'
export const pageHost = 'sitekeep'
export const pageUrl = `${pageScheme}://${pageHost}/index.html`

/**
 * Nothing from outside, nothing inline: a file name or a database's error text that holds markup stays text (faults.md U05).
 * The one hash is that of the empty string: Fluent's style engine makes empty `<style>` elements and fills them by script.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The only way from an address to a file: undefined for whatever is not below `root`. */
export function filePath(root: string, request: Pick<Request, 'url' | 'method'>): string | undefined {
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.host !== pageHost) return undefined
  const name = decode(url.pathname)
  if (name === undefined || name.includes('\0') || name.includes('\\')) return undefined
  const path = normalize(join(root, name === '/' ? 'index.html' : name))
  return path.startsWith(root + sep) ? path : undefined
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname)
  } catch {
    // A malformed escape names no file.
    return undefined
  }
}

/** Only the agent's own loopback page goes to the browser; no `file:`, no protocol handler, no other host. */
export function mayOpenOutside(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password } = new URL(url)
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]'
  return protocol === 'http:' && isLoopback && username === '' && password === ''
}

/** Electron gives a frame's address as text; its `origin` is opaque for some custom schemes, so the parts are compared. */
export function isOwnPage(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host } = new URL(url)
  return protocol === `${pageScheme}:` && host === pageHost
}

interface FrameLike {
  readonly url: string
  readonly parent: unknown
}

/** A call is heard only from the top frame of a window that this shell made, showing our page (faults.md U04). */
export function isTrustedSender(
  event: { readonly sender: { readonly id: number }; readonly senderFrame: FrameLike | null },
  isKnown: (contentsId: number) => boolean,
): boolean {
  // Null where the frame has navigated or gone since it sent.
  const frame = event.senderFrame
  return frame !== null && frame.parent === null && isOwnPage(frame.url) && isKnown(event.sender.id)
}

/**
 * Whether the file manager may be pointed at `path`. A network path is followed only below a place that the agent knows:
 * merely touching another one would hand this account's credentials to whoever runs that server.
 */
export function mayShow(path: string, knownPlaces: readonly string[], platform: NodeJS.Platform): boolean {
  if (platform !== 'win32') return posix.isAbsolute(path)
  if (!win32.isAbsolute(path)) return false
  const plain = win32.normalize(path)
  if (!plain.startsWith('\\\\')) return /^[a-z]:\\/i.test(plain)
  return knownPlaces.some((place) => isBelow(plain, win32.normalize(place)))
}

function isBelow(path: string, place: string): boolean {
  const root = place.endsWith('\\') ? place : `${place}\\`
  return path.toLowerCase() === place.toLowerCase() || path.toLowerCase().startsWith(root.toLowerCase())
}
