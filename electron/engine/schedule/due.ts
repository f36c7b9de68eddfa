/** What a job should do now for one of its timetables (pure): start, leave out, or wait; each slot is decided once. */
import type { Retry, Schedule, ScheduledType } from '../../contract/schedule.ts'
import { scheduleRules } from '../../contract/schedule.ts'
import type { RunRecord } from '../../contract/run.ts'
import type { SlotNote } from '../catalog/catalog.ts'
import { newestSlot, slotsAfter, type Timetable } from './cron.ts'
import { quietEnd } from './quiet.ts'

export interface DueFacts {
  readonly timetable: Timetable & { readonly type: ScheduledType }
  readonly rules: Pick<Schedule, 'catchUp' | 'retry' | 'quiet'>
  /** `Infinity` until somebody resumes it. */
  readonly pausedUntil: number | undefined
  /** Of the newest slot that is not ahead of now: a clock that was wrong for a while must not stop the schedule (faults.md F02). */
  readonly newest: SlotNote | undefined
  readonly noteOf: (slot: Date) => SlotNote | undefined
  /** The run that the newest note names, as the catalog has it. */
  readonly run: Pick<RunRecord, 'outcome' | 'error'> | undefined
  /** A backup of this job goes on. */
  readonly isBusy: boolean
  /** Of the newest set that counts. */
  readonly provenAt: number | undefined
  /** Where nothing was noted yet: when this type was last begun. */
  readonly lastBegun: number | undefined
  /** Nothing is made up for before this moment: a computer that has just started has other things to do. */
  readonly settledAt: number
}

export type Decision =
  /** From now on; what was due before is not missed. */
  | { readonly do: 'begin'; readonly slot: Date }
  | ({ readonly do: 'start'; readonly attempt: number } & Settled<'due' | 'late' | 'quiet-over' | 'retry'>)
  | ({ readonly do: 'skip' } & Settled<'missed' | 'recent' | 'done-since'>)
  | {
      readonly do: 'wait'
      readonly why: 'not-due' | 'busy' | 'paused' | 'quiet' | 'settling' | 'retry-later' | 'given-up'
    }

interface Settled<Why> {
  readonly slot: Date
  readonly why: Why
  /** Earlier slots that nothing was done for; this one stands for them too. */
  readonly missed: number
  readonly missedSince: Date | undefined
}

const MINUTE = 60_000
/** Later than this a run was missed: the computer was off or asleep, or something else went on. A stall of the process is not (F13). */
const LATE_MS = 15 * MINUTE
/** Counting further helps nobody. */
const MOST_MISSED = 1_000
/** A wait between two attempts grows no further, unless a job asks for more. */
const MOST_WAIT_MINUTES = 60
/** So many attempts before the wait doubles. */
const EQUAL_WAITS = 3

/** By what a timetable is known again: slots of another one are no missed slots of this one. */
export function timetableKey({ cron, zone }: Timetable): string {
  return zone === undefined ? cron : `${cron} ${zone}`
}

/** @throws BackupError invalid-input where the cron string cannot be read */
export function decide(facts: DueFacts, now: Date): Decision {
  const { timetable, newest } = facts
  if (newest === undefined) return { do: 'begin', slot: new Date(Math.min(facts.lastBegun ?? Infinity, now.getTime())) }
  if (newest.timetable !== timetableKey(timetable)) return { do: 'begin', slot: now }
  const slot = newestSlot(timetable, new Date(newest.slot), now)
  // A clock that was set back comes to the same slot again (F01).
  if (slot === undefined || facts.noteOf(slot) !== undefined) return decideAgain(facts, newest, now)
  return decideSlot(facts, slot, new Date(newest.slot), now)
}

function decideSlot(facts: DueFacts, slot: Date, before: Date, now: Date): Decision {
  const hold = holding(facts, now)
  if (hold !== undefined) return hold
  const quiet = quietEnd(facts.rules.quiet, slot, facts.timetable.zone)
  const late = now.getTime() - (quiet ?? slot).getTime()
  const settled = { slot, ...missedBetween(facts.timetable, before, slot) }
  if (late <= LATE_MS) return { do: 'start', ...settled, why: quiet === undefined ? 'due' : 'quiet-over', attempt: 1 }
  const why = whyNotMadeUp(facts, slot, now)
  if (why !== undefined) return { do: 'skip', ...settled, why }
  if (now.getTime() < facts.settledAt) return { do: 'wait', why: 'settling' }
  return { do: 'start', ...settled, why: 'late', attempt: 1 }
}

function whyNotMadeUp(
  { provenAt, rules }: DueFacts,
  slot: Date,
  now: Date,
): 'missed' | 'recent' | 'done-since' | undefined {
  if (isYounger(provenAt, now, (now.getTime() - slot.getTime()) / MINUTE)) return 'done-since'
  const catchUp = rules.catchUp ?? scheduleRules.catchUp
  if (catchUp === 'skip') return 'missed'
  return typeof catchUp === 'object' && isYounger(provenAt, now, catchUp.olderThanMinutes) ? 'recent' : undefined
}

/** The newest slot has been decided: was what was begun for it brought to an end? */
function decideAgain(facts: DueFacts, note: SlotNote, now: Date): Decision {
  const { run, rules } = facts
  if (!isOpen(facts, note)) return { do: 'wait', why: 'not-due' }
  const retry = rules.retry ?? scheduleRules.retry
  const slot = new Date(note.slot)
  if (now.getTime() >= slot.getTime() + retry.forMinutes * MINUTE) return { do: 'wait', why: 'given-up' }
  const hold = holding(facts, now)
  if (hold !== undefined) return hold
  if (now.getTime() < Date.parse(note.at) + waitAfter(note, run, retry)) return { do: 'wait', why: 'retry-later' }
  const missedSince = note.missedSince === undefined ? undefined : new Date(note.missedSince)
  return { do: 'start', slot, why: 'retry', attempt: note.attempts + 1, missed: note.missed, missedSince }
}

/** Begun, and not brought to an end by its run or by any other since. Somebody who cancels a run does not want it again. */
function isOpen({ run, provenAt }: DueFacts, note: SlotNote): boolean {
  if (note.state !== 'begun' && note.state !== 'refused') return false
  if (note.run !== undefined && run !== undefined)
    if (run.outcome !== 'failed' || run.error?.code === 'cancelled') return false
  return provenAt === undefined || provenAt < Date.parse(note.at)
}

/** One that was cut off with its process goes on at once; should it be what ends the process, not for ever (A14). */
function waitAfter(note: SlotNote, run: DueFacts['run'], { everyMinutes }: Retry): number {
  const wasCutOff = note.state === 'begun' && (run === undefined || run.error?.code === 'interrupted')
  if (wasCutOff && note.attempts === 1) return 0
  const grown = everyMinutes * 2 ** Math.floor((note.attempts - 1) / EQUAL_WAITS)
  return Math.min(grown, Math.max(everyMinutes, MOST_WAIT_MINUTES)) * MINUTE
}

/** Why nothing may begin now, whatever is due. */
function holding({ isBusy, pausedUntil, rules, timetable }: DueFacts, now: Date): Decision | undefined {
  if (isBusy) return { do: 'wait', why: 'busy' }
  if (pausedUntil !== undefined && now.getTime() < pausedUntil) return { do: 'wait', why: 'paused' }
  return quietEnd(rules.quiet, now, timetable.zone) === undefined ? undefined : { do: 'wait', why: 'quiet' }
}

function isYounger(provenAt: number | undefined, now: Date, minutes: number): boolean {
  return provenAt !== undefined && provenAt <= now.getTime() && now.getTime() - provenAt <= minutes * MINUTE
}

function missedBetween(
  timetable: Timetable,
  before: Date,
  slot: Date,
): { readonly missed: number; readonly missedSince: Date | undefined } {
  let missed = 0
  let missedSince: Date | undefined
  for (const earlier of slotsAfter(timetable, before)) {
    if (earlier >= slot || missed >= MOST_MISSED) break
    missed += 1
    missedSince ??= earlier
  }
  return { missed, missedSince }
}
