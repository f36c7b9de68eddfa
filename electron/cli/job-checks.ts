/**
 * What must hold before anything is made for a new job. The agent checks all of it again; here it is checked first because a new
 * destination gets a marker file the moment it is added, and a refused command must leave no trace.
 */
import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { JobDraft } from '../contract/job.ts'
import type { SourceDraft } from '../contract/source.ts'
import type { Cli, Link } from './cli.ts'
import { destinationNamed } from './destinations.ts'
import { failure } from './failure.ts'
import { isWithin } from './job-options.ts'

/** Throws where the name is taken, a source cannot be read, or a place lies in what it is to hold. */
export async function checkBeforehand(
  link: Link,
  name: string,
  sources: readonly SourceDraft[],
  places: readonly Place[],
) {
  const jobs = await link.call('job.list', {})
  const folded = name.normalize('NFC').toLowerCase()
  if (jobs.some((job) => job.name.normalize('NFC').toLowerCase() === folded))
    throw failure('duplicate-name', { what: 'job', name })
  checkPlaces(sources, places)
  for (const source of sources) await link.call('source.test', { source })
}

export function checkPlaces(sources: readonly SourceDraft[], places: readonly Place[]): void {
  for (const { path } of places)
    for (const source of sources.flatMap(pathsOf)) {
      if (canonical(source) === canonical(path)) throw failure('destination-is-source', { path })
      if (isWithin(canonical(source), canonical(path))) throw failure('destination-inside-source', { path, source })
    }
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
    if (known === undefined && !/[\\/]/.test(one) && canonical(path) === path && !exists(path))
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

function pathsOf(source: SourceDraft): readonly string[] {
  if (source.kind === 'sqlite') return [source.path]
  return source.kind === 'files' ? source.roots : []
}

function exists(path: string): boolean {
  try {
    realpathSync(path)
    return true
  } catch {
    return false
  }
}

/** Without links, as far as the path exists. */
function canonical(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(canonical(parent), basename(path))
  }
}
