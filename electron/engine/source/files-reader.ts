/** Reads back what a `files` or `config` source stored: compares it with its index, or extracts it. */
import type { Readable } from 'node:stream'
import { isTree, type Content } from '../../contract/manifest.ts'
import { extractTree } from '../archive/extract.ts'
import { inspectTree } from '../archive/inspect.ts'
import type { TreeContent } from '../archive/roots.ts'
import { BackupError, toBackupError } from '../errors.ts'
import type { World } from '../world.ts'
import type { InspectContext, RestoreContext, Restored, SourceReader } from './source.ts'

export function treeReader(world: World): SourceReader {
  return {
    inspect: async (copy, content, context) => {
      const tree = treeContent(content)
      try {
        return await inspectTree(copy as AsyncIterable<Buffer>, {
          content: tree,
          index: indexOf(tree, context),
          signal: context.signal,
          progress: summed(context),
        })
      } catch (error) {
        throw toBackupError(error)
      }
    },
    restore: (copy, content, context) => restore(copy, treeContent(content), context, world),
  }
}

async function restore(copy: Readable, content: TreeContent, context: RestoreContext, world: World): Promise<Restored> {
  const { target, only, signal } = context
  const index = indexOf(content, context)
  const progress = summed(context)
  const result = await extractTree(copy as AsyncIterable<Buffer>, {
    world,
    content,
    target,
    only,
    index,
    signal,
    progress,
  })
  const places = result.places.map((place) => place.toString('utf8'))
  const compared = { files: { count: result.count, expected: result.expected } }
  return { compared, problems: result.problems, places, level: 'restored' }
}

function treeContent(content: Content): TreeContent {
  if (isTree(content)) return content
  throw new BackupError('internal', { reason: `the content is of kind ${content.kind}` })
}

function indexOf(content: TreeContent, context: Pick<InspectContext, 'index'>): () => Promise<Readable> {
  const { index } = context
  // Without its index an archive can be neither matched nor bounded; a person can still unpack it with tar.
  if (index === undefined) throw new BackupError('artifact-missing', { file: content.index })
  return index
}

/** Our parts report steps; a context wants the sum. */
function summed(context: { progress(bytes: number): void }): (bytes: number) => void {
  let sum = 0
  return (bytes) => {
    sum += bytes
    context.progress(sum)
  }
}
