/** Runs in the catalog: the whole record as JSON, and real columns for what is filtered and ordered by. */
import { runRecordSchema, type RunRecord } from '../../contract/run.ts'
import type { RunFact, RunFilter } from './catalog.ts'
import {
  count,
  millisOf,
  putRow,
  text,
  type CatalogDatabase,
  type Row,
  type TableShape,
  type Value,
} from './database.ts'

export const runShape: TableShape = {
  name: 'runs',
  columns: ['id', 'kind', 'job', 'outcome', 'position', 'started_ms', 'ended_ms', 'restore_seconds', 'record'],
  key: ['id'],
}

export class RunTable {
  readonly #database: CatalogDatabase
  constructor(database: CatalogDatabase) {
    this.#database = database
  }

  put(run: RunRecord): void {
    this.#database.transaction(() => {
      putRow(this.#database, runShape, {
        id: run.id,
        kind: run.kind,
        job: run.job ?? '',
        outcome: run.outcome ?? '',
        position: this.#positionOf(run),
        started_ms: millisOf(run.startedAt),
        ended_ms: run.finishedAt === undefined ? null : millisOf(run.finishedAt),
        restore_seconds: restoreSeconds(run) ?? null,
        record: JSON.stringify(run),
      })
    })
  }

  /**
   * A run that is recorded while it goes on is newer than every other, whatever the clock says; one that arrives finished comes
   * from a destination's journal and takes its place by time.
   */
  #positionOf(run: RunRecord): number {
    const known = this.#database.get('SELECT position FROM runs WHERE id = ?', run.id)
    if (known !== undefined) return count(known, 'position')
    const started = millisOf(run.startedAt)
    if (run.outcome !== undefined) return started
    const newest = this.#database.get('SELECT position FROM runs ORDER BY position DESC LIMIT 1')
    return newest === undefined ? started : Math.max(started, count(newest, 'position'))
  }

  get(id: string): RunRecord | undefined {
    const row = this.#database.get('SELECT record FROM runs WHERE id = ?', id)
    return row === undefined ? undefined : this.#recordOf(row)
  }

  list(filter: RunFilter): { readonly total: number; readonly runs: readonly RunRecord[] } {
    const { where, values } = conditions(filter)
    const total = this.#database.get(`SELECT count(*) AS total FROM runs ${where}`, ...values)
    // The inner query walks an index only; records are fetched for the one page.
    const rows = this.#database.all(
      `SELECT record FROM runs WHERE n IN (SELECT n FROM runs ${where} ORDER BY position DESC, n DESC LIMIT ? OFFSET ?)
       ORDER BY position DESC, n DESC`,
      ...values,
      filter.limit,
      filter.offset,
    )
    return { total: total === undefined ? 0 : count(total, 'total'), runs: rows.map((row) => this.#recordOf(row)) }
  }

  open(): readonly RunRecord[] {
    return this.#database
      .all(`SELECT record FROM runs WHERE outcome = '' ORDER BY position, n`)
      .map((row) => this.#recordOf(row))
  }

  #recordOf(row: Row): RunRecord {
    const parsed = runRecordSchema.safeParse(JSON.parse(text(row, 'record')))
    if (!parsed.success) throw this.#database.unreadable(parsed.error)
    return parsed.data
  }

  measuredRestoreSeconds(job: string): number | undefined {
    const row = this.#database.get(
      `SELECT restore_seconds FROM runs WHERE job = ? AND restore_seconds IS NOT NULL ORDER BY position DESC, n DESC LIMIT 1`,
      job,
    )
    return row === undefined ? undefined : count(row, 'restore_seconds')
  }

  /** Backup runs of a job since a moment, and the newest ten before it; newest first. */
  facts(job: string, sinceMs: number): readonly RunFact[] {
    const select = `SELECT id, kind, outcome, started_ms, ended_ms, record ->> '$.startedAt' AS started,
      record ->> '$.error.code' AS error, position, n FROM runs WHERE job = ? AND kind = 'backup'`
    return this.#database
      .all(
        `SELECT * FROM (${select} AND started_ms >= ?)
         UNION SELECT * FROM (${select} ORDER BY position DESC, n DESC LIMIT 10)
         ORDER BY position DESC, n DESC`,
        job,
        sinceMs,
        job,
      )
      .map(factOf)
  }
}

function conditions(filter: RunFilter): { readonly where: string; readonly values: readonly Value[] } {
  const wanted = [
    ['job', filter.job],
    ['kind', filter.kind],
    ['outcome', filter.outcome],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined)
  const where = wanted.length === 0 ? '' : `WHERE ${wanted.map(([column]) => `${column} = ?`).join(' AND ')}`
  return { where, values: wanted.map(([, value]) => value) }
}

function factOf(row: Row): RunFact {
  const outcome = runRecordSchema.shape.outcome.safeParse(text(row, 'outcome') || undefined)
  const ended = row['ended_ms']
  const error = row['error']
  return {
    id: text(row, 'id'),
    kind: 'backup',
    startedAt: text(row, 'started'),
    seconds: typeof ended === 'number' ? Math.max(0, (ended - count(row, 'started_ms')) / 1000) : 0,
    outcome: outcome.data,
    errorCode: typeof error === 'string' ? error : undefined,
  }
}

/** How long this run's restore took; undefined where it held none that ended well. */
function restoreSeconds(run: RunRecord): number | undefined {
  if (run.outcome !== 'good' && run.outcome !== 'warning') return undefined
  // A part of a set comes back sooner: only `restored` says that the whole of it came back.
  if (run.proof !== 'restored') return undefined
  const spans = run.spans.filter((span) => span.stage.startsWith('restore-'))
  if (spans.length > 0) {
    return (Math.max(...spans.map((span) => span.endMs)) - Math.min(...spans.map((span) => span.startMs))) / 1000
  }
  if (run.kind === 'backup' || run.finishedAt === undefined) return undefined
  return Math.max(0, millisOf(run.finishedAt) - millisOf(run.startedAt)) / 1000
}
