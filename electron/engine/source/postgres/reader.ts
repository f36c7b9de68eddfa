/** Reads PostgreSQL artifacts that came back from a destination: compares them with their manifest, and restores them. */
import type { Readable } from 'node:stream'
import type { Content } from '../../../contract/manifest.ts'
import { BackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import type { InspectContext, RestoreContext, Restored, SourceReader } from '../source.ts'
import { closing } from '../write-restored.ts'
import { globalProblems, textProblems } from './problems.ts'
import { countCustom, countText, restoreProgram } from './read-dump.ts'
import { databaseToFile, globalsToFile } from './to-file.ts'
import { intoServer, takeBack, testOnServer } from './to-server.ts'

export function postgresReader(world: World): SourceReader {
  return {
    inspect: (copy, content, context) => inspect(copy, content, context),
    restore: (copy, content, context) => restore(copy, content, context, world),
    takeBack: (replaced, context) => takeBack(replaced, context, world),
  }
}

/** What is missing here is found out before the copy is touched: its bytes can then still be proven. */
async function inspect(copy: Readable, content: Content, context: InspectContext): Promise<readonly string[]> {
  if (content.kind === 'globals')
    return closing(
      copy,
      countText(copy, context).then((summary) => globalProblems(summary, content)),
    )
  if (content.kind !== 'postgres') return closing(copy, Promise.resolve([`the manifest describes ${content.kind}`]))
  if (content.format === 'sql')
    return closing(
      copy,
      countText(copy, context).then((summary) => textProblems(summary, content)),
    )
  const launcher = await restoreProgram(content, context)
  const counted = await closing(copy, countCustom(copy, launcher, context))
  return 'problem' in counted ? [counted.problem] : textProblems(counted, content)
}

async function restore(copy: Readable, content: Content, context: RestoreContext, world: World): Promise<Restored> {
  if (content.kind === 'globals') return await closing(copy, globalsToFile(copy, content, context, world))
  if (content.kind !== 'postgres')
    throw new BackupError('content-mismatch', { file: content.kind, reason: content.kind })
  if (context.into !== undefined) return await closing(copy, intoServer(copy, content, context.into, context, world))
  if (context.isTest) return await testOnServer(copy, content, context, world)
  return await closing(copy, databaseToFile(copy, content, context, world))
}
