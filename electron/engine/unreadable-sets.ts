/** What can be told of sets whose manifests cannot be read: their names, and what the journal and the settings know of them. */
import { createHash } from 'node:crypto'
import type { JournalRecord } from '../contract/journal.ts'
import type { Job } from '../contract/job.ts'
import type { UnreadableSet } from './catalog/catalog.ts'
import { parseSetPrefix, type SetPlace } from './destination/keys.ts'
import type { Destination } from './destination/destination.ts'
import { placeOfSet } from './proof/set-store.ts'
import { localIso } from './time.ts'

interface Known {
  readonly destination: Destination
  readonly records: readonly JournalRecord[]
  /** The jobs of the settings and of the journal, the ones to believe first. */
  readonly jobs: readonly Job[]
  readonly now: Date
}

/** One entry per folder that is named like a set; whatever else lies there is not ours. */
export function unreadableSets(prefixes: readonly string[], known: Known): readonly UnreadableSet[] {
  return prefixes.flatMap((prefix) => {
    const place = placeNamed(prefix)
    return place === undefined ? [] : [unreadableSet(prefix, place, known)]
  })
}

function placeNamed(prefix: string): SetPlace | undefined {
  try {
    return parseSetPrefix(prefix)
  } catch {
    // A name that is none of ours is no fault of the place.
    return undefined
  }
}

function unreadableSet(prefix: string, { slug, type, name }: SetPlace, known: Known): UnreadableSet {
  const { destination, records, jobs, now } = known
  const id = `${slug}/${name}`
  const published = records.findLast((record) => record.type === 'set' && record.set === id)
  const common = { destination: destination.id, id, type, path: placeOfSet(destination, prefix) }
  if (published?.type === 'set') {
    const { job, definition, at, sequence, run } = published
    return { ...common, job, jobName: definition.name, at, sequence, run }
  }
  const job = jobs.find((one) => one.slug === slug)
  const at = momentOf(name, now)
  return { ...common, job: job?.id ?? ownJobId(slug), jobName: job?.name ?? slug, at, sequence: 0, run: undefined }
}

/** No definition tells whose sets these are: they are listed together, under the name of their folder. */
function ownJobId(slug: string): string {
  return `job_${createHash('sha256').update(slug).digest('hex').slice(0, 16)}`
}

/** As its name says, in the zone of this process, but never in the future: that would make it the newest for ever. */
function momentOf(name: string, now: Date): string {
  const [year, month, day, hour, minute, second] = (/_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/.exec(name) ?? [])
    .slice(1)
    .map(Number)
  const named = new Date(year ?? 1970, (month ?? 1) - 1, day ?? 1, hour, minute, second)
  return localIso(named.getTime() > now.getTime() ? now : named)
}
