/** Reads a tar archive from a stream, entry by entry, in constant memory; anything odd is TarDamage. */
import { ByteSource } from './byte-source.ts'
import { MAX_NAME, type ArchiveEntry, type EntryType, type Stretch } from './entry.ts'
import { BLOCK, padded } from './tar-header.ts'
import {
  applyPax,
  isZeroBlock,
  parseHeader,
  parsePax,
  paxNumber,
  TarDamage,
  type PaxRecords,
  type RawHeader,
} from './tar-parse.ts'

/** A piece of a file's content: bytes, or the length of a hole. */
export type Piece = Buffer | number

export interface TarItem {
  readonly entry: ArchiveEntry
  readonly isSparse: boolean
  /** The content, once, before the next item is asked for; what is not read is skipped (and its padding checked). */
  content(): AsyncGenerator<Piece, void>
}

/** A pax header holds two names and some numbers. */
const MAX_PAX = 2 * MAX_NAME + 4096
/** Our writer makes at most 65,536 stretches; GNU tar's maps are rarely longer. */
const MAX_STRETCHES = 1_000_000
const READ_SIZE = 1024 * 1024

const flagTypes: ReadonlyMap<string, EntryType> = new Map([
  ['0', 'file'],
  ['\u0000', 'file'],
  ['7', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['5', 'directory'],
])

interface Pending {
  records: PaxRecords
  longName: Buffer | undefined
  longLink: Buffer | undefined
}

/**
 * Yields every entry in the order of the archive. Ends after two zero blocks and nothing but zeros behind them.
 * @throws TarDamage; also for devices, pipes and types that this format does not use.
 */
export async function* readTar(stream: AsyncIterable<Buffer>): AsyncGenerator<TarItem, void> {
  const source = new ByteSource(stream)
  try {
    yield* readEntries(source)
    await expectEnd(source)
  } finally {
    await source.close()
  }
}

async function* readEntries(source: ByteSource): AsyncGenerator<TarItem, void> {
  let pending = nothingPending()
  for (;;) {
    const block = Buffer.from(await readBlock(source))
    if (isZeroBlock(block)) break
    const raw = parseHeader(block)
    if (await readMeta(source, raw, pending)) continue
    yield* readEntry(source, raw, pending)
    pending = nothingPending()
  }
  if (pending.records.size > 0 || pending.longName !== undefined || pending.longLink !== undefined)
    throw new TarDamage('the archive ends after a header without its entry')
}

function nothingPending(): Pending {
  return { records: new Map(), longName: undefined, longLink: undefined }
}

async function readBlock(source: ByteSource): Promise<Buffer> {
  const block = await source.read(BLOCK)
  if (block.length < BLOCK) throw new TarDamage('the archive is cut off: its end marker is missing')
  return block
}

async function expectEnd(source: ByteSource): Promise<void> {
  if (!isZeroBlock(await readBlock(source))) throw new TarDamage('the end marker of the archive is damaged')
  for (;;) {
    const rest = await source.some(READ_SIZE)
    if (rest.length === 0) return
    if (rest.some((byte) => byte !== 0)) throw new TarDamage('something follows the end of the archive')
  }
}

/** Reads a header that speaks about the next entry; false where `raw` is an entry itself. */
async function readMeta(source: ByteSource, raw: RawHeader, pending: Pending): Promise<boolean> {
  if (raw.flag === 'x') {
    if (pending.records.size > 0) throw new TarDamage('two pax headers for one entry')
    pending.records = parsePax(await readSmall(source, raw.size))
    return true
  }
  if (raw.flag === 'g') {
    // A global header of git or GNU tar holds a comment; one that changes entries would have to be applied to all of them.
    for (const key of parsePax(await readSmall(source, raw.size)).keys())
      if (key !== 'comment') throw new TarDamage(`a global header sets "${key}"`)
    return true
  }
  if (raw.flag === 'L') pending.longName = withoutNul(await readSmall(source, raw.size))
  else if (raw.flag === 'K') pending.longLink = withoutNul(await readSmall(source, raw.size))
  return raw.flag === 'L' || raw.flag === 'K'
}

async function readSmall(source: ByteSource, size: number): Promise<Buffer> {
  if (size > MAX_PAX) throw new TarDamage('a header is larger than any name')
  const body = Buffer.from(await source.read(size))
  if (body.length < size) throw new TarDamage('the archive is cut off inside a header')
  await expectPadding(source, size)
  return body
}

function withoutNul(body: Buffer): Buffer {
  return body.at(-1) === 0 ? body.subarray(0, -1) : body
}

async function expectPadding(source: ByteSource, size: number): Promise<void> {
  const length = padded(size) - size
  const rest = await source.read(length)
  if (rest.length < length) throw new TarDamage('the archive is cut off')
  if (rest.some((byte) => byte !== 0)) throw new TarDamage('the padding behind an entry is damaged')
}

async function* readEntry(source: ByteSource, first: RawHeader, pending: Pending): AsyncGenerator<TarItem, void> {
  const named = { ...first, name: pending.longName ?? first.name, link: pending.longLink ?? first.link }
  const raw = applyPax(named, pending.records)
  const type = flagTypes.get(raw.flag)
  if (type === undefined) throw new TarDamage(`an entry is a device, a pipe or of an unknown kind (type "${raw.flag}")`)
  if (type !== 'file' && raw.size !== 0) throw new TarDamage('an entry that is no file has content')
  const sparse = type === 'file' ? await readSparse(source, raw, pending.records) : undefined
  const { stretches, size } = sparse ?? { stretches: [{ offset: 0, length: raw.size }], size: raw.size }
  const pieces = readPieces(source, stretches, size)
  yield { entry: entryOf(raw, type, size), isSparse: sparse !== undefined, content: () => pieces }
  // `pieces` may be partly read, or not at all.
  await skipRest(source, pieces)
  await expectPadding(source, raw.size)
}

type Pieces = AsyncGenerator<Piece, void> & { left(): number }

/** Content as pieces; ends early, without an error, where the consumer stops. */
function readPieces(source: ByteSource, stretches: readonly Stretch[], size: number): Pieces {
  let left = stretches.reduce((sum, { length }) => sum + length, 0)
  const generate = async function* (): AsyncGenerator<Piece, void> {
    let at = 0
    for (const { offset, length } of stretches) {
      if (offset > at) yield offset - at
      at = offset
      while (at < offset + length) {
        const piece = await readSome(source, Math.min(READ_SIZE, offset + length - at))
        at += piece.length
        left -= piece.length
        yield piece
      }
    }
    if (size > at) yield size - at
  }
  return Object.assign(generate(), { left: () => left })
}

async function readSome(source: ByteSource, bytes: number): Promise<Buffer> {
  const piece = await source.some(bytes)
  if (piece.length === 0) throw new TarDamage('the archive is cut off inside a file')
  return piece
}

async function skipRest(source: ByteSource, pieces: Pieces): Promise<void> {
  for (let left = pieces.left(); left > 0;) left -= (await readSome(source, Math.min(READ_SIZE, left))).length
}

function entryOf(raw: RawHeader, type: EntryType, size: number): ArchiveEntry {
  const path = type === 'directory' && raw.name.at(-1) === 0x2f ? raw.name.subarray(0, -1) : raw.name
  const target = type === 'symlink' || type === 'hardlink' ? raw.link : undefined
  if (target?.length === 0) throw new TarDamage('a link has no target')
  const { mode, uid, gid, mtimeNs } = raw
  return { path, type, size, mode, uid, gid, mtimeNs, target, uname: '', gname: '' }
}

/** Size and map of a pax sparse 1.0 file; undefined for an ordinary one. */
async function readSparse(source: ByteSource, raw: RawHeader, records: PaxRecords) {
  if (![...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) return undefined
  const size = paxNumber(records, 'GNU.sparse.realsize')
  const isVersion1 = paxNumber(records, 'GNU.sparse.major') === 1 && paxNumber(records, 'GNU.sparse.minor') === 0
  if (!isVersion1 || size === undefined || !records.has('GNU.sparse.name'))
    throw new TarDamage('a sparse file is of an unknown format')
  const start = source.position
  const numbers = readNumbers(source, raw.size)
  const count = await nextNumber(numbers)
  if (count > MAX_STRETCHES) throw new TarDamage('a sparse file has too many stretches')
  const stretches: Stretch[] = []
  for (let n = 0; n < count; n += 1)
    stretches.push({ offset: await nextNumber(numbers), length: await nextNumber(numbers) })
  await numbers.return()
  checkStretches(stretches, size, raw.size - (source.position - start))
  return { size, stretches }
}

async function nextNumber(numbers: AsyncGenerator<number, void>): Promise<number> {
  const next = await numbers.next()
  if (next.done === true) throw new TarDamage('the map of a sparse file is cut off')
  return next.value
}

/** The decimal lines of a sparse map, read block by block; the rest of the last block must be zeros. */
async function* readNumbers(source: ByteSource, limit: number): AsyncGenerator<number, void> {
  let text = ''
  let blocks = 0
  try {
    for (;;) {
      const end = text.indexOf('\n')
      if (end !== -1) {
        const line = text.slice(0, end)
        if (!/^(0|[1-9]\d{0,15})$/.test(line)) throw new TarDamage('the map of a sparse file is malformed')
        text = text.slice(end + 1)
        yield Number(line)
        continue
      }
      blocks += 1
      if (blocks * BLOCK > limit) throw new TarDamage('the map of a sparse file is longer than its content')
      text += (await readBlock(source)).toString('latin1')
    }
  } finally {
    if (/[^\u0000]/.test(text)) throw new TarDamage('the map of a sparse file is malformed')
  }
}

function checkStretches(stretches: readonly Stretch[], size: number, stored: number): void {
  let at = 0
  let sum = 0
  for (const { offset, length } of stretches) {
    if (offset < at) throw new TarDamage('the stretches of a sparse file overlap')
    at = offset + length
    sum += length
  }
  if (at > size || sum !== stored) throw new TarDamage('the map of a sparse file does not fit its content')
}
