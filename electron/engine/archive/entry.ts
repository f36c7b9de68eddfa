/** One entry of an archive as writer, reader, index and extraction see it; names are bytes (faults.md M13). */
import { isUtf8 } from 'node:buffer'

export const entryTypes = ['file', 'directory', 'symlink', 'hardlink'] as const
export type EntryType = (typeof entryTypes)[number]

export interface ArchiveEntry {
  /** Name in the archive, without a trailing slash. */
  readonly path: Buffer
  readonly type: EntryType
  /** Bytes of a file's content, holes included; 0 for anything else. */
  readonly size: number
  /** Permission bits, `0o7777` at most. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Nanoseconds since 1970; may be negative. */
  readonly mtimeNs: bigint
  /** Of a link; a hard link's is a name in the archive. */
  readonly target: Buffer | undefined
  /** Names of owner and group, empty where unknown. */
  readonly uname: string
  readonly gname: string
}

/** A stretch of data in a sparse file; what lies between stretches is zeros. */
export interface Stretch {
  readonly offset: number
  readonly length: number
}

/** Longest name that is written or read: eight times Linux's PATH_MAX. A longer one is an attack (faults.md X05). */
export const MAX_NAME = 32 * 1024

const NANOS = 1_000_000_000n

/** `1700000000.25`: seconds, with as many digits after the point as are needed. */
export function timeText(ns: bigint): string {
  const size = ns < 0n ? -ns : ns
  const fraction = (size % NANOS).toString().padStart(9, '0').replace(/0+$/, '')
  const seconds = `${ns < 0n ? '-' : ''}${(size / NANOS).toString()}`
  return fraction === '' ? seconds : `${seconds}.${fraction}`
}

/** The reverse of `timeText`; undefined where the text is no such number. */
export function timeOf(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text)
  if (match === null) return undefined
  const size = BigInt(match[2] ?? '0') * NANOS + BigInt((match[3] ?? '').padEnd(9, '0'))
  return match[1] === '-' ? -size : size
}

/** For people and logs: what is not UTF-8 is shown as U+FFFD, line breaks and other control characters escaped. */
export function nameText(name: Uint8Array): string {
  const text = Buffer.from(name).toString('utf8')
  return text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Device names that Windows reserves in every folder. Source: Microsoft, "Naming Files, Paths, and Namespaces". */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i

/**
 * Why a name must not be used below a folder of `platform`, or undefined. Only the plainest form is accepted: relative, no empty,
 * `.` or `..` parts, no NUL; on Windows neither what its file system reads as something else (`a:b`, `..\x`, `aux`, `x.`).
 */
export function nameProblem(name: Buffer, platform: NodeJS.Platform): string | undefined {
  if (name.length === 0) return 'an empty name'
  if (name.length > MAX_NAME) return 'a name of more than 32 KiB'
  if (name.includes(0)) return 'a name with a NUL'
  const parts = name.toString('latin1').split('/')
  if (parts[0] === '') return 'an absolute name'
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'a name with "..", "." or an empty part'
  if (platform !== 'win32') return undefined
  if (!isUtf8(name)) return 'a name that Windows cannot hold'
  return parts.some(isUnsafeOnWindows) ? 'a name that means something else on Windows' : undefined
}

function isUnsafeOnWindows(part: string, at: number): boolean {
  // The first part may be what a drive became: `D/…` holds no colon any more, so one letter is fine.
  if (at === 0 && /^[A-Za-z]$/.test(part)) return false
  return /[<>:"\\|?*\u0000-\u001f]/.test(part) || /[. ]$/.test(part) || WINDOWS_DEVICE.test(part)
}
