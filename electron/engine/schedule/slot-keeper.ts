/** Goes through a job's timetables, asks what to do now, notes it, and has it done: a slot is noted before anything is started for it. */
import type { Job } from '../../contract/job.ts'
import type { ScheduledType } from '../../contract/schedule.ts'
import type { Catalog, SlotNote } from '../catalog/catalog.ts'
import { toBackupError } from '../errors.ts'
import { localIso } from '../time.ts'
import type { Timetable } from './cron.ts'
import { decide, timetableKey, type Decision, type DueFacts } from './due.ts'
import { timetables } from './timetables.ts'

export interface SlotKeeperDeps {
  readonly catalog: Pick<Catalog, 'noteSlot' | 'slotNote' | 'newestSlotNote' | 'run' | 'runs' | 'newestMatched'>
  readonly isBusy: (job: Job) => boolean
  /** Starts the backup and returns its run's id. @throws BackupError where it cannot be started */
  readonly start: (job: Job, type: ScheduledType, why: 'due' | 'late' | 'quiet-over' | 'retry') => string
  readonly log: { info(text: string): void; warn(text: string): void }
  /** Nothing is made up for before. */
  readonly settledAt: Date
}

/** How far back the run is looked for that a lost catalog's schedule goes on from. */
const LOOKED_AT_RUNS = 50

export class SlotKeeper {
  readonly #deps: SlotKeeperDeps
  /** Notes that the catalog could not take (its disk is full): the data's disk may be another one, so backups go on. */
  readonly #unwritten = new Map<string, SlotNote>()
  /** What was last complained of, by job and type: once is enough. */
  readonly #told = new Map<string, string>()

  constructor(deps: SlotKeeperDeps) {
    this.#deps = deps
  }

  /** One look at one job. Never throws: what is wrong is logged, once. */
  turn(job: Job, now: Date): void {
    if (!job.enabled) return
    // Each is looked at anew: what the first one starts makes the job busy for the next.
    for (const timetable of timetables(job.schedule)) {
      const key = `${job.id} ${timetable.type}`
      try {
        this.#carryOut(job, timetable, decide(this.#factsOf(job, timetable, now), now), now)
        this.#told.delete(key)
      } catch (error) {
        const { message } = toBackupError(error)
        if (this.#told.get(key) !== message) this.#deps.log.warn(`"${job.name}", ${timetable.type}: ${message}`)
        this.#told.set(key, message)
      }
    }
  }

  #factsOf(job: Job, timetable: DueFacts['timetable'], now: Date): DueFacts {
    const { catalog, settledAt } = this.#deps
    const { type } = timetable
    const newest = this.#newest(job, type, now)
    return {
      timetable,
      rules: job.schedule,
      pausedUntil: pausedUntil(job),
      newest,
      noteOf: (slot) => this.#unwritten.get(keyOf(job.id, type, slot)) ?? catalog.slotNote(job.id, type, slot),
      run: newest?.run === undefined ? undefined : catalog.run(newest.run),
      isBusy: this.#deps.isBusy(job),
      provenAt: this.#provenAt(job),
      lastBegun: newest === undefined ? this.#lastBegun(job, type) : undefined,
      settledAt: settledAt.getTime(),
    }
  }

  #newest(job: Job, type: ScheduledType, now: Date): SlotNote | undefined {
    const written = this.#deps.catalog.newestSlotNote(job.id, type, now)
    const candidates = [...this.#unwritten.values(), ...(written === undefined ? [] : [written])].filter(
      (note) => note.job === job.id && note.type === type && Date.parse(note.slot) <= now.getTime(),
    )
    return candidates.toSorted((a, b) => Date.parse(b.slot) - Date.parse(a.slot))[0]
  }

  /** Since when every place of the job holds a set that counts: the oldest of their newest ones. */
  #provenAt({ id, destinations }: Job): number | undefined {
    const newest = destinations.map((destination) => this.#deps.catalog.newestMatched(id, destination)?.at)
    return newest.includes(undefined) ? undefined : Math.min(...newest.map((at) => Date.parse(at ?? '')))
  }

  #lastBegun({ id }: Job, type: ScheduledType): number | undefined {
    const { runs } = this.#deps.catalog.runs({ job: id, kind: 'backup', limit: LOOKED_AT_RUNS, offset: 0 })
    const run = runs.find((one) => one.type === type)
    return run === undefined ? undefined : Date.parse(run.startedAt)
  }

  #carryOut(job: Job, timetable: DueFacts['timetable'], decision: Decision, now: Date): void {
    if (decision.do === 'wait') return
    const base = {
      ...{ job: job.id, type: timetable.type, slot: decision.slot.toISOString(), at: localIso(now) },
      timetable: timetableKey(timetable),
    }
    if (decision.do === 'begin') {
      const why = this.#newest(job, timetable.type, now) === undefined ? 'first-seen' : 'changed'
      this.#note({ ...base, state: 'since', why, run: undefined, attempts: 0, missed: 0, missedSince: undefined })
      return
    }
    const { why, missed } = decision
    const missedSince = decision.missedSince?.toISOString()
    const note = { ...base, why, missed, missedSince, run: undefined }
    this.#tell(job, timetable, decision)
    if (decision.do === 'skip') this.#note({ ...note, state: 'skipped', attempts: 0 })
    else this.#start(job, timetable.type, { ...note, state: 'begun', attempts: decision.attempt }, decision.why)
  }

  /** Noted first: a process that ends in between finds a note without a run and goes on, instead of running twice. */
  #start(job: Job, type: ScheduledType, note: SlotNote, why: 'due' | 'late' | 'quiet-over' | 'retry'): void {
    this.#note(note)
    try {
      this.#note({ ...note, run: this.#deps.start(job, type, why) })
    } catch (error) {
      // A run that cannot start is no reason for the agent to fall; the light turns red by the age of the newest backup.
      this.#note({ ...note, state: 'refused' })
      throw error
    }
  }

  #note(note: SlotNote): void {
    const key = keyOf(note.job, note.type, new Date(note.slot))
    try {
      this.#deps.catalog.noteSlot(note)
      this.#unwritten.delete(key)
    } catch (error) {
      if (!this.#unwritten.has(key)) this.#deps.log.warn(`a slot could not be noted: ${toBackupError(error).message}`)
      this.#unwritten.set(key, note)
    }
  }

  #tell(job: Job, { type, zone }: Timetable & { readonly type: ScheduledType }, decision: Decision): void {
    if (decision.do !== 'start' && decision.do !== 'skip') return
    const { slot, why, missed } = decision
    const also = missed === 0 ? '' : `, and ${missed} before it`
    const what = decision.do === 'skip' ? `left out (${why})` : `begins (${why})`
    const of = zone === undefined ? localIso(slot) : `${localIso(slot)}, ${zone}`
    this.#deps.log.info(`"${job.name}": the ${type} backup of ${of}${also}: ${what}`)
  }
}

function keyOf(job: string, type: ScheduledType, slot: Date): string {
  return `${job} ${type} ${slot.getTime()}`
}

function pausedUntil({ paused }: Job): number | undefined {
  if (paused === undefined) return undefined
  return paused === 'until-resumed' ? Infinity : Date.parse(paused)
}
