/** Which databases a server has, for a job that means all of them. */
import { isOurOwn } from './own-databases.ts'
import type { PsqlSession } from './session.ts'

export interface Databases {
  readonly names: readonly string[]
  /** What restores have kept beside or left behind: no data of the site's own. */
  readonly leftOut: readonly string[]
}

/** -2 marks what an interrupted DROP has left. One that may not be connected to by this user is listed all the same: it must fail, not go missing. */
const ALL =
  'SELECT datname AS name FROM pg_database WHERE datallowconn AND NOT datistemplate AND datconnlimit <> -2 ORDER BY 1'

export async function allDatabases(session: PsqlSession): Promise<Databases> {
  const all = (await session.sharedRows<{ name: string }>(ALL)).map(({ name }) => name)
  return { names: all.filter((name) => !isOurOwn(name)), leftOut: all.filter(isOurOwn) }
}
