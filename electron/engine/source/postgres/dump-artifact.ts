/** One database of a snapshot: dumped, counted and looked at in one and the same moment of its own, when its turn comes. */
import { Readable } from 'node:stream'
import type { Finding } from '../../../contract/finding.ts'
import type { Content } from '../../../contract/manifest.ts'
import type { SourceOf } from '../../../contract/source.ts'
import { serverInWords } from '../../../contract/postgres.ts'
import { BackupError, toBackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { SnapshotArtifact } from '../source.ts'
import type { Connection } from './connect.ts'
import { rowDifferences } from './differences.ts'
import { startDump, type RunningDump } from './dump.ts'
import { heldLong, shrunk, warned, type PostgresContent, type PostgresLimits } from './guards.ts'
import type { PsqlSession } from './session.ts'
import { countSnapshot, takeSnapshot, type DatabaseSnapshot, type TableCount } from './snapshot.ts'

export interface DumpContext {
  readonly config: SourceOf<'postgres'>
  readonly connection: Connection
  readonly world: World
  readonly limits: PostgresLimits
  /** Content of the source's artifacts in its newest matched set. */
  readonly previous: readonly Content[] | undefined
  readonly found: (findings: readonly Finding[]) => void
}

export const extensions = { sql: 'sql', custom: 'dump' } as const

/**
 * Each database has a moment of its own, which begins when its stream is opened: several held open at once would keep the server
 * from clearing old rows for the length of the whole run.
 */
export function dumpArtifact(
  database: string,
  base: Pick<SnapshotArtifact, 'part'>,
  context: DumpContext,
): SnapshotArtifact {
  let content: PostgresContent | undefined
  return {
    ...base,
    role: 'data',
    extension: extensions[context.config.format],
    open: async (signal) => {
      const moment = await begin(database, context, signal)
      const checked = async function* (): AsyncGenerator<Buffer> {
        content = yield* dumping(moment, database, context)
      }
      return Readable.from(checked(), { objectMode: false })
    },
    evidence: () => {
      if (content === undefined) throw new BackupError('internal', { reason: 'the dump has not ended' })
      return content
    },
  }
}

interface Moment {
  readonly session: PsqlSession
  readonly snapshot: DatabaseSnapshot
  readonly running: RunningDump
  readonly counting: Promise<TableCount[]>
  readonly since: number
}

async function begin(database: string, context: DumpContext, signal: AbortSignal): Promise<Moment> {
  const { config, connection, world } = context
  const session = await connection.open(database)
  try {
    const since = world.clock.monotonic()
    const snapshot = await takeSnapshot(session, config.lockWaitSeconds)
    const args = argsFor(config, snapshot)
    const order = { launcher: connection.launcher, database, args, isText: config.format === 'sql' }
    const running = startDump({ ...order, program: 'pg_dump' }, world, signal)
    const counting = countSnapshot(session, snapshot.tables, config.digests)
    // Uncounted there is nothing to match: the dump need not go on. The error is told where the counts are awaited.
    counting.catch((error: unknown) => running.stream.destroy(toBackupError(error)))
    return { session, snapshot, running, counting, since }
  } catch (error) {
    await session.close()
    throw error
  }
}

function argsFor({ format, lockWaitSeconds }: SourceOf<'postgres'>, { id, facts }: DatabaseSnapshot): string[] {
  return [
    '--snapshot',
    id,
    // Whatever the role's settings would make of it.
    `--encoding=${facts.encoding}`,
    '--lock-wait-timeout',
    String(Math.max(1, Math.round(lockWaitSeconds * 1000))),
    // Compressed by us, as every artifact is.
    ...(format === 'custom' ? ['-Fc', '--compress=0'] : []),
    // A standby has nothing of unlogged tables, and says so by failing.
    ...(facts.isStandby ? ['--no-unlogged-table-data'] : []),
  ]
}

async function* dumping(
  { session, snapshot, running, counting, since }: Moment,
  database: string,
  context: DumpContext,
): AsyncGenerator<Buffer, PostgresContent> {
  const { config, connection, world, limits } = context
  const { clock } = world
  let waited = 0
  try {
    for await (const chunk of running.stream as AsyncIterable<Buffer>) {
      const handed = clock.monotonic()
      yield chunk
      waited += clock.monotonic() - handed
    }
    const tables = await counting
    const { summary, said } = running.outcome()
    const content = contentOf(database, config.format, connection, snapshot, tables)
    if (summary !== undefined) refuseDifferent(summary.tables, content, connection)
    context.found([
      ...shrunk(config.name, content, context.previous),
      ...warned(config.name, database, said),
      ...heldLong(config.name, database, { milliseconds: clock.monotonic() - since, waited }, limits),
    ])
    return content
  } catch (error) {
    throw toBackupError(error, 'encode')
  } finally {
    running.stream.destroy()
    await session.close()
  }
}

/** Dump and counts were read in one snapshot: where they differ, one of them did not see all (faults.md D03). */
function refuseDifferent(
  dumped: ReadonlyMap<string, number>,
  content: PostgresContent,
  { launcher }: Connection,
): void {
  const found = rowDifferences(dumped, content.tables)
  if (found.length === 0) return
  throw new BackupError('dump-failed', {
    program: 'pg_dump',
    how: 'exit 0',
    reason: found.join('; '),
    server: serverInWords(launcher.server),
    database: content.database,
  })
}

function contentOf(
  database: string,
  format: PostgresContent['format'],
  { version, toolVersion }: Connection,
  { facts }: DatabaseSnapshot,
  tables: readonly TableCount[],
): PostgresContent {
  return {
    kind: 'postgres',
    database,
    format,
    server_version: version,
    dump_version: toolVersion,
    encoding: facts.encoding,
    collate: facts.collate,
    ctype: facts.ctype,
    provider: facts.provider,
    locale: facts.locale,
    owner: facts.owner,
    settings: facts.settings.map(({ role, setting }) => ({ role, setting })),
    privileges: facts.privileges === null ? null : [...facts.privileges],
    comment: facts.comment,
    large_objects: facts.largeObjects,
    tables: [...tables],
  }
}
