/** Gathers what the light is made of: the catalog's facts, the settings, and what the agent sees now. */
import type { DestinationConfig } from '../../contract/destination.ts'
import type { Job } from '../../contract/job.ts'
import type { DestinationSummary, Summary } from '../../contract/summary.ts'
import { localIso } from '../time.ts'
import type { Catalog } from './catalog.ts'
import { NIGHTS } from './summary-nights.ts'
import type { JobInput, SummaryInput } from './summary.ts'

/** What only the agent knows. */
export interface SummaryContext {
  readonly jobs: readonly Job[]
  readonly destinations: readonly DestinationConfig[]
  /** What was last seen of a destination; undefined where nobody has looked yet, which is not held for reachable. */
  destinationState(
    id: string,
  ): Pick<DestinationSummary, 'reachable' | 'lookedAt' | 'errorCode' | 'freeBytes' | 'totalBytes'> | undefined
  running(job: string): JobInput['running']
  /** The first moment after this one at which the schedule wants a run; undefined where it wants none. */
  dueAfter(job: Job, moment: Date): Date | undefined
  /** Local days (`2026-01-05`) from `from` to now on which the schedule wanted a run. */
  dueDays(job: Job, from: Date): ReadonlySet<string>
  readonly agent: Summary['agent']
  /** Beside the catalog's own. */
  readonly notices: Summary['notices']
}

/** One day more than is shown: the first night may begin before midnight UTC. */
const WINDOW_MS = (NIGHTS + 1) * 24 * 60 * 60_000

/** @throws BackupError where the catalog cannot be read */
export function summaryInput(catalog: Catalog, context: SummaryContext, now: Date): SummaryInput {
  const from = new Date(now.getTime() - WINDOW_MS)
  return {
    jobs: context.jobs.map((job) => ({
      job,
      facts: catalog.jobFacts(job.id, from.toISOString()),
      nextRun: nextRunOf(job, context, now),
      dueAfter: (moment) => context.dueAfter(job, moment),
      running: context.running(job.id),
      dueDays: context.dueDays(job, from),
    })),
    destinations: context.destinations.map((place) => destinationSummary(catalog, context, place)),
    agent: context.agent,
    notices: [...catalog.notices.map(({ code, detail }) => ({ code, detail })), ...context.notices],
  }
}

/** A pause ends before the next run that will be. */
function nextRunOf(job: Job, context: SummaryContext, now: Date): string | undefined {
  if (!job.enabled || job.paused === 'until-resumed') return undefined
  const from = job.paused === undefined ? now.getTime() : Math.max(now.getTime(), Date.parse(job.paused) - 1)
  const next = context.dueAfter(job, new Date(from))
  return next === undefined ? undefined : localIso(next)
}

function destinationSummary(catalog: Catalog, context: SummaryContext, place: DestinationConfig): DestinationSummary {
  const { id, name, kind, path, enabled } = place
  return { id, name, kind, path, enabled, reachable: false, ...context.destinationState(id), ...catalog.totals(id) }
}
