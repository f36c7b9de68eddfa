/** Which databases of a server a job means. */
import type { SourceOf } from '../../../contract/source.ts'
import type { PsqlSession } from './session.ts'

export interface Databases {
  readonly names: readonly string[]
  /** What restores have kept beside or left behind: no data of the site's own. */
  readonly leftOut: readonly string[]
}

/** A database for a restore test; dropped again (`scratch.ts`). */
export const SCRATCH_PREFIX = 'sitekeep_scratch_'
/** `sitekeep_scratch_…`, and what a restore in place, or its undo, keeps or leaves behind. */
const NOT_THE_SITES = new RegExp(
  `^${SCRATCH_PREFIX}[0-9a-f]{16}$|_(?:damaged|undone)_\\d{8}_\\d{6}(?:_\\d+)?$|_restoring_[0-9a-f]{8}$`,
)

/** One that may not be connected to by this user is listed all the same: it must fail, not go missing. */
const ALL = 'SELECT datname AS name FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1'

export async function databasesOf(
  { databases }: Pick<SourceOf<'postgres'>, 'databases'>,
  session: PsqlSession,
): Promise<Databases> {
  if (databases !== 'all') return { names: [...new Set(databases)], leftOut: [] }
  const all = (await session.rows<{ name: string }>(ALL)).map(({ name }) => name)
  return {
    names: all.filter((name) => !NOT_THE_SITES.test(name)),
    leftOut: all.filter((name) => NOT_THE_SITES.test(name)),
  }
}
