/** Gathers what retention is decided from: what the catalog knows of a job's sets and runs, and what lies at the place now. */
import type { Job } from '../../contract/job.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { RunKind } from '../../contract/run.ts'
import type { SetInfo } from '../../contract/set.ts'
import type { RetentionFacts, RetentionSet } from '../catalog/retention-facts.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { MANIFEST_NAME } from '../destination/keys.ts'
import { isWhole, type ListedSet } from './list-job.ts'

/** As it was seen, or why it was not. */
export type Seen = ReadonlyMap<string, ListedSet> | 'unreachable' | 'older'

export interface FactsAsked {
  readonly job: Job
  readonly destination: string
  readonly seen: Seen
  /** Sets that are known to have been there before this look, and are not any more. */
  readonly vanished: number
  readonly inUse: ReadonlySet<string>
  /** Sets whose manifests were read and are not what was published, or cannot be read. */
  readonly unauthentic: ReadonlySet<string>
}

const PAGE = 1000

/** @throws BackupError where the catalog cannot be read */
export function gatherFacts(catalog: Catalog, asked: FactsAsked): RetentionFacts {
  const { job, destination, seen, vanished } = asked
  const sets = setsOf(catalog, job.id, destination).map((info) => factOf(info, catalog, asked))
  const place = seen === 'unreachable' || seen === 'older' ? seen : 'listed'
  return { sets, place, vanished, ...runsOf(catalog, job.id) }
}

export function setsOf(catalog: Catalog, job: string, destination: string): readonly SetInfo[] {
  const found: SetInfo[] = []
  for (;;) {
    const { sets, total } = catalog.sets({ job, destination, limit: PAGE, offset: found.length })
    found.push(...sets)
    if (sets.length === 0 || found.length >= total) return found
  }
}

function factOf(info: SetInfo, catalog: Catalog, asked: FactsAsked): RetentionSet {
  const { id, type, at, sequence, bytes, proof, pinned, suspicious } = info
  const common = { id, type, at, sequence, bytes, proof, pinned, suspicious }
  const state = stateNow(info, asked.seen)
  const inUse = asked.inUse.has(id)
  const manifest = catalog.manifest(info.destination, id)?.manifest
  if (manifest === undefined) {
    const nothing = { isOurs: false, hasForeign: false, hasWarnings: false, sources: new Map<string, string>() }
    return { ...common, state, inUse, ...nothing, parent: undefined }
  }
  const { job, destination_id: destination, files, findings } = manifest
  return {
    ...{ ...common, state, inUse },
    isOurs: job.id === asked.job.id && destination === info.destination && !asked.unauthentic.has(id),
    hasForeign: hasForeign(manifest, asked.seen),
    hasWarnings: findings.some(({ weight }) => weight !== 'note'),
    sources: new Map(files.map(({ source }) => [source.id, source.name])),
    parent: parentOf(manifest),
  }
}

function hasForeign({ set, files }: Manifest, seen: Seen): boolean {
  const names = new Set([MANIFEST_NAME, ...files.map(({ file }) => file)])
  const listed = typeof seen === 'string' ? undefined : seen.get(set)
  return listed?.names.some((name) => !names.has(name)) === true
}

/** No set of this version has one; those of a later one do. */
function parentOf({ parent }: { readonly parent: string | null }): string | undefined {
  return parent ?? undefined
}

/** What was there at the last look and is not now is missing, whatever the catalog still says. */
function stateNow({ id, state }: SetInfo, seen: Seen): SetInfo['state'] {
  if (typeof seen === 'string') return state
  const listed = seen.get(id)
  return listed === undefined || !isWhole(listed) ? 'missing' : state
}

const NEWEST_RUNS = 200
const judged: readonly RunKind[] = ['backup', 'verify']

/** Runs that a person cancelled say nothing about the backups. */
function runsOf(catalog: Catalog, job: string): Pick<RetentionFacts, 'lastRun' | 'hasFailedVerification'> {
  const { runs } = catalog.runs({ job, limit: NEWEST_RUNS, offset: 0 })
  const ended = runs.filter(({ kind, outcome }) => judged.includes(kind) && outcome !== undefined)
  const decided = ended.filter(({ outcome }) => outcome !== 'cancelled')
  const last = decided.findIndex(({ kind }) => kind === 'backup')
  const since = decided.slice(0, last < 0 ? undefined : last)
  const outcome = last < 0 ? undefined : decided[last]?.outcome
  return {
    lastRun: outcome === 'good' || outcome === 'warning' || outcome === 'failed' ? outcome : undefined,
    hasFailedVerification: since.some((run) => run.outcome === 'failed'),
  }
}
