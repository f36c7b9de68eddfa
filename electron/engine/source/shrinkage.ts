/** Whether a database has lost so much since the last backup that somebody should look (faults.md C08, D14). */
import type { TableRows } from '../../contract/manifest.ts'

export function countsOf(tables: readonly TableRows[]): { tables: number; rows: number } {
  return { tables: tables.length, rows: tables.reduce((sum, table) => sum + table.rows, 0) }
}

/** @returns both in words, where half the rows or half the tables are gone */
export function shrinkage(
  before: readonly TableRows[],
  now: readonly TableRows[],
): { before: string; now: string } | undefined {
  const [was, is] = [countsOf(before), countsOf(now)]
  const hasHalved = (then: number, since: number) => then > 0 && since * 2 <= then
  if (!hasHalved(was.rows, is.rows) && !hasHalved(was.tables, is.tables)) return undefined
  const words = ({ tables, rows }: { tables: number; rows: number }) => `${rows} rows in ${tables} tables`
  return { before: words(was), now: words(is) }
}
