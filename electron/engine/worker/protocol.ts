/** What the agent and its child process say to each other: one JSON order on stdin, JSON lines back on stdout. */
import type { Detail, ErrorCode } from '../../contract/error.ts'
import type { TableRows } from '../../contract/manifest.ts'

/** Answers to an order; the last one is always `result` or `error`. */
export type WorkerMessage =
  | { readonly type: 'progress'; readonly bytes: number; readonly totalBytes?: number }
  /** From `hold` to `free` a read transaction is open in someone else's database. */
  | { readonly type: 'hold' }
  | { readonly type: 'free' }
  | { readonly type: 'result'; readonly value: unknown }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly detail: Detail }

export interface SqliteSnapshotOrder {
  /** Canonical path of the database. */
  readonly path: string
  /** Absolute path of the copy to be made; must not exist. */
  readonly copy: string
  readonly lockWaitSeconds: number
  /** Largest rollback-mode database, in bytes, that is copied under one lock. */
  readonly oneLockBytes: number
  readonly maxRestarts: number
  /** A read transaction is given up after this long. */
  readonly holdMilliseconds: number
  /** Bytes copied between two looks at the clock and at the agent. */
  readonly stepBytes: number
}

export interface SqliteSnapshotResult {
  readonly bytes: number
  readonly journalMode: 'wal' | 'delete'
  /** How long a writer may have had to wait, in milliseconds; 0 where no writer ever waits. */
  readonly stallMilliseconds: number
  readonly restarts: number
}

export interface SqliteExamineOrder {
  /** A database that is ours alone. It is not changed, and no file stays beside it. */
  readonly path: string
  readonly check: 'quick' | 'integrity'
  readonly hash: boolean
}

export interface SqliteExamination {
  readonly bytes: number
  readonly pageSize: number
  readonly pageCount: number
  readonly sqliteVersion: string
  /** `ok`, the first complaint, or `not checked: …` where SQLite lacks an extension that the schema needs. */
  readonly check: string
  readonly damaged: boolean
  readonly tables: readonly TableRows[]
  readonly sha256?: string
}

export interface SqliteLookOrder {
  readonly path: string
  readonly lockWaitSeconds: number
  /** Where a copy may be made to look into, of a database that cannot be opened without leaving files beside it. Must not exist. */
  readonly copy: string
  /** Rows are counted in databases up to this size only; the second figure is for those that are copied for it. */
  readonly countUpToBytes: number
  readonly copyUpToBytes: number
}

export interface SqliteLook {
  readonly bytes: number
  readonly journalMode: 'wal' | 'delete'
  readonly tables?: number
  readonly rows?: number
}

export interface HashOrder {
  readonly path: string
}

export interface HashResult {
  readonly bytes: number
  readonly sha256: string
}

/** Every task that a child process can be given. */
export interface WorkerTasks {
  'sqlite-snapshot': { order: SqliteSnapshotOrder; result: SqliteSnapshotResult }
  'sqlite-examine': { order: SqliteExamineOrder; result: SqliteExamination }
  'sqlite-look': { order: SqliteLookOrder; result: SqliteLook }
  'hash-file': { order: HashOrder; result: HashResult }
}
export type WorkerTask = keyof WorkerTasks

/** Says something to the agent. */
export type Tell = (message: WorkerMessage) => void

/** A failure with a code, on its way to the agent, which makes a BackupError of it. */
export class WorkerFailure extends Error {
  readonly code: ErrorCode
  readonly detail: Detail
  constructor(code: ErrorCode, detail: Detail = {}, cause?: unknown) {
    super(code, cause === undefined ? {} : { cause })
    this.name = 'WorkerFailure'
    this.code = code
    this.detail = detail
  }
}
