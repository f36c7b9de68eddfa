/** A small folder to back up, and the lines of the index that comes of it. */
import { join } from 'node:path'
import { makeTempDir } from './temp.ts'
import { makeTree, type Node } from './tree.ts'
import type { Taken } from './tree-backup.ts'

export const someFiles: readonly Node[] = [1, 2, 3, 4, 5, 6].map((n) => ({
  kind: 'file',
  name: `f${n}.txt`,
  content: `file ${n}\n`.repeat(300),
}))

/** A folder of its own, holding `nodes`. */
export function makeRoot(nodes: readonly Node[] = someFiles): string {
  return makeTree(join(makeTempDir(), 'r'), nodes)
}

export const linesOf = (taken: Taken): { path: string; inconsistent?: boolean; type: string; size?: number }[] =>
  taken.index
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { path: string; type: string })
