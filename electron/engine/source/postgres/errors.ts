/** What a server and its clients say, as errors that a person can act on. */
import { serverInWords, type PostgresServer } from '../../../contract/postgres.ts'
import { BackupError, errnoOf, reasonOf } from '../../errors.ts'

export interface Spoken {
  readonly server: PostgresServer
  readonly database: string
  readonly cause?: unknown
}

/** SQLSTATE classes and codes. Source: PostgreSQL manual, appendix A. */
const BY_STATE: readonly (readonly [RegExp, Kind])[] = [
  [/^28/, 'postgres-login'],
  [/^3D000$/, 'database-missing'],
  [/^42501$/, 'postgres-denied'],
  [/^55P03$/, 'postgres-locked'],
  [/^55006$/, 'postgres-busy'],
  [/^(?:08|57P01|57P02|57P03|25P03)/, 'postgres-lost'],
]

/**
 * Where no SQLSTATE comes along: libpq's own words are English (LC_ALL=C), the server's are in the server's language.
 * Chinese patterns after PostgreSQL's zh_CN catalogue.
 */
const BY_TEXT: readonly (readonly [RegExp, Kind])[] = [
  [/database "[^]*" does not exist|数据库 ?"[^]*" ?不存在/, 'database-missing'],
  [
    /authentication failed|认证失败|认证尝试失败|no password supplied|pg_hba\.conf|role "[^]*" does not exist|角色 ?"[^]*" ?不存在|not permitted to log in|SSL|certificate/i,
    'postgres-login',
  ],
  [
    /No such container|is not running|Cannot connect to the Docker daemon|no container with name|permission denied while trying to connect|error during connect|connection refused.*podman|docker\.sock/i,
    'container-missing',
  ],
  [
    /server closed the connection|terminating connection|connection to server was lost|SSL SYSCALL|could not receive data|could not send data|由于管理员命令|终止联接|终止连接/,
    'postgres-lost',
  ],
  [
    /timeout expired|Connection refused|could not translate host name|could not connect|No route to host|Network is unreachable|Connection timed out|No such file or directory|starting up|shutting down|too many clients|remaining connection slots/,
    'postgres-unreachable',
  ],
  [/permission denied|权限不够|row-level security|row security/, 'postgres-denied'],
]

type Kind =
  | 'postgres-login'
  | 'database-missing'
  | 'postgres-denied'
  | 'postgres-lost'
  | 'postgres-unreachable'
  | 'container-missing'
  | 'postgres-locked'
  | 'postgres-busy'
  | 'postgres-failed'

/** @param state SQLSTATE, where the server gave one */
export function postgresError(state: string | undefined, text: string, spoken: Spoken): BackupError {
  const kind = kindOf(state, text)
  const { server, database } = spoken
  const container = server.via === 'container' ? { container: server.container, program: server.program } : {}
  return new BackupError(
    kind,
    { server: serverInWords(server), database, reason: lastWords(text), ...container },
    { cause: spoken.cause },
  )
}

/** A state says it exactly; words are for where there is none. */
function kindOf(state: string | undefined, text: string): Kind {
  const found =
    state === undefined
      ? BY_TEXT.find(([pattern]) => pattern.test(text))
      : BY_STATE.find(([pattern]) => pattern.test(state))
  return found?.[1] ?? 'postgres-failed'
}

/**
 * True where what was started is not the program that was meant: absent, not executable, made for another machine. A file that
 * the system cannot run is handed to a shell, and inside a container its engine answers, so the words decide.
 */
export function isNoClient(program: string, said: string, failure: unknown): boolean {
  if (errnoOf(failure) !== undefined) return true
  const isRuntimes = /OCI runtime exec failed|executable file not found|exec format error/i.test(said)
  return (
    isRuntimes ||
    (said !== '' &&
      !said.includes(`${program}:`) &&
      /: not found|syntax error|cannot execute|Permission denied/i.test(said))
  )
}

/** @param said the words of whoever could not start it */
export function toolMissing(
  program: string,
  said: string,
  { server, cause }: Pick<Spoken, 'server' | 'cause'>,
): BackupError {
  const reason = cause === undefined ? lastWords(said) : reasonOf(cause)
  const isEngine = server.via === 'container' && errnoOf(cause) !== undefined
  if (isEngine)
    return new BackupError(
      'container-missing',
      { container: server.container, program: server.program, reason },
      { cause },
    )
  const at = server.via === 'container' ? 'in-container' : 'on-computer'
  return new BackupError('postgres-tool-missing', { program, at, reason }, { cause })
}

/** The lines that say what went wrong, without the programs' names, at most a few. */
export function lastWords(text: string): string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^(?:psql|pg_dump|pg_dumpall|pg_restore): (?:error: |warning: |detail: )?/, '').trim())
    .filter((line) => line !== '')
  return lines.slice(-4).join(' ').slice(0, 600)
}
