/** The one place that knows what `SET` may be: an id, `JOB/latest`, `latest`, or the path of a set's folder on any machine. */
import { isAbsolute, resolve } from 'node:path'
import { setIdSchema } from '../contract/ids.ts'
import type { Job } from '../contract/job.ts'
import { phrase } from '../contract/phrases.ts'
import { reaches } from '../contract/proof.ts'
import { countsAsBackup, type SetDetail, type SetInfo } from '../contract/set.ts'
import type { Settings } from '../contract/settings.ts'
import type { Catalog } from '../engine/catalog/catalog.ts'
import type { SetFault, SetLocation } from '../engine/engine-api.ts'
import { BackupError } from '../engine/errors.ts'
import { findDestination, findJob } from './lookup.ts'

export interface FoundSet {
  readonly location: SetLocation
  /** As the catalog knows it; absent for a folder that no catalog row describes. */
  readonly detail: SetDetail | undefined
}

interface SetAtPlace {
  readonly location: Extract<SetLocation, { by: 'destination' }>
  readonly detail: SetDetail
}

export interface SetPlaces {
  readonly settings: Settings
  readonly catalog: Catalog
}

/** Throws `not-found`, or `ambiguous` for a bare `latest` among several jobs. `destination` limits the search to one. */
export function resolveSet(ref: string, destination: string | undefined, places: SetPlaces): FoundSet {
  if (ref === 'latest') return latestOf(onlyJob(places.settings), destination, places)
  if (setIdSchema.safeParse(ref).success) return byId(ref, destination, places)
  // A folder may bear any name, so an absolute path is tried before `JOB/latest`; job names are never absolute paths of sets.
  if (isAbsolute(ref)) return byPath(resolve(ref), places)
  if (ref.endsWith('/latest'))
    return latestOf(findJob(places.settings, ref.slice(0, -'/latest'.length)), destination, places)
  throw new BackupError('not-found', { what: 'backup', name: ref })
}

/** The set at every destination that holds it, the one to read from first. */
export function copiesOf(set: string, destination: string | undefined, places: SetPlaces): readonly SetDetail[] {
  return searched(places.settings, destination)
    .map((config) => places.catalog.set(config.id, set))
    .filter((detail) => detail !== undefined)
    .sort((a, b) => standing(b.info) - standing(a.info))
}

function onlyJob(settings: Settings): Job {
  const [first, ...others] = settings.jobs
  if (first === undefined) throw new BackupError('not-found', { what: 'backup', name: 'latest' })
  if (others.length > 0)
    throw new BackupError('ambiguous', {
      name: 'latest',
      candidates: settings.jobs
        .slice(0, 10)
        .map((job) => `${job.slug}/latest`)
        .join(', '),
    })
  return first
}

function byId(set: string, destination: string | undefined, places: SetPlaces): SetAtPlace {
  const best = copiesOf(set, destination, places)[0]
  if (best === undefined) throw new BackupError('not-found', { what: 'backup', name: set })
  return at(best, places.settings)
}

function byPath(path: string, places: SetPlaces): FoundSet {
  for (const config of places.settings.destinations) {
    const known = firstSet(places.catalog, { destination: config.id }, (info) => resolve(info.path) === path)
    const detail = known === undefined ? undefined : places.catalog.set(config.id, known.id)
    if (detail !== undefined) return at(detail, places.settings)
  }
  return { location: { by: 'path', path }, detail: undefined }
}

const PAGE = 200

/**
 * The newest set that counts as a backup; at several destinations holding it, the best proven copy. Where none does, the newest that
 * lies where it should, else the newest of all: a damaged backup must be told as damaged, and can be verified again once its disk
 * was mended. Whoever said "latest" hears that it is not the latest that was made, or that it does not count.
 */
function latestOf(job: Job, destination: string | undefined, places: SetPlaces): FoundSet {
  const within = destination === undefined ? undefined : findDestination(places.settings, destination).id
  const filter = { job: job.id, destination: within }
  const newest = firstSet(places.catalog, filter, () => true)
  if (newest === undefined) throw new BackupError('not-found', { what: 'backup', name: `${job.slug}/latest` })
  const sound = firstSet(places.catalog, filter, countsAsBackup)
  const used = sound ?? firstSet(places.catalog, filter, (info) => info.state === 'present') ?? newest
  const found = byId(used.id, within, places)
  const insteadOf = used.id === newest.id ? undefined : { id: newest.id, ...faultOf(byId(newest.id, within, places)) }
  const fault = sound === undefined ? faultOf(found) : undefined
  return { ...found, location: { ...found.location, insteadOf, fault } }
}

/** Why a set does not count as a backup. */
function faultOf({ detail }: SetAtPlace): SetFault {
  const { info, manifest } = detail
  if (info.state !== 'present') return { reason: phrase(`set-${info.state}`), sources: '' }
  const sources = (manifest?.missing ?? []).map(({ name }) => name).join(', ')
  return { reason: phrase(sources === '' ? 'set-not-proven-yet' : 'set-incomplete'), sources }
}

/** The newest set of which `is` holds. */
function firstSet(
  catalog: Catalog,
  filter: { readonly job?: string; readonly destination: string | undefined },
  is: (info: SetInfo) => boolean,
): SetInfo | undefined {
  for (let offset = 0; ; offset += PAGE) {
    const { total, sets } = catalog.sets({ ...filter, limit: PAGE, offset })
    const found = sets.find(is)
    if (found !== undefined || offset + PAGE >= total) return found
  }
}

function searched(settings: Settings, destination: string | undefined): Settings['destinations'] {
  return destination === undefined ? settings.destinations : [findDestination(settings, destination)]
}

/** Which of several copies to read: one that is there before one that is not, then the better proven. */
function standing(info: SetInfo): number {
  const there = info.state === 'present' ? 10 : info.state === 'unreachable' ? 5 : 0
  return there + (reaches(info.proof, 'restored') ? 2 : reaches(info.proof, 'matched') ? 1 : 0)
}

function at(detail: SetDetail, settings: Settings): SetAtPlace {
  const destination = findDestination(settings, detail.info.destination)
  return { location: { by: 'destination', destination, set: detail.info.id }, detail }
}
