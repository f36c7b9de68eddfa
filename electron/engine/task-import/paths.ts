/** Paths of Windows and Unix, on whichever of them this runs. */
import { posix, win32 } from 'node:path'
import { UNKNOWN } from './step.ts'

export function isWindowsPath(path: string): boolean {
  return /^[a-z]:([\\/]|$)|^\\\\[^\\]/i.test(path)
}

export function isAbsolutePath(path: string): boolean {
  return isWindowsPath(path) || path.startsWith('/')
}

/** `path` as seen from `cwd`; as it stands where it is relative and nobody knows to what. */
export function resolveIn(cwd: string | undefined, path: string): string {
  const from = isAbsolutePath(path) ? '' : (cwd ?? '')
  if (from === '' && !isAbsolutePath(path)) return path
  const ways = isWindowsPath(from === '' ? path : from) ? win32 : posix
  const whole = from === '' ? ways.normalize(path) : ways.join(from, path)
  return whole.length > 3 ? whole.replace(/(?<=[^:])[\\/]$/, '') : whole
}

export function folderOf(path: string): string {
  return (isWindowsPath(path) || path.includes('\\') ? win32 : posix).dirname(path)
}

export function nameIn(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path
}

/** Known in full before the script runs, and without wildcards. */
export function isKnown(path: string): boolean {
  return isAbsolutePath(path) && !path.includes(UNKNOWN) && !/[*?]/.test(path)
}

/** For people: what is not known yet is an ellipsis. */
export function inWords(path: string): string {
  return path.replaceAll(UNKNOWN, '…').replace(/…{2,}/g, '…')
}

/** `D:`, or `\\server\share`; undefined for Unix paths, whose disks only the running system knows. */
export function diskOf(path: string): string | undefined {
  const share = /^\\\\[^\\]+\\[^\\]+/.exec(path)?.[0]
  return share ?? /^[a-z]:/i.exec(path)?.[0].toUpperCase()
}

export function isShare(path: string): boolean {
  return path.startsWith('\\\\')
}

/** The same path, or one below it; of Windows paths in any case. */
export function isWithin(path: string, folder: string): boolean {
  const key = (text: string): string => (isWindowsPath(text) ? text.toLowerCase().replaceAll('/', '\\') : text)
  const [inner, outer] = [key(path), key(folder).replace(/[\\/]$/, '')]
  return inner === outer || inner.startsWith(`${outer}/`) || inner.startsWith(`${outer}\\`)
}
