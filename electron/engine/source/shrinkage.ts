/** Whether a database has lost so much since the last backup that somebody should look (faults.md C08, D14). */
import type { Detail } from '../../contract/error.ts'
import type { TableRows } from '../../contract/manifest.ts'
import { phrase } from '../../contract/phrases.ts'

export interface Loss {
  readonly code: 'source-shrunk' | 'tables-gone'
  readonly detail: Detail
}

export function countsOf(tables: readonly TableRows[]): { tables: number; rows: number } {
  return { tables: tables.length, rows: tables.reduce((sum, table) => sum + table.rows, 0) }
}

/** More names help nobody. */
const MAX_NAMES = 5

/** What has been lost since the last backup: half of the rows or of the tables, or tables that held any. */
export function losses(source: string, before: readonly TableRows[], now: readonly TableRows[]): Loss[] {
  const [was, is] = [countsOf(before), countsOf(now)]
  const hasHalved = (then: number, since: number) => then > 0 && since * 2 <= then
  if (hasHalved(was.rows, is.rows) || hasHalved(was.tables, is.tables)) {
    const counts = { ...is, rowsBefore: was.rows, tablesBefore: was.tables }
    return [
      { code: 'source-shrunk', detail: { source, now: phrase('rows-now'), before: phrase('rows-before'), ...counts } },
    ]
  }
  const names = new Set(now.map(({ name }) => name))
  const gone = before.filter(({ name, rows }) => rows > 0 && !names.has(name))
  if (gone.length === 0) return []
  const named = gone.slice(0, MAX_NAMES).map(({ name }) => name)
  const tables = `${named.join(', ')}${gone.length > named.length ? ' …' : ''}`
  return [{ code: 'tables-gone', detail: { source, count: gone.length, tables, rows: countsOf(gone).rows } }]
}
