/** What lies on disk where a database should be, seen without SQLite and without leaving a trace. */
import { closeSync, openSync, readSync, statSync, type BigIntStats } from 'node:fs'
import { WorkerFailure } from './protocol.ts'

/** First 16 bytes of every SQLite 3 database (sqlite.org/fileformat.html §1.2). */
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')
const HEADER_BYTES = 100
/** Byte 19 of the header, "file format read version": 2 means WAL. */
const READ_VERSION = 19

export interface Side {
  readonly dev: bigint
  readonly ino: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly uid: bigint
}

export interface DatabaseState {
  readonly main: Side
  readonly wal: Side | undefined
  readonly shm: Side | undefined
  readonly journal: Side | undefined
}

export interface Found {
  readonly state: DatabaseState
  readonly pageSize: number
  /**
   * `live`: opened in place. Never creates a file, for those it needs are there already.
   * `still`: WAL mode, but its side files are not both there: SQLite would have to create them, possibly with an owner that
   * locks the application out. No process has it open (or one holds it in exclusive mode): the files are copied while they stand still.
   */
  readonly way: 'live' | 'still'
  readonly journalMode: 'wal' | 'delete'
}

/**
 * Looks at `path` before SQLite does. Opens and closes the file: on POSIX that drops every lock this process has on it, so
 * never call it while a connection of this process is open (sqlite.org/howtocorrupt.html §2.2).
 * @throws WorkerFailure source-missing, -denied, -is-directory, -empty, -not-sqlite, -read-error
 */
export function findDatabase(path: string): Found {
  const state = stateOf(path)
  if (state.main.size === 0n) throw new WorkerFailure('source-empty', { path })
  const header = readHeader(path)
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC))
    throw new WorkerFailure('source-not-sqlite', { path })
  const isWal = header[READ_VERSION] === 2 || state.wal !== undefined
  const stored = header.readUInt16BE(16)
  const hasBoth = state.wal !== undefined && state.shm !== undefined
  return {
    state,
    pageSize: stored === 1 ? 65_536 : stored,
    way: isWal && !hasBoth ? 'still' : 'live',
    journalMode: isWal ? 'wal' : 'delete',
  }
}

/** @throws WorkerFailure as {@link findDatabase} */
export function stateOf(path: string): DatabaseState {
  const main = statOf(path)
  if (main === undefined) throw new WorkerFailure('source-missing', { path })
  if (main.isDirectory()) throw new WorkerFailure('source-is-directory', { path })
  // A FIFO would hang whoever opens it (faults.md M14).
  if (!main.isFile()) throw new WorkerFailure('source-not-sqlite', { path })
  return { main, wal: statOf(`${path}-wal`), shm: statOf(`${path}-shm`), journal: statOf(`${path}-journal`) }
}

export function isSameFile(a: Side | undefined, b: Side | undefined): boolean {
  return a?.dev === b?.dev && a?.ino === b?.ino
}

/** True where nothing was written between the two looks, and no side file came or went. */
export function stoodStill(before: DatabaseState, after: DatabaseState): boolean {
  return (['main', 'wal', 'shm', 'journal'] as const).every((part) => {
    const a = before[part]
    const b = after[part]
    return isSameFile(a, b) && a?.size === b?.size && a?.mtimeNs === b?.mtimeNs && a?.ctimeNs === b?.ctimeNs
  })
}

/** A journal whose first byte is not zero is one that SQLite would roll back if its writer is gone. */
export function hasJournalContent(path: string, state: DatabaseState): boolean {
  if (state.journal === undefined || state.journal.size === 0n) return false
  return readHeader(`${path}-journal`)[0] !== 0
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    throw readFailure(path, error)
  }
}

function readHeader(path: string): Buffer {
  try {
    const fd = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(HEADER_BYTES)
      return buffer.subarray(0, readSync(fd, buffer, 0, HEADER_BYTES, 0))
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw readFailure(path, error)
  }
}

/** The operating system's word on a file of the source, as a code. */
export function readFailure(path: string, error: unknown): WorkerFailure {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (errno) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new WorkerFailure('source-missing', { path }, error)
    case 'EACCES':
    case 'EPERM':
      return new WorkerFailure('source-denied', { path }, error)
    default:
      return new WorkerFailure('source-read-error', { path, reason: errno || String(error) }, error)
  }
}
