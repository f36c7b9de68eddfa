/** Guards around a SQLite backup: what the previous one held, shrinkage, damage, and room in the work folder. */
import { phrase } from '../../contract/phrases.ts'
import type { Detail } from '../../contract/error.ts'
import type { Finding, FindingCode } from '../../contract/finding.ts'
import type { ContentOf, Content } from '../../contract/manifest.ts'
import { makeFinding } from '../../contract/words.ts'
import { humanSize } from '../artifact-names.ts'
import { freeBytesAt } from '../disk-errors.ts'
import { BackupError } from '../errors.ts'
import type { SqliteExamination, SqliteSnapshotResult } from '../worker/protocol.ts'
import type { World } from '../world.ts'
import { countsOf, losses } from './shrinkage.ts'

export type SqliteContent = ContentOf<'sqlite'>

/** Room for SQLite's own small files beside the copy. */
const SLACK_BYTES = 16 * 1024 * 1024

export function previousOf(previous: readonly Content[] | undefined): SqliteContent | undefined {
  return previous?.find((content): content is SqliteContent => content.kind === 'sqlite')
}

/** `source-empty` with what was lost, in words (faults.md C07). */
export function emptyError(path: string, previous: SqliteContent | undefined, cause: unknown): BackupError {
  if (previous === undefined)
    return new BackupError('source-empty', { path, previous: phrase('no-earlier-backup') }, { cause })
  const { tables, rows } = countsOf(previous.tables)
  return new BackupError('source-empty', { path, previous: phrase('previous-held'), tables, rows }, { cause })
}

/** What the "Test" button says of a database that is too large to be counted while somebody waits. */
export function rowsNotCounted(source: string): Finding {
  return makeFinding('rows-not-counted', {}, { source })
}

/** What a person should know about this snapshot. */
export function findingsOf(
  source: { readonly name: string; readonly path: string },
  snapshot: SqliteSnapshotResult,
  examined: SqliteExamination,
  previous: SqliteContent | undefined,
): Finding[] {
  const found: Finding[] = []
  const add = (code: FindingCode, detail: Detail) => found.push(makeFinding(code, detail, { source: source.name }))
  if (snapshot.stallMilliseconds > 0)
    add('writer-stalled', { path: source.path, milliseconds: snapshot.stallMilliseconds })
  if (examined.damaged) add('source-damaged', { path: source.path, reason: examined.check })
  if (previous !== undefined)
    for (const { code, detail } of losses(source.name, previous.tables, examined.tables)) add(code, detail)
  return found
}

export async function workFull(workDir: string, needed: number, world: World, cause?: unknown): Promise<BackupError> {
  const free = humanSize((await freeBytesAt(workDir, world)) ?? 0)
  return new BackupError('work-full', { path: workDir, free, needed: humanSize(needed) }, { cause })
}

/** Bytes that a copy of the database at `path` takes at most; 0 where that cannot be seen, which the child then reports. */
export async function copyBytes(path: string, world: World): Promise<number> {
  const sizes = await Promise.all(
    [path, `${path}-wal`].map((file) =>
      world.files.stat(file).then(
        (stat) => stat.size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, SLACK_BYTES)
}
