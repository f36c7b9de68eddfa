/** A conversation with a server through a psql that is held open: the same connection rules as pg_dump's, also inside a container. */
import { BackupError, throwIfAborted } from '../../errors.ts'
import type { World } from '../../world.ts'
import { isNoClient, postgresError, toolMissing } from './errors.ts'
import { connectionString, launch, type Child, type Launcher } from './launch.ts'
import { sessionBytes, sharedText } from './session-text.ts'
import { StderrTail } from './stderr-tail.ts'

/** Settings that make text and answers the same everywhere, whatever the role, database or server prefers. */
const SETTINGS = [
  'SET client_min_messages = error',
  'SET DateStyle = ISO',
  'SET IntervalStyle = postgres',
  "SET TimeZone = 'UTC'",
  'SET extra_float_digits = 3',
  'SET bytea_output = hex',
  "SET lc_monetary = 'C'",
  'SET quote_all_identifiers = off',
  'SET search_path = pg_catalog',
  'SET row_security = off',
  'SET statement_timeout = 0',
  'SET idle_in_transaction_session_timeout = 0',
  'SET default_transaction_read_only = off',
  // Not every version has them.
  "SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('idle_session_timeout', 'transaction_timeout')",
]
/** A query whose client is gone ends by itself, where the server can look for it: not before 14, and not on Windows. */
const WATCH_CLIENT = "SET client_connection_check_interval = '5s'"
const NEWLINE = 0x0a
/** Quitting politely takes a round trip; whoever does not, is killed. */
const QUIT_MS = 2000

interface Waiting {
  readonly marker: string
  /** Undefined until the answer begins: what comes before is the rest of an earlier one. */
  lines: Buffer[] | undefined
  done(lines: Buffer[], state: string): void
  failed(error: unknown): void
}

export class PsqlSession {
  readonly #child: Child
  readonly #launcher: Launcher
  readonly #database: string
  readonly #world: World
  readonly #stderr = new StderrTail()
  readonly #ended: Promise<void>
  #rest = Buffer.alloc(0)
  #waiting: Waiting | undefined
  #end: BackupError | undefined
  #encoding: 'utf8' | 'latin1' = 'utf8'

  private constructor(launcher: Launcher, database: string, world: World, signal: AbortSignal) {
    this.#launcher = launcher
    this.#database = database
    this.#world = world
    const args = [
      '-X',
      '-q',
      '-A',
      '-t',
      '-w',
      '-v',
      'ON_ERROR_STOP=0',
      '-v',
      'VERBOSITY=verbose',
      '-d',
      connectionString(launcher, database),
    ]
    this.#child = launch(launcher, 'psql', args, world)
    const kill = () => this.#child.kill('SIGKILL')
    signal.addEventListener('abort', kill)
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#child.stderr.on('data', (chunk: Buffer) => this.#stderr.add(chunk))
    // A psql that has ended closes its stdin; why it ended is told by its end.
    this.#child.stdin.on('error', () => undefined)
    this.#ended = new Promise((resolve) => {
      const ended = (failure: unknown, how: string) => {
        signal.removeEventListener('abort', kill)
        this.#end ??= this.#ending(failure, how, signal)
        this.#waiting?.failed(this.#end)
        this.#waiting = undefined
        resolve()
      }
      this.#child.once('error', (error) => ended(error, error.message))
      this.#child.once('close', (code, killer) => ended(undefined, killer ?? `exit ${code ?? '?'}`))
    })
  }

  /** @throws BackupError postgres-unreachable, postgres-login, postgres-tool-missing, … */
  static async open(launcher: Launcher, database: string, world: World, signal: AbortSignal): Promise<PsqlSession> {
    throwIfAborted(signal)
    const session = new PsqlSession(launcher, database, world, signal)
    try {
      for (const setting of SETTINGS) await session.run(setting)
      // Refused, it changes nothing; a session that broke here says so at the next statement.
      await session.run(WATCH_CLIENT).catch(() => undefined)
      const [row] = await session.lines("SELECT current_setting('server_encoding')")
      // Everything is converted, but for a database that says nothing about its bytes: there they pass as they are.
      if (row?.toString('latin1') === 'SQL_ASCII') session.#encoding = 'latin1'
      else await session.run('SET client_encoding = UTF8')
      return session
    } catch (error) {
      await session.close()
      throw error
    }
  }

  /** The rows of a query, each an object by column. Numbers above 2^53 must be asked for as text. */
  async rows<T>(sql: string): Promise<T[]> {
    const lines = await this.lines(`SELECT pg_catalog.row_to_json(q) FROM (${sql}) q`)
    // Our own queries' columns: the caller names what it asked for.
    return lines.map((line) => JSON.parse(line.toString(this.#encoding)) as T)
  }

  /** As `rows`, of what all databases of the server share: names of roles and databases, and comments on them. */
  async sharedRows<T>(sql: string): Promise<T[]> {
    const rows = await this.rows<T>(sql)
    if (this.#encoding === 'utf8') return rows
    const readable = (_key: string, value: unknown) => (typeof value === 'string' ? sharedText(value) : value)
    // As above.
    return rows.map((row) => JSON.parse(JSON.stringify(row), readable) as T)
  }

  async row<T>(sql: string): Promise<T> {
    const [row] = await this.rows<T>(sql)
    if (row === undefined) throw new BackupError('internal', { reason: 'a query came back without a row' })
    return row
  }

  async run(sql: string): Promise<void> {
    await this.lines(sql)
  }

  /** The lines that a statement prints. One statement at a time. @throws BackupError with the server's words */
  async lines(sql: string): Promise<Buffer[]> {
    if (this.#end !== undefined) throw this.#end
    if (this.#waiting !== undefined) throw new BackupError('internal', { reason: 'two queries at once in one session' })
    const marker = `sitekeep-${this.#world.random(8)}`
    const { lines, state } = await new Promise<{ lines: Buffer[]; state: string }>((resolve, reject) => {
      this.#waiting = { marker, lines: undefined, done: (lines, state) => resolve({ lines, state }), failed: reject }
      this.#stderr.clear()
      // psql says how the last statement ended in its own variables; its messages come by another pipe and may be late.
      const said = `\\echo ${marker}\n${sql}\n;\n\\echo ${marker} :SQLSTATE :LAST_ERROR_MESSAGE\n`
      this.#child.stdin.write(this.#encoding === 'utf8' ? said : sessionBytes(said))
    })
    const [code = '', ...message] = state.split(' ')
    if (code !== '00000')
      throw postgresError(code, message.join(' '), { server: this.#launcher.server, database: this.#database })
    return lines
  }

  /** Ends the conversation, and with it its transaction. Never throws. */
  async close(): Promise<void> {
    this.#end ??= new BackupError('internal', { reason: 'the session was closed' })
    this.#child.stdin.end('\\q\n')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), QUIT_MS)
    await this.#ended
    clearTimeout(timer)
  }

  #read(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let end = data.indexOf(NEWLINE); end !== -1; end = data.indexOf(NEWLINE)) {
      this.#line(data.subarray(0, end))
      data = data.subarray(end + 1)
    }
    this.#rest = Buffer.from(data)
  }

  #line(line: Buffer): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    const head = `${waiting.marker} `
    if (waiting.lines === undefined) {
      if (line.toString('latin1') === waiting.marker) waiting.lines = []
    } else if (line.toString('latin1', 0, head.length) === head) {
      // At once: what follows in the same chunk is no part of the answer.
      this.#waiting = undefined
      waiting.done(waiting.lines, line.subarray(head.length).toString(this.#encoding))
    } else {
      waiting.lines.push(Buffer.from(line))
    }
  }

  #ending(failure: unknown, how: string, signal: AbortSignal): BackupError {
    if (signal.aborted && signal.reason instanceof BackupError) return signal.reason
    const said = this.#stderr.text()
    const spoken = { server: this.#launcher.server, database: this.#database, cause: failure }
    return isNoClient('psql', said, failure)
      ? toolMissing('psql', said, spoken)
      : postgresError(undefined, said || how, spoken)
  }
}
