/** The one pure function behind the light: what the catalog and the agent know becomes what tray, window and command line show. */
import type { Job } from '../../contract/job.ts'
import type { DestinationSummary, JobSummary, Light, Summary } from '../../contract/summary.ts'
import type { JobFacts } from './catalog.ts'
import { judgeJob } from './summary-light.ts'
import { nightsOf } from './summary-nights.ts'

export interface JobInput {
  readonly job: Job
  readonly facts: JobFacts
  readonly nextRun: string | undefined
  /** The first moment after this one at which the schedule wants a run; undefined where it wants none. */
  readonly dueAfter: (moment: Date) => Date | undefined
  readonly running: NonNullable<JobSummary['running']> | undefined
  /** Local days (`2026-01-05`) of the last 84 on which the schedule wanted a run. */
  readonly dueDays: ReadonlySet<string>
}

export interface SummaryInput {
  readonly jobs: readonly JobInput[]
  /** Those that are not reachable or not enabled count as no place at all for a promise. */
  readonly destinations: readonly DestinationSummary[]
  readonly agent: Summary['agent']
  readonly notices: Summary['notices']
}

/** Sizes shown as a trend. */
const SIZES = 24

const worstFirst: readonly Light[] = ['failed', 'attention', 'good', 'idle']

/** The summary as of `now`. The light is the worst of the jobs'; a run that goes on never hides what lies behind it. */
export function summarise(input: SummaryInput, now: Date): Summary {
  const jobs = input.jobs.map((job) => summariseJob(job, input.destinations, now))
  return {
    at: now.toISOString(),
    light: worstLight(jobs, input.notices),
    jobs,
    destinations: [...input.destinations],
    agent: input.agent,
    notices: input.notices,
  }
}

/** Where nothing begins by itself, all is not well, however fresh the backups are. */
function worstLight(jobs: readonly JobSummary[], notices: Summary['notices']): Light {
  const lights = new Set(jobs.map(({ light }) => light))
  if (notices.some(({ code }) => code === 'safe-mode')) lights.add('attention')
  return worstFirst.find((light) => lights.has(light)) ?? 'idle'
}

function summariseJob(input: JobInput, places: readonly DestinationSummary[], now: Date): JobSummary {
  const { job, facts, nextRun, running } = input
  const { light, reasons, newest, ageMinutes } = judgeJob(job, facts, places, now, input.dueAfter)
  const last = facts.runs.find((run) => run.outcome !== undefined)
  return {
    job: job.id,
    name: job.name,
    slug: job.slug,
    enabled: job.enabled,
    kinds: [...new Set(job.sources.map((source) => source.kind))],
    light,
    reasons: [...reasons],
    ...(newest === undefined
      ? {}
      : { newest: { set: newest.id, at: newest.at, proof: newest.proof, destination: newest.destination } }),
    ...(newest?.provenAt === undefined ? {} : { provenAt: newest.provenAt }),
    ...(nextRun === undefined ? {} : { nextRun }),
    rpo: { promisedMinutes: job.rpoMinutes, ...(ageMinutes === undefined ? {} : { ageMinutes }) },
    rto: {
      promisedMinutes: job.rtoMinutes,
      ...(facts.restoreSeconds === undefined ? {} : { measuredSeconds: facts.restoreSeconds }),
    },
    ...(last?.outcome === undefined
      ? {}
      : { lastRun: { run: last.id, outcome: last.outcome, at: last.startedAt, seconds: last.seconds } }),
    ...(running === undefined ? {} : { running }),
    sizes: sizesOf(facts),
    nights: nightsOf(facts, input.dueDays, now),
  }
}

/** A set that lies at two destinations is one backup of one size. */
function sizesOf(facts: JobFacts): number[] {
  const full = new Map<string, number>()
  for (const set of facts.sets) if (set.type === 'full' && !full.has(set.id)) full.set(set.id, set.bytes)
  return [...full.values()].slice(0, SIZES).reverse()
}
