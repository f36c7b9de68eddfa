/** What must hold after every fault (faults.md §4): one function, judged by a checker that shares no code with the engine. */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { reaches } from '../../electron/contract/proof.ts'
import { checkRoot, type SetVerdict } from './checker.ts'
import type { Site } from './open-site.ts'

export interface World {
  readonly site: Site
  /** Sets that were reported good before the fault, by destination folder: every one must still be there and whole. */
  readonly good: readonly { readonly root: string; readonly set: string }[]
}

/** @returns what does not hold, in words; empty is good */
export function checkInvariants({ site, good }: World): readonly string[] {
  const broken: string[] = []
  for (const { id, path: root } of site.destinations) {
    if (!existsSync(join(root, '.sitekeep/marker.json'))) continue
    const { sets, problems } = checkRoot(root)
    broken.push(...problems.map((problem) => `I15: ${problem}`))
    const verdicts = new Map(sets.map((verdict) => [verdict.set, verdict]))
    for (const verdict of verdicts.values()) {
      if (!verdict.ok)
        broken.push(`I13: ${verdict.set} bears a final name but is not whole: ${verdict.problems.join('; ')}`)
    }
    for (const known of good.filter((one) => one.root === root)) {
      if (verdicts.get(known.set)?.ok !== true) broken.push(`good before the fault, now lost: ${known.set}`)
    }
    broken.push(...claims(site, id, verdicts), ...modes(root))
  }
  return broken
}

/** I1, I3: nothing weaker than matched is shown as matched, and what is shown is there. */
function claims(site: Site, destination: string, verdicts: ReadonlyMap<string, SetVerdict>): string[] {
  const { sets } = site.catalog.sets({ destination, limit: 1000, offset: 0 })
  const shown = sets.filter((set) => set.state === 'present' && reaches(set.proof, 'matched'))
  const lies = shown.filter((set) => verdicts.get(set.id)?.ok !== true)
  const runs = site.catalog.runs({ limit: 500, offset: 0 }).runs.filter((run) => run.kind === 'backup')
  const empty = runs.filter((run) => run.outcome === 'good' && run.sets.length === 0)
  return [
    ...lies.map((set) => `I1: the catalog calls ${set.id} ${set.proof}, the checker does not`),
    ...empty.map((run) => `I1: run ${run.id} is good but made no set`),
  ]
}

/** I28, X11: nobody else may read backups, at no time. */
function modes(root: string): string[] {
  const wrong: string[] = []
  const walk = (dir: string): void => {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name)
      const stat = lstatSync(path)
      if ((stat.mode & 0o077) !== 0) wrong.push(`X11: mode ${(stat.mode & 0o777).toString(8)} of ${path}`)
      if (stat.isDirectory()) walk(path)
    }
  }
  for (const name of readdirSync(root)) {
    const path = join(root, name)
    if (lstatSync(path).isDirectory()) walk(path)
  }
  return wrong
}

/** SHA-256 over names, modes and contents of a tree: the oracle for "nothing outside changed". */
export function treeHash(dir: string): string {
  const script = 'find . -printf "%p %m %s %l\\n" | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum'
  return execFileSync('sh', ['-c', script], { cwd: dir, encoding: 'utf8', maxBuffer: 100_000_000 })
}
