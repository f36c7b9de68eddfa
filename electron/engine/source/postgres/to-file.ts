/** Restores PostgreSQL artifacts as files, for a person with psql or pg_restore. */
import type { Readable } from 'node:stream'
import type { ContentOf } from '../../../contract/manifest.ts'
import type { ProofLevel } from '../../../contract/proof.ts'
import type { World } from '../../world.ts'
import type { RestoreContext, Restored } from '../source.ts'
import { writeRestored } from '../write-restored.ts'
import { DumpCounter } from './dump-summary.ts'
import type { PostgresContent } from './guards.ts'
import { globalProblems, textProblems } from './problems.ts'

/** Roles of a whole server are nothing to be made and dropped again for a test: read and counted they are as far as they go. */
export async function globalsToFile(
  copy: Readable,
  content: ContentOf<'globals'>,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  const counter = new DumpCounter()
  const name = context.fileName
  await writeRestored(copy, name, 0, context, world, (chunk) => counter.push(Buffer.from(chunk)))
  return { compared: {}, problems: globalProblems(counter.end(), content), places: [name], level: 'restored' }
}

/** As it is, for a person with psql or pg_restore: no restore, so it proves no more than the content. */
export async function databaseToFile(
  copy: Readable,
  content: PostgresContent,
  context: RestoreContext,
  world: World,
): Promise<Restored> {
  const name = context.fileName
  const counter = content.format === 'sql' ? new DumpCounter() : undefined
  await writeRestored(copy, name, 0, context, world, (chunk) => counter?.push(Buffer.from(chunk)))
  const summary = counter?.end()
  const tables = content.tables.map(({ name: table, rows }) => ({
    name: table,
    rows: summary === undefined ? rows : (summary.tables.get(table) ?? 0),
    expected: rows,
  }))
  const level: ProofLevel = summary === undefined ? 'read' : 'matched'
  return {
    compared: summary === undefined ? {} : { tables },
    problems: summary === undefined ? [] : textProblems(summary, content),
    places: [name],
    level,
  }
}
