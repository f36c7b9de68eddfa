/** What a clean-up would do now, destination by destination; reads, and changes nothing anywhere. */
import type { DestinationConfig } from '../../contract/destination.ts'
import type { Job } from '../../contract/job.ts'
import type { RetentionPlan } from '../../contract/retention.ts'
import type { RetentionOutcome } from '../catalog/retention.ts'
import type { Destination } from '../destination/destination.ts'
import type { CleanupOptions, EngineDeps } from '../engine-api.ts'
import { BackupError, throwIfAborted } from '../errors.ts'
import { openForReading } from '../open-destination.ts'
import { setsOf, type Seen } from './gather-facts.ts'
import { isWhole, listJob } from './list-job.ts'
import { planAt, planFromCatalog, type PlanAsked } from './plan-at.ts'

/** @param job with the policy that is asked about, which need not be the saved one */
export async function previewCleanup(
  job: Job,
  destinations: readonly DestinationConfig[],
  deps: EngineDeps,
  options: CleanupOptions,
  signal: AbortSignal,
): Promise<readonly RetentionPlan[]> {
  const plans: RetentionPlan[] = []
  for (const config of destinations)
    plans.push(planOf(job, config, await outcomeAt(job, config, deps, options, signal)))
  return plans
}

/** By what the catalog says alone: quick, and as good as the last look. */
export function removalsInSight(
  job: Job,
  destinations: readonly DestinationConfig[],
  deps: EngineDeps,
  options: CleanupOptions,
): number {
  const outcomes = destinations.map(({ id }) => planFromCatalog(asCatalogSays(job, id, deps, options), deps))
  return outcomes.flatMap(({ sets }) => sets.filter(({ action }) => action === 'delete')).length
}

function asCatalogSays(job: Job, destination: string, deps: EngineDeps, options: CleanupOptions): PlanAsked {
  const inUse = options.inUse()
  const known = setsOf(deps.catalog, job.id, destination).filter(({ state }) => state !== 'missing')
  const seen = new Map(known.map(({ id }) => [id, { prefix: '', names: ['manifest.json'] }]))
  return { job, destination, seen, vanished: 0, inUse }
}

async function outcomeAt(
  job: Job,
  config: DestinationConfig,
  deps: EngineDeps,
  options: CleanupOptions,
  signal: AbortSignal,
): Promise<RetentionOutcome> {
  const blind = (seen: Seen): RetentionOutcome =>
    planFromCatalog({ job, destination: config.id, seen, vanished: 0, inUse: options.inUse() }, deps)
  let destination: Destination | undefined
  try {
    const opened = await openForReading(config, deps, signal)
    destination = opened.destination
    return opened.older === undefined ? await seenAt(job, opened.destination, deps, options, signal) : blind('older')
  } catch (error) {
    throwIfAborted(signal)
    // Whatever keeps the place from being read keeps everything in it; what it is, the light and a run tell.
    if (error instanceof BackupError) return blind('unreachable')
    throw error
  } finally {
    await destination?.close()
  }
}

async function seenAt(
  job: Job,
  destination: Destination,
  deps: EngineDeps,
  options: CleanupOptions,
  signal: AbortSignal,
): Promise<RetentionOutcome> {
  const seen = await listJob(destination, job.slug, signal)
  const there = setsOf(deps.catalog, job.id, destination.id).filter(({ state }) => state !== 'missing')
  const vanished = there.filter(({ id }) => !isThere(seen, id)).length
  const asked = { job, destination: destination.id, seen, vanished, inUse: options.inUse() }
  return await planAt(destination, asked, deps, signal)
}

function isThere(seen: Exclude<Seen, string>, id: string): boolean {
  const listed = seen.get(id)
  return listed !== undefined && isWhole(listed)
}

function planOf(job: Job, config: DestinationConfig, { frozen, sets }: RetentionOutcome): RetentionPlan {
  const going = sets.filter(({ action }) => action === 'delete')
  return {
    ...{ job: job.id, jobName: job.name, destination: config.id, destinationName: config.name },
    frozen: [...frozen],
    sets: [...sets],
    deletes: going.length,
    deletedBytes: going.reduce((sum, { bytes }) => sum + bytes, 0),
    total: sets.length,
  }
}
