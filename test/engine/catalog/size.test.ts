/** The catalog at the size of many years. */
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { JOB, makeCatalog, makeRun, makeSet, PLACE } from '../../helpers/catalog.ts'

/** The promise is 100 ms (DESIGN §13); a busy test machine gets more before it is called a fault. */
const GENEROUS_MS = 500

it('lists a page of 100,000 runs and of 100,000 sets at once, from either end', () => {
  const catalog = makeCatalog()
  catalog.recordRun(makeRun(0))
  catalog.recordSet(makeSet({ sequence: 1, at: '2026-01-05T02:00:00.000+00:00' }))
  multiply(catalog.path, 100_000)
  const page = { limit: 100, offset: 0 }
  expect(catalog.runs(page).total).toBe(100_001)
  const far = { limit: 100, offset: 99_000 }
  const looks: Record<string, () => unknown> = {
    'runs': () => catalog.runs(page),
    'runs far': () => catalog.runs(far),
    'runs of a job': () => catalog.runs({ ...far, job: JOB }),
    'runs by outcome': () => catalog.runs({ ...far, outcome: 'good' }),
    'runs by all': () => catalog.runs({ ...page, outcome: 'good', job: JOB, kind: 'backup' }),
    'sets': () => catalog.sets(page),
    'sets far': () => catalog.sets(far),
    'sets of a job': () => catalog.sets({ ...far, job: JOB }),
    'sets of a destination': () => catalog.sets({ ...page, destination: PLACE, job: JOB }),
    'newest matched': () => catalog.newestMatched(JOB, PLACE),
    'totals': () => catalog.totals(PLACE),
  }
  for (const [name, look] of Object.entries(looks)) expect(bestOf(3, look), name).toBeLessThan(GENEROUS_MS)
})

/** Copies the one run and the one set `times` times with other ids, moments and sequences. */
function multiply(path: string, times: number): void {
  const raw = new Database(path)
  const numbers = `WITH RECURSIVE k(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM k WHERE i <= ${times})`
  const copy = (table: string, changed: Record<string, string>): void => {
    const columns = raw
      .prepare(`SELECT name FROM pragma_table_info('${table}') WHERE name <> 'n'`)
      .pluck()
      .all() as string[]
    const values = columns.map((column) => changed[column] ?? `t.${column}`)
    raw.exec(`INSERT INTO ${table} (${columns.join()}) ${numbers} SELECT ${values.join()} FROM k, ${table} t`)
  }
  copy('runs', { id: `'run_copy' || i`, position: 't.position + i * 60000' })
  copy('sets', { id: `t.id || '_' || i`, sequence: 'i', position: 't.position + i * 60000' })
  raw.close()
}

function bestOf(times: number, look: () => unknown): number {
  let best = Infinity
  for (let n = 0; n < times; n += 1) {
    const began = performance.now()
    look()
    best = Math.min(best, performance.now() - began)
  }
  return best
}
