/** Compares rows, table by table, with those that were counted in the snapshot; says the differences in words. */
import type { TableRows } from '../../../contract/manifest.ts'

/** Words about more tables than this help nobody. */
const MAX_DIFFERENCES = 20

/** @param found rows by table, as `tableName` writes it @returns empty where they are equal */
export function rowDifferences(found: ReadonlyMap<string, number>, expected: readonly TableRows[]): string[] {
  const names = new Set(expected.map(({ name }) => name))
  const differing = expected.flatMap(({ name, rows }) => {
    const is = found.get(name)
    if (is === undefined) return [`table ${name} is missing`]
    return is === rows ? [] : [`table ${name} has ${is} rows, expected ${rows}`]
  })
  const extra = [...found.keys()].filter((name) => !names.has(name)).map((name) => `table ${name} was not expected`)
  return [...differing, ...extra].slice(0, MAX_DIFFERENCES)
}
