/** What a person should know of a PostgreSQL backup that succeeded: shrinkage, warnings of pg_dump, a snapshot held for long. */
import type { Finding } from '../../../contract/finding.ts'
import type { Content, ContentOf } from '../../../contract/manifest.ts'
import { makeFinding } from '../../../contract/words.ts'
import { losses } from '../shrinkage.ts'

export type PostgresContent = ContentOf<'postgres'>

/** Limits of a snapshot; tests lower them. */
export interface PostgresLimits {
  /** Held longer than this, mostly for a slow place, it is told: the server keeps all old rows meanwhile (faults.md D13). */
  readonly heldMilliseconds: number
}

export const postgresLimits: PostgresLimits = { heldMilliseconds: 15 * 60_000 }

/**
 * What pg_dump says of healthy databases, with its details and hints (faults.md D05): foreign keys in a circle, which the
 * order of a whole restore takes care of; and a collation of another version than the system's, which a restore mends.
 */
const HARMLESS =
  /circular foreign-key constraints|^(?:pg_dump: )?(?:detail|hint): |might not be able to restore the dump without using --disable-triggers|Consider using a full dump|collation version mismatch|^(?:DETAIL|HINT): |^\s/i
const MAX_WORDS = 600

/** @param previous content of the source's artifacts in its newest matched set */
export function shrunk(
  source: string,
  content: PostgresContent,
  previous: readonly Content[] | undefined,
): readonly Finding[] {
  const before = previous?.find(
    (other): other is PostgresContent => other.kind === 'postgres' && other.database === content.database,
  )
  if (before === undefined) return []
  const lost = losses(`${source}: ${content.database}`, before.tables, content.tables)
  return lost.map(({ code, detail }) => makeFinding(code, detail, { source }))
}

/** A server may be backed up without one of its databases only where it never had it: what has gone is missed (faults.md D14). */
export function gone(
  source: string,
  names: readonly string[],
  previous: readonly Content[] | undefined,
): readonly Finding[] {
  return (previous ?? []).flatMap((content) =>
    content.kind === 'postgres' && !names.includes(content.database)
      ? [makeFinding('database-gone', { source, database: content.database }, { source })]
      : [],
  )
}

/** @param said line by line, by a pg_dump that ended well */
export function warned(source: string, database: string, said: readonly string[]): readonly Finding[] {
  const told = said.filter((line) => !HARMLESS.test(line)).map((line) => line.replace(/^pg_dump(?:all)?: /, ''))
  if (told.length === 0) return []
  return [makeFinding('dump-warning', { database, text: told.join(' ').slice(0, MAX_WORDS) }, { source })]
}

export function heldLong(
  source: string,
  database: string,
  held: { readonly milliseconds: number; readonly waited: number },
  limits: PostgresLimits,
): readonly Finding[] {
  const isLong = held.milliseconds > limits.heldMilliseconds && held.waited * 2 > held.milliseconds
  const minutes = Math.round(held.milliseconds / 60_000)
  return isLong ? [makeFinding('snapshot-held', { database, minutes }, { source })] : []
}
