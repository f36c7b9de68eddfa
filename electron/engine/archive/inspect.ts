/** Compares an archive that came back from a destination with its index and its manifest; never trusts a byte of it. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { throwIfAborted } from '../errors.ts'
import { nameText, type ArchiveEntry } from './entry.ts'
import { Ledger, type LedgerLine } from './ledger.ts'
import { Roots, type TreeContent } from './roots.ts'
import { readTar, type Piece, type TarItem } from './tar-reader.ts'
import { TarDamage } from './tar-parse.ts'

export interface TreeInspection {
  readonly content: TreeContent
  readonly index: () => Promise<Readable>
  readonly signal: AbortSignal
  progress(bytes: number): void
}

/** Differences told at most; more would be read by nobody. */
export const MAX_DIFFERENCES = 20
/** A file that changes while it is read is stored at most three times over (FORMAT.md §4.3); other writers may need more. */
const MAX_COPIES = 8

/** The differences between `copy`, its index and its manifest, in words; an empty list is a match. */
export async function inspectTree(copy: AsyncIterable<Buffer>, inspection: TreeInspection): Promise<readonly string[]> {
  const ledger = new Ledger()
  const differences: string[] = []
  try {
    await ledger.load(await inspection.index())
    differences.push(...compareTotals(ledger, inspection.content), ...compareRoots(ledger, inspection.content))
    // Where totals do not fit, the sizes in the index bound nothing, and a hostile archive could keep us busy for ever.
    if (differences.length === 0) differences.push(...(await compareEntries(copy, ledger, inspection)))
    return differences.slice(0, MAX_DIFFERENCES)
  } catch (error) {
    if (error instanceof TarDamage) return [...differences, error.message].slice(0, MAX_DIFFERENCES)
    throw error
  } finally {
    ledger.close()
  }
}

/** Fills a ledger for an extraction. @throws TarDamage where index and manifest disagree. */
export async function loadLedger(index: AsyncIterable<Buffer>, content: TreeContent, ledger: Ledger): Promise<void> {
  await ledger.load(index)
  const difference = [...compareTotals(ledger, content), ...compareRoots(ledger, content)][0]
  if (difference !== undefined) throw new TarDamage(difference)
}

function compareTotals(ledger: Ledger, content: TreeContent): string[] {
  const found = ledger.totals()
  const pairs: [string, number, number][] = [
    ['entries', found.entries, content.entries],
    ['files', found.files, content.files],
    ['folders', found.directories, content.directories],
    ['links', found.links, content.links],
    ['bytes', found.bytes, content.file_bytes],
  ]
  return pairs
    .filter(([, now, expected]) => now !== expected)
    .map(([what, now, expected]) => `the index lists ${now} ${what}, the manifest ${expected}`)
}

function compareRoots(ledger: Ledger, content: TreeContent): string[] {
  const roots = new Roots(content)
  for (const line of ledger.lines({ wanted: false }))
    if (roots.place(line.path) === undefined) return [`${nameText(line.path)} lies below none of the manifest's roots`]
  return []
}

async function compareEntries(
  copy: AsyncIterable<Buffer>,
  ledger: Ledger,
  inspection: TreeInspection,
): Promise<string[]> {
  const { signal } = inspection
  const progress = (bytes: number): void => inspection.progress(bytes)
  const strays: string[] = []
  for await (const item of readTar(copy)) {
    throwIfAborted(signal)
    const line = expectedLine(ledger, item.entry)
    if (typeof line === 'string') strays.push(line)
    else ledger.note(line, await compareItem(item, line, ledger, progress))
    if (strays.length >= MAX_DIFFERENCES) break
  }
  return [...strays, ...ledger.problems(MAX_DIFFERENCES)]
}

/** The line that an entry belongs to, or why there is none. @throws TarDamage where a name comes too often. */
export function expectedLine(ledger: Ledger, entry: ArchiveEntry): LedgerLine | string {
  const line = ledger.find(entry.path)
  const name = nameText(entry.path).slice(0, 200)
  if (line === undefined) return `${name}: the archive holds it, but it is not listed`
  const isAgain = line.copies > 0
  if (isAgain && (entry.type !== 'file' || line.copies >= MAX_COPIES))
    throw new TarDamage(`the archive holds "${name}" too often`)
  return line
}

async function compareItem(
  item: TarItem,
  line: LedgerLine,
  ledger: Ledger,
  progress: (bytes: number) => void,
): Promise<string | undefined> {
  const { entry } = item
  if (entry.type !== line.type) return `is a ${entry.type}, listed as a ${line.type}`
  // Holes are hashed as zeros: a sparse map that lies about its size would cost for ever, so the size comes first.
  if (entry.size !== line.size) return `has ${entry.size} bytes, listed with ${line.size}`
  if (entry.type === 'file' && (await hashPieces(item.content(), progress)) !== line.sha256)
    return 'its content is not the one that is listed'
  return compareMeta(entry, line) ?? compareTarget(entry, line, ledger)
}

function compareTarget(entry: ArchiveEntry, line: LedgerLine, ledger: Ledger): string | undefined {
  if (entry.target === undefined) return undefined
  if (line.target === undefined || !entry.target.equals(line.target)) return 'points elsewhere than listed'
  if (entry.type !== 'hardlink') return undefined
  const to = ledger.find(entry.target)
  return to?.type === 'file' && to.copies > 0 ? undefined : 'is a hard link to something that does not stand before it'
}

function compareMeta(entry: ArchiveEntry, line: LedgerLine): string | undefined {
  if (entry.mode !== line.mode) return 'has another mode than listed'
  if (entry.mtimeNs !== line.mtimeNs) return 'has another time than listed'
  return entry.uid === line.uid && entry.gid === line.gid ? undefined : 'has another owner than listed'
}

const zeros = Buffer.alloc(1024 * 1024)

/** SHA-256 of content, holes as zeros. */
export async function hashPieces(pieces: AsyncIterable<Piece>, progress: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of pieces) {
    if (typeof piece === 'number') await hashZeros(piece, (zero) => hash.update(zero), progress)
    else hash.update(piece)
    progress(typeof piece === 'number' ? 0 : piece.length)
  }
  return hash.digest('hex')
}

/** Feeds `count` zeros in pieces, letting others run between them. */
export async function hashZeros(
  count: number,
  update: (zero: Buffer) => void,
  progress: (bytes: number) => void,
): Promise<void> {
  for (let left = count; left > 0;) {
    const length = Math.min(left, zeros.length)
    update(zeros.subarray(0, length))
    left -= length
    progress(length)
    if (left > 0) await new Promise((resolve) => setImmediate(resolve))
  }
}
