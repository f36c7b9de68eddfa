/** A restore target between things that must not change, and hostile sets in the shape of a backup. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hostile } from './raw-tar.ts'
import { makeTempDir } from './temp.ts'
import { describeTree, makeTree } from './tree.ts'
import type { Taken } from './tree-backup.ts'

export const asTaken = (set: Hostile): Taken => ({ ...set, findings: [] })

/** A target between things that must not change. */
export function makeSite(): { base: string; target: string; outside: () => string[] } {
  const base = makeTempDir('sitekeep-hostile-')
  makeTree(join(base, 'sentinel'), [{ kind: 'file', name: 'keep', content: 'untouched' }])
  writeFileSync(join(base, 'x'), 'untouched')
  const target = join(base, 'restore/target')
  mkdirSync(target, { recursive: true })
  const outside = (): string[] =>
    describeTree(base).filter((line) => !line.startsWith('./restore/target') && !line.startsWith('./restore '))
  return { base, target, outside }
}
