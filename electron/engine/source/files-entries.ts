/** From what a walk found to entries of an archive: opened, read, looked at again. */
import { hash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import type { ArchiveEntry, EntryType } from '../archive/entry.ts'
import { errnoOf } from '../errors.ts'
import type { World } from '../world.ts'
import type { Owners } from './files-owners.ts'
import { answered } from './files-patience.ts'
import { openFile, readWhole, WHOLE_BYTES, type Lost } from './files-read.ts'
import type { Report } from './files-report.ts'
import type { Found } from './files-walk.ts'

/** Ready to be written, to be streamed (large), or gone. */
export type Prepared =
  | { readonly kind: 'ready'; readonly found: Found; readonly entry: ArchiveEntry; readonly whole: Whole | undefined }
  | { readonly kind: 'large'; readonly found: Found }
  | { readonly kind: 'gone' }

export interface Whole {
  readonly bytes: Buffer
  readonly sha256: string
  readonly inconsistent: boolean
}

export interface PrepareOptions {
  readonly world: World
  readonly signal: AbortSignal
  readonly report: Report
  readonly owners: Owners
}

/** A path whose kind keeps changing under us is given up after as many looks. */
const LOOKS = 5
const GONE: Prepared = { kind: 'gone' }

export async function prepare(found: Found, options: PrepareOptions): Promise<Prepared> {
  let now = found
  for (let look = 0; look < LOOKS; look += 1) {
    const result = await prepareOnce(now, options)
    if (result !== 'replaced') return result
    const stat = await lookAgain(found.path, options)
    if (stat === undefined) return lose('vanished', found, options.report)
    now = { ...found, stat }
  }
  options.report.count('files-changed', found.path)
  return GONE
}

async function prepareOnce(found: Found, options: PrepareOptions): Promise<Prepared | 'replaced'> {
  const { stat } = found
  if (stat.isSymbolicLink()) return prepareLink(found, options)
  if (stat.isDirectory())
    return { kind: 'ready', found, entry: entryOf(found, 'directory', options.owners), whole: undefined }
  if (stat.isFile()) return stat.size > WHOLE_BYTES ? { kind: 'large', found } : prepareFile(found, options)
  options.report.count('special-skipped', found.path)
  return GONE
}

async function prepareFile(found: Found, options: PrepareOptions): Promise<Prepared | 'replaced'> {
  const { world, signal, report, owners } = options
  const opened = await openFile(found.path, found.stat, world, signal)
  if ('lost' in opened) return opened.lost === 'replaced' ? 'replaced' : lose(opened.lost, found, report)
  try {
    const read = await readWhole(opened.handle, opened.stat, found.path, world, signal)
    if (read === undefined) return { kind: 'large', found }
    if (read.inconsistent) report.count('files-changed', found.path)
    const current = { ...found, stat: read.stat }
    const entry = { ...entryOf(current, 'file', owners), size: read.bytes.length }
    const sha256 = hash('sha256', read.bytes)
    return {
      kind: 'ready',
      found: current,
      entry,
      whole: { bytes: read.bytes, sha256, inconsistent: read.inconsistent },
    }
  } catch (error) {
    if (errnoOf(error) === undefined || !/^E[A-Z]+$/.test(errnoOf(error) ?? '')) throw error
    return lose('unreadable', found, report)
  } finally {
    await opened.handle.close()
  }
}

async function prepareLink(found: Found, { world, report, owners }: PrepareOptions): Promise<Prepared | 'replaced'> {
  try {
    const target = await answered(world, found.path, world.files.readlink(found.path, { encoding: 'buffer' }))
    return { kind: 'ready', found, entry: { ...entryOf(found, 'symlink', owners), target }, whole: undefined }
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'EINVAL') return 'replaced'
    if (code === undefined) throw error
    return lose(code === 'ENOENT' ? 'vanished' : 'unreadable', found, report)
  }
}

async function lookAgain(path: Buffer, { world }: PrepareOptions): Promise<BigIntStats | undefined> {
  try {
    return await answered(world, path, world.files.lstat(path, { bigint: true }))
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

export function lose(lost: Lost, found: Found, report: Report): Prepared {
  const code = lost === 'vanished' ? 'files-vanished' : lost === 'unreadable' ? 'files-unreadable' : 'files-changed'
  report.count(code, found.path)
  return GONE
}

/** An entry as `found` describes it. */
export function entryOf(found: Found, type: EntryType, owners: Owners): ArchiveEntry {
  const { stat, name } = found
  return {
    path: name,
    type,
    size: type === 'file' ? Number(stat.size) : 0,
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtimeNs: stat.mtimeNs,
    target: undefined,
    uname: owners.user(Number(stat.uid)),
    gname: owners.group(Number(stat.gid)),
  }
}

/** Runs `work` on up to `width` items ahead of the consumer, and yields the results in order. */
export async function* ahead<T, U>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<U>,
): AsyncGenerator<U, void> {
  const running: Promise<U>[] = []
  for await (const item of items) {
    const result = work(item)
    // The consumer meets the failure when its turn comes; until then it must not count as unhandled.
    result.catch(() => undefined)
    running.push(result)
    const first = running.length >= width ? running.shift() : undefined
    if (first !== undefined) yield await first
  }
  for (const result of running) yield await result
}
