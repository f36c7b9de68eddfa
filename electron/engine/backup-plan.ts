/** What a backup will go through, as far as it can be told before it begins: for its progress. */
import type { DestinationConfig } from '../contract/destination.ts'
import type { Job } from '../contract/job.ts'
import type { Manifest } from '../contract/manifest.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { Leg } from './run-fraction.ts'

export function backupLegs(job: Job, destinations: readonly DestinationConfig[]): Leg[] {
  const ofSources = job.sources.flatMap(({ name, kind }): Leg[] => [
    // Only a database is copied first; the others are read while they are compressed.
    ...(kind === 'sqlite' ? [{ stage: 'snapshot', source: name } as const] : []),
    { stage: 'encode', source: name },
  ])
  const atPlaces = destinations.flatMap(({ name: destination }): Leg[] => [
    { stage: 'read-back', destination },
    { stage: 'publish', destination },
    ...(job.prove === 'restored' ? [{ stage: 'restore-check' } as const] : []),
  ])
  return [{ stage: 'lock' }, { stage: 'preflight' }, ...ofSources, ...atPlaces]
}

/** What each source held the last time; undefined where it was never backed up. */
export function expectedSizes(
  job: Job,
  destinations: readonly DestinationConfig[],
  catalog: Pick<Catalog, 'newestMatched' | 'manifest'>,
): ReadonlyMap<string, number | undefined> {
  const newest = destinations
    .flatMap(({ id }) => {
      const set = catalog.newestMatched(job.id, id)
      return set === undefined ? [] : [catalog.manifest(id, set.id)?.manifest]
    })
    .find((manifest) => manifest !== undefined)
  return new Map(job.sources.map(({ id, name }) => [name, newest === undefined ? undefined : sizeOf(newest, id)]))
}

function sizeOf({ files }: Manifest, source: string): number | undefined {
  return files.find((file) => file.source.id === source && file.content.kind !== 'index')?.plain_bytes
}
