/** Reads SQLite artifacts that came back from a destination: compares them with their manifest, and restores them. */
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Content } from '../../contract/manifest.ts'
import { humanSize } from '../artifact-names.ts'
import { syncFolder } from '../atomic-file.ts'
import { diskError, freeBytesAt } from '../disk-errors.ts'
import { BackupError, errnoOf, throwIfAborted, toBackupError } from '../errors.ts'
import { callWorker } from '../worker/call-worker.ts'
import type { SqliteExamination } from '../worker/protocol.ts'
import type { World } from '../world.ts'
import type { SqliteContent } from './sqlite-guards.ts'
import { safeFileName } from './sqlite-name.ts'
import type { InspectContext, RestoreContext, Restored, SourceReader } from './source.ts'

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')
/** Up to and with the page size (sqlite.org/fileformat.html §1.3). */
const HEADER_BYTES = 18
/** Words about more tables than this help nobody. */
const MAX_PROBLEMS = 20

export function sqliteReader(world: World): SourceReader {
  return {
    inspect: (copy, content, context) => closing(copy, inspect(copy, content, context)),
    restore: (copy, content, context) => closing(copy, restore(world, copy, content, context)),
  }
}

/** A stream that was not read to its end, because something else failed before, is let go of. */
async function closing<T>(copy: Readable, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toBackupError(error)
  } finally {
    // Its own last error would say nothing new, and without a listener end the process.
    copy.on('error', () => undefined)
    copy.destroy()
  }
}

async function inspect(copy: Readable, content: Content, context: InspectContext): Promise<readonly string[]> {
  if (content.kind !== 'sqlite') return [`the manifest describes ${content.kind}, not a database`]
  let bytes = 0
  let header = Buffer.alloc(0)
  for await (const chunk of chunksOf(copy)) {
    throwIfAborted(context.signal)
    if (header.length < HEADER_BYTES) header = Buffer.concat([header, chunk.subarray(0, HEADER_BYTES)])
    bytes += chunk.length
    context.progress(bytes)
  }
  return differences(header, bytes, content)
}

async function* chunksOf(copy: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of copy) {
    if (!(chunk instanceof Uint8Array)) throw new BackupError('internal', { reason: 'a stream of bytes was expected' })
    yield chunk
  }
}

function differences(header: Buffer, bytes: number, content: SqliteContent): string[] {
  const found: string[] = []
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC))
    return ['it is not a SQLite database']
  const stored = header.readUInt16BE(16)
  const pageSize = stored === 1 ? 65_536 : stored
  if (pageSize !== content.page_size) found.push(`its page size is ${pageSize}, expected ${content.page_size}`)
  const expected = content.page_size * content.page_count
  if (bytes !== expected) found.push(`it has ${bytes} bytes, expected ${expected}`)
  return found
}

async function restore(world: World, copy: Readable, content: Content, context: RestoreContext): Promise<Restored> {
  if (content.kind !== 'sqlite') throw new BackupError('content-mismatch', { file: content.kind, reason: content.kind })
  const name = safeFileName(content.name)
  const path = join(context.target, name)
  const needed = content.page_size * content.page_count
  const free = await freeBytesAt(context.target, world)
  if (free !== undefined && free < needed)
    throw new BackupError('target-full', { path: context.target, free: humanSize(free), needed: humanSize(needed) })
  await write(world, copy, path, context).catch(async (error: unknown) => {
    if (errnoOf(error) === 'EEXIST')
      throw new BackupError('target-not-empty', { path: context.target }, { cause: error })
    throw await diskError(error, { role: 'target', path: context.target, needed }, world)
  })
  // A damaged database was backed up as it is: then only what the quick check finds can be expected to be the same.
  const check = content.quick_check === 'ok' ? 'integrity' : 'quick'
  const examined = await callWorker(world, 'sqlite-examine', { path, check, hash: false }, { signal: context.signal })
  return { ...compare(examined, content), places: [name] }
}

async function write(world: World, copy: Readable, path: string, context: RestoreContext): Promise<void> {
  const file = await world.files.open(path, 'wx', 0o600)
  try {
    try {
      await pour(copy, file, context)
    } finally {
      await file.close()
    }
    await syncFolder(world, context.target)
  } catch (error) {
    // The first error is the one that tells; a half-written file that stays is in the caller's target, which it clears.
    await world.files.unlink(path).catch(() => undefined)
    throw error
  }
}

async function pour(copy: Readable, file: FileHandle, context: RestoreContext): Promise<void> {
  let bytes = 0
  for await (const chunk of chunksOf(copy)) {
    throwIfAborted(context.signal)
    for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done, chunk.length - done)).bytesWritten
    bytes += chunk.length
    context.progress(bytes)
  }
  await file.sync()
}

/** The tables as a restore finds them against the tables as the snapshot had them. */
function compare(examined: SqliteExamination, content: SqliteContent): Pick<Restored, 'compared' | 'problems'> {
  const problems: string[] = []
  const found = new Map(examined.tables.map(({ name, rows }) => [name, rows]))
  const expected = new Set(content.tables.map(({ name }) => name))
  const tables = content.tables.map(({ name, rows }) => ({ name, rows: found.get(name) ?? 0, expected: rows }))
  for (const { name, rows, expected: wanted } of tables) {
    if (!found.has(name)) problems.push(`table "${name}" is missing`)
    else if (rows !== wanted) problems.push(`table "${name}" has ${rows} rows, expected ${wanted}`)
  }
  for (const name of found.keys()) if (!expected.has(name)) problems.push(`table "${name}" was not in the backup`)
  if (examined.pageCount !== content.page_count)
    problems.push(`it has ${examined.pageCount} pages, expected ${content.page_count}`)
  if (examined.damaged && content.quick_check === 'ok') problems.push(`the database is damaged: ${examined.check}`)
  return { compared: { tables }, problems: problems.slice(0, MAX_PROBLEMS) }
}
