/** What lies in a job's folders at a destination, read now: which sets, and which rests of sets. */
import { backupTypes } from '../../contract/job.ts'
import { MANIFEST_NAME, parseSetPrefix } from '../destination/keys.ts'
import type { Destination } from '../destination/destination.ts'

/** One folder that is named like a set. */
export interface ListedSet {
  readonly prefix: string
  /** Everything in it, by its path below it. */
  readonly names: readonly string[]
}

/** Folders by the ids of their sets. @throws BackupError where not all of it could be listed: that is never "empty" (I4) */
export async function listJob(
  destination: Destination,
  slug: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ListedSet>> {
  const found = new Map<string, { prefix: string; names: string[] }>()
  for (const type of backupTypes) {
    for await (const { key } of destination.list(`${slug}/${type}/`, signal)) {
      const [, , name = '', ...rest] = key.split('/')
      const prefix = `${slug}/${type}/${name}`
      if (rest.length === 0 || !isSetPrefix(prefix)) continue
      const id = `${slug}/${name}`
      const known = found.get(id) ?? { prefix, names: [] }
      known.names.push(rest.join('/'))
      found.set(id, known)
    }
  }
  return found
}

export function isWhole({ names }: ListedSet): boolean {
  return names.includes(MANIFEST_NAME)
}

function isSetPrefix(prefix: string): boolean {
  try {
    parseSetPrefix(prefix)
    return true
  } catch {
    // A name that is none of ours is no fault of the place.
    return false
  }
}
