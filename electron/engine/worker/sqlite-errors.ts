/** What SQLite's result codes mean for a source (sqlite.org/rescode.html). */
import Database from 'better-sqlite3'
import { WorkerFailure } from './protocol.ts'

/** Not an error yet: the database is locked or just changing hands, and a moment later it may work. */
export class NotNow extends Error {
  /** What it becomes when the waiting is over. */
  readonly final: WorkerFailure
  constructor(final: WorkerFailure, cause?: unknown) {
    super(final.code, cause === undefined ? {} : { cause })
    this.name = 'NotNow'
    this.final = final
  }
}

/** The code without its extension: `SQLITE_CORRUPT_INDEX` → `SQLITE_CORRUPT`. */
export function primaryCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code.split('_').slice(0, 2).join('_') : undefined
}

type Meaning = (path: string, error: InstanceType<typeof Database.SqliteError>) => WorkerFailure | NotNow

const locked: Meaning = (path, error) => new NotNow(new WorkerFailure('source-locked', { path }, error), error)
/** Perhaps only now: the application may just have closed the database and removed its side files. */
const denied: Meaning = (path, error) => new NotNow(new WorkerFailure('source-denied', { path }, error), error)
const unreadable: Meaning = (path, error) =>
  new WorkerFailure('source-read-error', { path, reason: error.message }, error)

const meanings: Readonly<Record<string, Meaning>> = {
  SQLITE_BUSY: locked,
  SQLITE_LOCKED: locked,
  SQLITE_PROTOCOL: locked,
  SQLITE_CANTOPEN: denied,
  SQLITE_READONLY: denied,
  SQLITE_PERM: denied,
  SQLITE_AUTH: denied,
  SQLITE_NOTADB: (path, error) => new WorkerFailure('source-not-sqlite', { path }, error),
  // The caller knows the work folder and what room it has.
  SQLITE_FULL: (_path, error) => new WorkerFailure('work-full', {}, error),
  SQLITE_IOERR: unreadable,
  SQLITE_CORRUPT: unreadable,
}

/** An error of a connection to the user's database, as WorkerFailure or NotNow; anything else comes back as it is. */
export function sourceFailure(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  if (error.code === 'SQLITE_READONLY_ROLLBACK') return new WorkerFailure('source-hot-journal', { path }, error)
  const meaning = meanings[primaryCode(error) ?? '']
  if (meaning !== undefined) return meaning(path, error)
  return new WorkerFailure('internal', { reason: `${error.code}: ${error.message}` }, error)
}
