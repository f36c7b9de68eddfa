/** A dump restored into one database of a server, and compared there with the snapshot it was made from. */
import type { Readable } from 'node:stream'
import type { Compared } from '../../../contract/run.ts'
import { BackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { Connection } from './connect.ts'
import { rowDifferences } from './differences.ts'
import type { PostgresContent } from './guards.ts'
import { loadDump } from './load.ts'
import type { PsqlSession } from './session.ts'
import { countTables, tablesIn } from './snapshot.ts'

export interface RestoredDatabase {
  readonly compared: Compared
  readonly problems: readonly string[]
}

/** One transaction holds a lock on everything that it makes: more tables than this may fill the server's lock table. */
const ONE_TRANSACTION_TABLES = 500

/** Into `database`, which exists and is empty. @throws BackupError as `loadDump` */
export async function restoreDatabase(
  copy: Readable,
  content: PostgresContent,
  database: string,
  connection: Connection,
  context: { readonly world: World; readonly signal: AbortSignal },
): Promise<RestoredDatabase> {
  const isLarge = content.tables.length > ONE_TRANSACTION_TABLES
  const order = { launcher: connection.launcher, database, format: content.format, isLarge }
  await loadDump(copy, order, context.world, context.signal)
  const session = await connection.open(database)
  try {
    return await compare(session, content)
  } finally {
    await session.close()
  }
}

/** Digests only where the backup has them: both or neither. */
async function compare(session: PsqlSession, content: PostgresContent): Promise<RestoredDatabase> {
  const expected = new Map(content.tables.map((table) => [table.name, table]))
  const withDigests = content.tables.some(({ digest }) => digest !== undefined)
  const found = await countTables(session, await tablesIn(session), withDigests)
  const rows = new Map(found.map((table) => [table.name, table.rows]))
  const changed = found.filter(({ name, digest }) => {
    const wanted = expected.get(name)?.digest
    return wanted !== undefined && wanted !== digest
  })
  const { objects } = await session.row<{ objects: number }>(
    'SELECT count(*)::int AS objects FROM pg_largeobject_metadata',
  )
  return {
    compared: {
      tables: content.tables.map(({ name, rows: expected }) => ({ name, rows: rows.get(name) ?? 0, expected })),
    },
    problems: [
      ...rowDifferences(rows, content.tables),
      ...changed.map(({ name }) => `the rows of table ${name} are not those of the snapshot`),
      ...(objects === content.large_objects ? [] : [`${objects} large objects, expected ${content.large_objects}`]),
    ],
  }
}

/** A problem of the restored data is the backup's: what was made of it must not be used. */
export function refuseProblems(problems: readonly string[], database: string): void {
  if (problems.length > 0)
    throw new BackupError(
      'content-mismatch',
      { file: database, reason: problems.slice(0, 5).join('; ') },
      { stage: 'restore-check' },
    )
}
