/** What a server has beside its databases: roles and tablespaces, as pg_dumpall writes them. */
import { Readable } from 'node:stream'
import type { Finding } from '../../../contract/finding.ts'
import type { ContentOf } from '../../../contract/manifest.ts'
import { phrase } from '../../../contract/phrases.ts'
import { makeFinding } from '../../../contract/words.ts'
import { serverInWords } from '../../../contract/postgres.ts'
import { BackupError, toBackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { SnapshotArtifact } from '../source.ts'
import { openUsual, type Connection } from './connect.ts'
import { startDump } from './dump.ts'
import { warned } from './guards.ts'
import type { PsqlSession } from './session.ts'

export interface GlobalsContext {
  /** Of the source, for findings. */
  readonly name: string
  readonly connection: Connection
  readonly world: World
  /** A database that the user may enter. */
  readonly database: string
  readonly found: (findings: readonly Finding[]) => void
}

interface Globals {
  readonly roles: number
  readonly tablespaces: number
  /** Whether this user may read the roles' passwords. */
  readonly passwords: boolean
}

/** As pg_dumpall chooses them: `pg_…` are the server's own. */
const COUNTS = `SELECT (SELECT count(*)::int FROM pg_roles WHERE rolname !~ '^pg_') AS roles,
  (SELECT count(*)::int FROM pg_tablespace WHERE spcname !~ '^pg_') AS tablespaces,
  has_table_privilege('pg_authid', 'SELECT') AS passwords`

/** There is no snapshot of roles: what was dumped must be what was there before or after. */
export function globalsArtifact(context: GlobalsContext): SnapshotArtifact {
  let content: ContentOf<'globals'> | undefined
  return {
    part: 'globals',
    isOwnName: true,
    role: 'data',
    extension: 'sql',
    open: async (signal) => {
      const session = await openUsual(context.connection.launcher, [context.database], { ...context, signal })
      const checked = async function* (): AsyncGenerator<Buffer> {
        content = yield* dumping(session, context, signal)
      }
      return Readable.from(checked(), { objectMode: false })
    },
    evidence: () => {
      if (content === undefined) throw new BackupError('internal', { reason: 'the dump has not ended' })
      return content
    },
  }
}

async function* dumping(
  session: PsqlSession,
  { name, connection, world, database, found }: GlobalsContext,
  signal: AbortSignal,
): AsyncGenerator<Buffer, ContentOf<'globals'>> {
  const { launcher, version } = connection
  try {
    const before = await session.row<Globals>(COUNTS)
    const args = ['--globals-only', '-l', database, ...(before.passwords ? [] : ['--no-role-passwords'])]
    const running = startDump({ launcher, database, program: 'pg_dumpall', args, isText: true }, world, signal)
    yield* running.stream as AsyncIterable<Buffer>
    const { summary, said } = running.outcome()
    const after = await session.row<Globals>(COUNTS)
    const { roles = 0, tablespaces = 0 } = summary ?? {}
    if (![before, after].some((counted) => counted.roles === roles && counted.tablespaces === tablespaces))
      throw new BackupError('dump-failed', {
        program: 'pg_dumpall',
        how: 'exit 0',
        reason: phrase('globals-differ'),
        ...{ roles, wantedRoles: after.roles, tablespaces, wantedTablespaces: after.tablespaces },
        server: serverInWords(launcher.server),
        database,
      })
    found(warned(name, 'globals', said))
    if (!before.passwords)
      found([makeFinding('roles-without-passwords', { server: serverInWords(launcher.server) }, { source: name })])
    return { kind: 'globals', server_version: version, roles, tablespaces, passwords: before.passwords }
  } catch (error) {
    throw toBackupError(error, 'encode')
  } finally {
    await session.close()
  }
}
