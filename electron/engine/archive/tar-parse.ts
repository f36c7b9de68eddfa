/** Decodes tar headers strictly: whatever no writer of ours (ours, archiver, GNU tar, Python) would write is damage. */
import { MAX_NAME, timeOf } from './entry.ts'
import { BLOCK, checksum } from './tar-header.ts'

/** The archive is not what its writer wrote; `message` says where, in words that end up before a person. */
export class TarDamage extends Error {
  override readonly name = 'TarDamage'
}

export interface RawHeader {
  readonly name: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtimeNs: bigint
  readonly flag: string
  readonly link: Buffer
}

/** Decodes one 512-byte block; throws TarDamage where checksum, magic or a number is wrong. */
export function parseHeader(block: Buffer): RawHeader {
  if (octalChecksum(block) !== checksum(block)) throw new TarDamage('a header has a wrong checksum')
  const magic = block.toString('latin1', 257, 265)
  if (magic !== 'ustar\u000000' && magic !== 'ustar  \u0000') throw new TarDamage('a header is not of the ustar format')
  const name = field(block, 0, 100)
  const prefix = magic.startsWith('ustar\u0000') ? field(block, 345, 155) : Buffer.alloc(0)
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    mtimeNs: BigInt(number(block, 136, 12)) * 1_000_000_000n,
    flag: String.fromCharCode(block[156] ?? 0),
    link: field(block, 157, 100),
  }
}

/** Six digits, then NUL and space (ours, GNU, Python) or space and NUL (tar-stream): no other form, so that no flipped bit passes. */
function octalChecksum(block: Buffer): number {
  const match = /^([0-7]{6})(?:\u0000 | \u0000)$/.exec(block.toString('latin1', 148, 156))
  if (match === null) throw new TarDamage('a header has no checksum')
  return Number.parseInt(match[1] ?? '', 8)
}

function field(block: Buffer, at: number, length: number): Buffer {
  const end = block.indexOf(0, at)
  return Buffer.from(block.subarray(at, end === -1 || end > at + length ? at + length : end))
}

function number(block: Buffer, at: number, length: number): number {
  const bytes = block.subarray(at, at + length)
  // Base 256 marks itself by the highest bit; tar-stream and GNU tar use it above 8 GiB.
  if ((bytes[0] ?? 0) === 0x80) return bigNumber(bytes.subarray(1))
  const text = bytes.toString('latin1')
  const match = /^ *([0-7]*)[ \u0000]*$/.exec(text)
  if (match === null) throw new TarDamage('a header holds a number that is none')
  return match[1] === '' ? 0 : Number.parseInt(match[1] ?? '0', 8)
}

function bigNumber(bytes: Buffer): number {
  const value = BigInt(`0x${bytes.toString('hex')}`)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new TarDamage('a header holds a number beyond all sizes')
  return Number(value)
}

/** The pax keys that may occur; another one is damage, or a feature that this reader would get wrong by ignoring it. */
const paxKeys: ReadonlySet<string> = new Set([
  ...['path', 'linkpath', 'size', 'mtime', 'atime', 'ctime', 'uid', 'gid', 'uname', 'gname', 'comment'],
  ...['GNU.sparse.major', 'GNU.sparse.minor', 'GNU.sparse.name', 'GNU.sparse.realsize'],
])

export type PaxRecords = ReadonlyMap<string, Buffer>

/** Decodes the records of a pax header. */
export function parsePax(body: Buffer): PaxRecords {
  const records = new Map<string, Buffer>()
  for (let at = 0; at < body.length;) {
    const digits = /^([1-9]\d{0,7}) /.exec(body.toString('latin1', at, at + 9))?.[1]
    const end = at + Number(digits)
    const equals = body.indexOf('=', at)
    if (digits === undefined || end > body.length || body[end - 1] !== 0x0a || equals === -1 || equals >= end)
      throw new TarDamage('a pax header is malformed')
    const key = body.toString('latin1', at + digits.length + 1, equals)
    if (!paxKeys.has(key) || records.has(key)) throw new TarDamage(`a pax header holds "${key.slice(0, 40)}"`)
    records.set(key, Buffer.from(body.subarray(equals + 1, end - 1)))
    at = end
  }
  return records
}

/** A whole number among pax records. */
export function paxNumber(records: PaxRecords, key: string): number | undefined {
  const value = records.get(key)
  if (value === undefined) return undefined
  const text = value.toString('latin1')
  if (!/^(0|[1-9]\d{0,15})$/.test(text) || Number(text) > Number.MAX_SAFE_INTEGER)
    throw new TarDamage(`a pax header holds no number for ${key}`)
  return Number(text)
}

/** `raw` with what the pax records say instead. */
export function applyPax(raw: RawHeader, records: PaxRecords): RawHeader {
  const time = records.get('mtime')
  const mtimeNs = time === undefined ? raw.mtimeNs : timeOf(time.toString('latin1'))
  if (mtimeNs === undefined) throw new TarDamage('a pax header holds no time for mtime')
  const name = records.get('GNU.sparse.name') ?? records.get('path') ?? raw.name
  const link = records.get('linkpath') ?? raw.link
  if (name.length > MAX_NAME || link.length > MAX_NAME) throw new TarDamage('a name is longer than 32 KiB')
  return {
    ...raw,
    name,
    link,
    mtimeNs,
    size: paxNumber(records, 'size') ?? raw.size,
    uid: paxNumber(records, 'uid') ?? raw.uid,
    gid: paxNumber(records, 'gid') ?? raw.gid,
  }
}

export function isZeroBlock(block: Buffer): boolean {
  return block.length === BLOCK && block.every((byte) => byte === 0)
}
