/**
 * What must hold before anything is made for a new job. The agent checks all of it again; here it is checked first because a new
 * destination gets a marker file the moment it is added, and a refused command must leave no trace.
 */
import { existsSync } from 'node:fs'
import type { JobDraft } from '../contract/job.ts'
import type { Cli, Link } from './cli.ts'
import { destinationNamed } from './destinations.ts'
import { failure } from './failure.ts'

/** Throws where the agent would refuse the job, or where a place lies in what it is to hold. @param job the one that is changed */
export async function checkBeforehand(
  link: Link,
  draft: Omit<JobDraft, 'destinations'>,
  places: readonly Place[],
  job?: string,
): Promise<void> {
  const destinations = places.flatMap(({ id }) => (id === undefined ? [] : [id]))
  const untried = places.flatMap(({ id, path }) => (id === undefined ? [path] : []))
  const which = job === undefined ? {} : { job }
  await link.call('job.check', { ...which, draft: { ...draft, destinations }, places: untried })
}

/** A destination that is there (`id`), or one to be made. */
export interface Place {
  readonly id: string | undefined
  readonly path: string
}

/** Reads `--to`: the name of a destination, or a folder. */
export async function placesFrom(cli: Cli, link: Link, typed: readonly string[]): Promise<Place[]> {
  const places: Place[] = []
  for (const one of typed) {
    const known = await destinationNamed(cli, link, one)
    const path = cli.resolvePath(one)
    // A mistyped name must not become a folder somewhere: a new folder is written with a separator, as in `./backups`.
    if (known === undefined && !/[\\/]/.test(one) && !existsSync(path))
      throw failure('not-found', { what: 'destination', name: one })
    const place = known === undefined ? { id: undefined, path } : { id: known.id, path: known.path }
    if (!places.some((other) => other.path === place.path)) places.push(place)
  }
  return places
}

/** Makes the places that are new, lets `use` have all ids, and takes the new ones back where `use` fails. */
export async function withPlaces<T>(
  link: Link,
  places: readonly Place[],
  use: (ids: JobDraft['destinations']) => Promise<T>,
): Promise<T> {
  const made: string[] = []
  try {
    const ids: string[] = []
    for (const { id, path } of places) {
      if (id === undefined) made.push((await link.call('destination.add', { kind: 'folder', path })).id)
      ids.push(id ?? made.at(-1) ?? '')
    }
    return await use(ids)
  } catch (error) {
    // The first error is the one to tell; a place that cannot be forgotten again does no harm.
    for (const id of made) await link.call('destination.remove', { destination: id }).catch(() => undefined)
    throw error
  }
}
