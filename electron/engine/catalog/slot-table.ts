/** What became of the moments at which jobs were due, in the catalog: one row each. */
import type { BackupType } from '../../contract/job.ts'
import { slotReasons, slotStates, type SlotNote } from './catalog.ts'
import { count, putRow, text, type CatalogDatabase, type Row, type TableShape } from './database.ts'

export const slotShape: TableShape = {
  name: 'slots',
  columns: ['job', 'type', 'slot_ms', 'state', 'why', 'run', 'attempts', 'at', 'missed', 'missed_since', 'timetable'],
  key: ['job', 'type', 'slot_ms'],
}

/** Longer than the calendar of nights and the year of a report; a note of every minute is forgotten after this (faults.md G12). */
const KEPT_MS = 400 * 24 * 60 * 60 * 1000

export class SlotTable {
  readonly #database: CatalogDatabase
  constructor(database: CatalogDatabase) {
    this.#database = database
  }

  put(note: SlotNote): void {
    const slot = Date.parse(note.slot)
    this.#database.transaction(() => {
      putRow(this.#database, slotShape, {
        ...{ job: note.job, type: note.type, slot_ms: slot, state: note.state, why: note.why, run: note.run ?? '' },
        ...{ attempts: note.attempts, at: note.at, missed: note.missed, missed_since: note.missedSince ?? '' },
        timetable: note.timetable,
      })
      const { job, type } = note
      this.#database.run('DELETE FROM slots WHERE job = ? AND type = ? AND slot_ms < ?', job, type, slot - KEPT_MS)
    })
  }

  /** The one of this very moment, or the newest one that is not after it. */
  find(job: string, type: BackupType, at: number, which: 'exact' | 'newest'): SlotNote | undefined {
    const sign = which === 'exact' ? '=' : '<='
    const row = this.#database.get(
      `SELECT * FROM slots WHERE job = ? AND type = ? AND slot_ms ${sign} ? ORDER BY slot_ms DESC LIMIT 1`,
      job,
      type,
      at,
    )
    return row === undefined ? undefined : noteOf(row, job, type)
  }
}

function noteOf(row: Row, job: string, type: BackupType): SlotNote {
  const run = text(row, 'run')
  const missedSince = text(row, 'missed_since')
  return {
    ...{ job, type, slot: new Date(count(row, 'slot_ms')).toISOString() },
    state: slotStates.find((state) => state === text(row, 'state')) ?? 'begun',
    why: slotReasons.find((why) => why === text(row, 'why')) ?? 'due',
    ...{ run: run === '' ? undefined : run, attempts: count(row, 'attempts'), at: text(row, 'at') },
    ...{ missed: count(row, 'missed'), missedSince: missedSince === '' ? undefined : missedSince },
    timetable: text(row, 'timetable'),
  }
}
