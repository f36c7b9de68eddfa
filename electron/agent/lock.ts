/** One agent per state directory: an exclusive transaction on `lock.db`, which the kernel drops with the process (faults.md F08, F09). */
import { chmodSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { AGENT_NOTE } from '../contract/state-files.ts'
import { BackupError, errnoOf } from '../engine/errors.ts'

/** What a running agent says of itself in `agent.json`, for its clients and for a second agent's refusal. */
export const agentNoteSchema = z.object({
  pid: z.number().int(),
  home: z.string(),
  socket: z.string(),
  version: z.string(),
  protocol: z.number(),
  startedAt: z.string(),
})
export type AgentNote = z.infer<typeof agentNoteSchema>

export interface AgentLock {
  release(): void
}

/** The garbage collector closes a database that nobody refers to any more, and the lock would go with it. */
const held = new Set<Database.Database>()

/**
 * Takes the lock, or throws `agent-running`. Whether an agent runs is decided by the kernel's lock alone: the note beside it only
 * supplies words, so a stale note or a reused process id never keeps anybody out.
 */
export function acquireLock(home: string): AgentLock {
  const path = join(home, 'lock.db')
  const database = new Database(path, { timeout: 0 })
  try {
    // Never opened by other means: closing any other descriptor of this file would drop the lock (POSIX).
    chmodSync(path, 0o600)
    beginExclusive(database, path)
  } catch (error) {
    database.close()
    if (errnoOf(error)?.startsWith('SQLITE_BUSY') === true)
      throw new BackupError('agent-running', { home, pid: readNote(home)?.pid ?? '?' }, { cause: error })
    throw error
  }
  held.add(database)
  return {
    release: () => {
      held.delete(database)
      if (database.open) database.close()
    },
  }
}

function beginExclusive(database: Database.Database, path: string): void {
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    if (errnoOf(error) !== 'SQLITE_NOTADB') throw error
    // Garbage instead of a database, and nobody holds it (a holder would have made us BUSY). Emptied in place rather than
    // removed: a second starter must meet the very same inode.
    truncateSync(path)
    database.exec('BEGIN EXCLUSIVE')
  }
}

/** The note of the agent that runs, or ran last; undefined where there is none that can be read. */
export function readNote(home: string): AgentNote | undefined {
  try {
    return agentNoteSchema.parse(JSON.parse(readFileSync(join(home, AGENT_NOTE), 'utf8')))
  } catch {
    // Absent, torn or of another version: it only supplies words.
    return undefined
  }
}

/** Whole or not at all: a client that starts at this moment reads the old note or the new one. */
export function writeNote(note: AgentNote): void {
  const path = join(note.home, AGENT_NOTE)
  writeFileSync(`${path}.new`, `${JSON.stringify(note)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

export function removeNote(home: string): void {
  rmSync(join(home, AGENT_NOTE), { force: true })
}
