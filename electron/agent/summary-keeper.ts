/** Makes the summary from what catalog, settings and runs say now, and tells when the light has changed. */
import type { Job } from '../contract/job.ts'
import type { Summary } from '../contract/summary.ts'
import type { Catalog } from '../engine/catalog/catalog.ts'
import { summaryInput } from '../engine/catalog/summary-input.ts'
import { summarise } from '../engine/catalog/summary.ts'
import type { Clock } from '../engine/world.ts'
import type { SettingsAccess } from './context.ts'
import { DueDays } from '../engine/schedule/due-days.ts'
import { nextDue } from '../engine/schedule/timetables.ts'
import type { DestinationStates } from './destination-states.ts'
import type { EventBus } from './events.ts'
import type { Runs } from './runs.ts'

export interface SummaryDeps {
  readonly clock: Clock
  readonly catalog: Catalog
  readonly settings: SettingsAccess
  readonly runs: Runs
  readonly destinations: DestinationStates
  readonly events: EventBus
  readonly agent: Summary['agent']
  notices(): Summary['notices']
  /** The schedules do not run, whatever they say. */
  startsNothing(): boolean
  /** Starts a look at the destinations that nobody has looked at lately. */
  look(): void
  onError(error: unknown): void
}

/** A promise of minutes breaks by time alone: the light is looked at this often while nothing happens. */
const LOOK_MS = 60_000
/** Many things change at once (a job's end is four events): one look for all. */
const GATHER_MS = 100

export class SummaryKeeper {
  readonly #deps: SummaryDeps
  readonly #dueDays = new DueDays()
  readonly #timer: NodeJS.Timeout
  #shown: string
  #look: NodeJS.Timeout | undefined
  #mustTell = false

  /** @param tickMs tests shorten it */
  constructor(deps: SummaryDeps, tickMs = LOOK_MS) {
    this.#deps = deps
    this.#shown = shownOf(this.now())
    this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#timer.unref()
    deps.events.subscribe((event) => {
      if (event.type === 'run.progress' || event.type === 'light.changed' || event.type === 'agent.state') return
      this.#schedule(event.type === 'run.finished')
    })
  }

  /** @throws BackupError where the catalog cannot be read */
  now(): Summary {
    const { clock, catalog, settings, runs, destinations, agent } = this.#deps
    const now = clock.now()
    // A job that is backed up and restored from at once shows the backup.
    const shownLast = runs.running().toSorted((a, b) => Number(a.kind === 'backup') - Number(b.kind === 'backup'))
    const running = new Map(shownLast.map((run) => [run.job, run]))
    const { jobs, destinations: places } = settings.current()
    const context = {
      jobs,
      destinations: places,
      destinationState: (id: string) => destinations.get(id),
      running: (id: string) => {
        const run = running.get(id)
        if (run === undefined) return undefined
        return { run: run.run, kind: run.kind, ...(run.progress === undefined ? {} : { progress: run.progress }) }
      },
      dueAfter: (job: Job, moment: Date) => nextDue(job.schedule, moment),
      dueDays: (job: Job, from: Date) => this.#dueDays.of(job.schedule, from, now),
      agent,
      notices: this.#deps.notices(),
    }
    const summary = summarise(summaryInput(catalog, context, now), now)
    if (!this.#deps.startsNothing()) return summary
    return { ...summary, jobs: summary.jobs.map(({ nextRun: _, ...job }) => job) }
  }

  stop(): void {
    clearInterval(this.#timer)
    clearTimeout(this.#look)
  }

  /** A place that is gone tells nobody of it: it must be looked at while nothing else happens. */
  #tick(): void {
    this.#deps.look()
    this.#schedule(false)
  }

  #schedule(mustTell: boolean): void {
    this.#mustTell ||= mustTell
    this.#look ??= setTimeout(() => this.#tell(), GATHER_MS)
  }

  #tell(): void {
    this.#look = undefined
    try {
      const summary = this.now()
      const shown = shownOf(summary)
      if (shown !== this.#shown || this.#mustTell) this.#deps.events.emit({ type: 'light.changed', summary })
      this.#shown = shown
      this.#mustTell = false
    } catch (error) {
      // A catalog that cannot be read now is told to whoever asks; the next look tries again.
      this.#deps.onError(error)
    }
  }
}

/** What a light is about: not the age, which changes by itself every minute. */
function shownOf({ light, jobs, destinations, notices }: Summary): string {
  return JSON.stringify([
    light,
    notices.map(({ code }) => code),
    jobs.map((job) => [job.job, job.light, job.reasons.map(({ code }) => code), job.newest?.set]),
    destinations.map((place) => [place.id, place.reachable, place.lookedAt === undefined, place.errorCode]),
  ])
}
