/** A simulated site for schedules: a clock that does anything, runs that take their time and fail, and what was noted of every slot. */
import type { Job } from '../../electron/contract/job.ts'
import { jobSchema } from '../../electron/contract/job.ts'
import type { Schedule, ScheduledType } from '../../electron/contract/schedule.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import type { SlotNote } from '../../electron/engine/catalog/catalog.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { SlotKeeper } from '../../electron/engine/schedule/slot-keeper.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
const KEPT = 200

export interface Started {
  readonly job: string
  readonly type: ScheduledType
  readonly why: string
  readonly at: number
}

interface Going {
  readonly id: string
  readonly job: string
  readonly beganAt: number
  readonly endsAt: number
  readonly outcome: 'good' | 'failed'
}

export function scheduledJob(id: string, schedule: Schedule, changes: Partial<Job> = {}): Job {
  const sources = [{ id: 'src_aaaaaa', kind: 'sqlite', name: 'a', path: '/srv/a.db' }]
  return {
    ...jobSchema.parse({ id, name: id, slug: 'a', sources, destinations: ['dst_aaaaaa'] }),
    schedule,
    ...changes,
  }
}

export class SimulatedSite {
  now: number
  readonly notes = new Map<string, SlotNote>()
  readonly started: Started[] = []
  readonly log: string[] = []
  jobs: Job[]
  /** How the next run ends and how long it takes, or that it cannot start. */
  fate: () => { readonly outcome: 'good' | 'failed' | 'refused'; readonly minutes: number } = () => ({
    outcome: 'good',
    minutes: 3,
  })
  /** True while the catalog's disk is full. */
  isCatalogFull = false
  readonly #runs = new Map<string, RunRecord>()
  readonly #proven = new Map<string, string>()
  readonly #order = new Map<string, SlotNote[]>()
  #going: Going[] = []
  #keeper: SlotKeeper
  #serial = 0

  constructor(now: string, jobs: readonly Job[]) {
    this.now = Date.parse(now)
    this.jobs = [...jobs]
    this.#keeper = this.#newKeeper()
  }

  /** The process ends, with its runs, and another one starts. */
  restart(): void {
    for (const { id } of this.#going) this.#end(id, 'failed', 'interrupted')
    this.#going = []
    this.#keeper = this.#newKeeper()
  }

  /** One look at everything, at this moment. */
  look(): void {
    for (const run of this.#going.filter(({ endsAt }) => endsAt <= this.now)) {
      this.#end(run.id, run.outcome, 'source-missing')
      if (run.outcome === 'good') this.#proven.set(run.job, new Date(run.beganAt).toISOString())
    }
    this.#going = this.#going.filter(({ endsAt }) => endsAt > this.now)
    for (const job of this.jobs) this.#keeper.turn(job, new Date(this.now))
  }

  /** Looks every `step` until `until`. */
  pass(until: number | string, step = MINUTE): void {
    const end = typeof until === 'string' ? Date.parse(until) : until
    for (; this.now < end; this.now += step) this.look()
    this.now = end
    this.look()
  }

  isBusy(job: string): boolean {
    return this.#going.some((run) => run.job === job)
  }

  nextEnd(): number {
    return Math.min(...this.#going.map(({ endsAt }) => endsAt))
  }

  notesOf(job: string, type: ScheduledType = 'full'): SlotNote[] {
    const own = [...this.notes.values()].filter((note) => note.job === job && note.type === type)
    return own.toSorted((a, b) => Date.parse(a.slot) - Date.parse(b.slot))
  }

  #newKeeper(): SlotKeeper {
    return new SlotKeeper({
      catalog: {
        noteSlot: (note) => {
          if (this.isCatalogFull) throw new BackupError('catalog-unusable', { path: 'catalog.db', reason: 'full' })
          this.#keep(note)
        },
        slotNote: (job, type, slot) => this.notes.get(keyOf(job, type, slot)),
        newestSlotNote: (job, type, until) => this.#newestNote(job, type, until.getTime()),
        run: (id) => this.#runs.get(id),
        runs: () => ({ total: 0, runs: [] }),
        newestMatched: (job) => {
          const at = this.#proven.get(job)
          return at === undefined ? undefined : ({ at } as never)
        },
      },
      isBusy: ({ id }) => this.isBusy(id),
      start: (job, type, why) => this.#start(job, type, why),
      log: { info: (text) => void this.log.push(text), warn: (text) => void this.log.push(`warn ${text}`) },
      settledAt: new Date(this.now + 2 * MINUTE),
    })
  }

  #newestNote(job: string, type: string, until: number): SlotNote | undefined {
    const own = this.#order.get(`${job} ${type}`) ?? []
    return own.findLast((note) => Date.parse(note.slot) <= until)
  }

  #keep(note: SlotNote): void {
    const key = keyOf(note.job, note.type, new Date(note.slot))
    this.notes.set(key, note)
    const list = `${note.job} ${note.type}`
    const own = (this.#order.get(list) ?? []).filter((other) => other.slot !== note.slot)
    // The newest few are enough: nothing is asked of what is long over but by its very slot.
    this.#order.set(list, [...own, note].toSorted((a, b) => Date.parse(a.slot) - Date.parse(b.slot)).slice(-KEPT))
  }

  #start(job: Job, type: ScheduledType, why: string): string {
    if (this.isBusy(job.id)) throw new Error('started twice at once')
    const fate = this.fate()
    this.started.push({ job: job.id, type, why, at: this.now })
    if (fate.outcome === 'refused') throw new BackupError('destination-missing', { path: '/mnt/x' })
    this.#serial += 1
    const id = `run_${this.#serial}`
    this.#runs.set(id, {} as RunRecord)
    this.#going.push({
      id,
      job: job.id,
      beganAt: this.now,
      endsAt: this.now + fate.minutes * MINUTE,
      outcome: fate.outcome,
    })
    return id
  }

  #end(id: string, outcome: 'good' | 'failed', code: string): void {
    this.#runs.set(id, { outcome, ...(outcome === 'good' ? {} : { error: { code } }) } as RunRecord)
  }
}

function keyOf(job: string, type: string, slot: Date): string {
  return `${job} ${type} ${slot.getTime()}`
}
