/** Reads SQLite artifacts that came back from a destination: compares them with their manifest, and restores them. */
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Content } from '../../contract/manifest.ts'
import { humanSize } from '../artifact-names.ts'
import { freeBytesAt } from '../disk-errors.ts'
import { BackupError, throwIfAborted } from '../errors.ts'
import { callWorker } from '../worker/call-worker.ts'
import type { SqliteExamination } from '../worker/protocol.ts'
import type { World } from '../world.ts'
import type { SqliteContent } from './sqlite-guards.ts'
import { safeFileName } from './safe-file-name.ts'
import type { InspectContext, RestoreContext, Restored, SourceReader } from './source.ts'
import { chunksOf, closing, writeRestored } from './write-restored.ts'

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
  const name = safeFileName(content.name, 'database.sqlite3')
  const path = join(context.target, name)
  const needed = content.page_size * content.page_count
  const free = await freeBytesAt(context.target, world)
  if (free !== undefined && free < needed)
    throw new BackupError('target-full', { path: context.target, free: humanSize(free), needed: humanSize(needed) })
  await writeRestored(copy, name, needed, context, world)
  // A damaged database was backed up as it is: then only what the quick check finds can be expected to be the same.
  const check = content.quick_check === 'ok' ? 'integrity' : 'quick'
  const examined = await callWorker(world, 'sqlite-examine', { path, check, hash: false }, { signal: context.signal })
  return { ...compare(examined, content), places: [name], level: 'restored' }
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
