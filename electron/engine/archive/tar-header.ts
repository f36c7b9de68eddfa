/** Encodes an entry's header: ustar, with pax records for whatever ustar cannot say. */
import { MAX_NAME, timeText, type ArchiveEntry, type EntryType, type Stretch } from './entry.ts'

export const BLOCK = 512
/** Two zero blocks end an archive (POSIX ustar). */
export const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK)

export const typeFlags = { file: '0', hardlink: '1', symlink: '2', directory: '5' } as const satisfies Record<
  EntryType,
  string
>

/** Largest numbers of the 12- and 8-byte octal fields: 11 and 7 digits. */
const MAX_OCTAL_11 = 8 ** 11 - 1
const MAX_OCTAL_7 = 8 ** 7 - 1

/** Zeros that fill `bytes` up to whole blocks. */
export function padding(bytes: number): Buffer {
  const over = bytes % BLOCK
  return over === 0 ? Buffer.alloc(0) : Buffer.alloc(BLOCK - over)
}

export function padded(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK
}

/** Header blocks of an entry whose content follows as it is. */
export function encodeHeader(entry: ArchiveEntry): Buffer {
  return encode(entry, storedName(entry), entry.size, [])
}

/**
 * Header blocks and map of a sparse file in the pax format 1.0 of GNU tar; the bytes of `stretches` follow, padded as one.
 * https://www.gnu.org/software/tar/manual/html_node/PAX-1.html
 */
export function encodeSparseHeader(entry: ArchiveEntry, stretches: readonly Stretch[]): Buffer {
  const lines = [stretches.length, ...stretches.flatMap(({ offset, length }) => [offset, length])]
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1')
  const map = Buffer.concat([text, padding(text.length)])
  const data = stretches.reduce((sum, { length }) => sum + length, 0)
  const header = encode(entry, Buffer.from('GNUSparseFile.0/file', 'latin1'), map.length + data, [
    ['GNU.sparse.major', Buffer.from('1')],
    ['GNU.sparse.minor', Buffer.from('0')],
    ['GNU.sparse.name', entry.path],
    ['GNU.sparse.realsize', Buffer.from(String(entry.size))],
  ])
  return Buffer.concat([header, map])
}

function storedName(entry: ArchiveEntry): Buffer {
  return entry.type === 'directory' ? Buffer.concat([entry.path, Buffer.from('/')]) : entry.path
}

type Records = (readonly [string, Buffer])[]

function encode(entry: ArchiveEntry, name: Buffer, size: number, extra: Records): Buffer {
  if (entry.path.length > MAX_NAME) throw new RangeError('a name of more than 32 KiB cannot be written')
  const split = splitName(name)
  const records: Records = [...extra, ...paxRecords(entry, size)]
  if (split === undefined) records.push(['path', name])
  const short = split ?? { name: name.subarray(0, 100), prefix: Buffer.alloc(0) }
  const header = ustar(entry, { ...short, size, flag: typeFlags[entry.type] })
  return records.length === 0 ? header : Buffer.concat([paxBlocks(entry, records), header])
}

function paxRecords(entry: ArchiveEntry, size: number): Records {
  const records: Records = []
  const seconds = entry.mtimeNs / 1_000_000_000n
  const isPlainTime = entry.mtimeNs >= 0n && entry.mtimeNs % 1_000_000_000n === 0n && seconds <= BigInt(MAX_OCTAL_11)
  if (!isPlainTime) records.push(['mtime', Buffer.from(timeText(entry.mtimeNs))])
  if (size > MAX_OCTAL_11) records.push(['size', Buffer.from(String(size))])
  if (entry.uid > MAX_OCTAL_7) records.push(['uid', Buffer.from(String(entry.uid))])
  if (entry.gid > MAX_OCTAL_7) records.push(['gid', Buffer.from(String(entry.gid))])
  if (entry.target !== undefined && entry.target.length > 100) records.push(['linkpath', entry.target])
  return records
}

/** Name and prefix fields, or undefined where the name fits neither; only a slash may be the border. */
function splitName(name: Buffer): { name: Buffer; prefix: Buffer } | undefined {
  if (name.length <= 100) return { name, prefix: Buffer.alloc(0) }
  for (let at = name.indexOf(0x2f); at !== -1 && at <= 155; at = name.indexOf(0x2f, at + 1)) {
    const rest = name.length - at - 1
    if (at > 0 && rest > 0 && rest <= 100) return { name: name.subarray(at + 1), prefix: name.subarray(0, at) }
  }
  return undefined
}

function paxBlocks(entry: ArchiveEntry, records: Records): Buffer {
  const body = Buffer.concat(records.map(([key, value]) => paxRecord(key, value)))
  const name = Buffer.from('PaxHeader/entry', 'latin1')
  const header = ustar(entry, { name, prefix: Buffer.alloc(0), size: body.length, flag: 'x' })
  return Buffer.concat([header, body, padding(body.length)])
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts itself. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

interface Fields {
  readonly name: Buffer
  readonly prefix: Buffer
  readonly size: number
  readonly flag: string
}

function ustar(entry: ArchiveEntry, { name, prefix, size, flag }: Fields): Buffer {
  const block = Buffer.alloc(BLOCK)
  name.copy(block, 0, 0, 100)
  octal(block, 100, 7, entry.mode & 0o7777)
  octal(block, 108, 7, entry.uid > MAX_OCTAL_7 ? 0 : entry.uid)
  octal(block, 116, 7, entry.gid > MAX_OCTAL_7 ? 0 : entry.gid)
  octal(block, 124, 11, size > MAX_OCTAL_11 ? 0 : size)
  octal(block, 136, 11, wholeSeconds(entry.mtimeNs))
  block.write(flag, 156, 'latin1')
  if (flag !== 'x' && entry.target !== undefined) entry.target.copy(block, 157, 0, 100)
  block.write('ustar\u000000', 257, 'latin1')
  block.write(entry.uname.slice(0, 31), 265, 'latin1')
  block.write(entry.gname.slice(0, 31), 297, 'latin1')
  octal(block, 329, 7, 0)
  octal(block, 337, 7, 0)
  prefix.copy(block, 345, 0, 155)
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return block
}

function wholeSeconds(ns: bigint): number {
  const seconds = ns / 1_000_000_000n
  return ns < 0n || seconds > BigInt(MAX_OCTAL_11) ? 0 : Number(seconds)
}

function octal(block: Buffer, at: number, digits: number, value: number): void {
  block.write(value.toString(8).padStart(digits, '0'), at, 'latin1')
}

/** Sum of a header's bytes, its checksum field counted as spaces. */
export function checksum(block: Uint8Array): number {
  let sum = 8 * 32
  for (let at = 0; at < 148; at += 1) sum += block[at] ?? 0
  for (let at = 156; at < BLOCK; at += 1) sum += block[at] ?? 0
  return sum
}
