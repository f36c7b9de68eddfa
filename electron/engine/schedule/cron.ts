/** Schedules as cron strings: which are valid, and the moments (slots) at which they fall due in a zone's wall-clock time. */
import { phrase } from '../../contract/phrases.ts'
import { BackupError } from '../errors.ts'
import { fieldsOf, refusedCron, walls } from './cron-fields.ts'
import { isZone, momentsOf, wallOf, type Wall } from './wall-time.ts'

/** When something is due. */
export interface Timetable {
  /** Five fields, or a macro such as `@daily`. */
  readonly cron: string
  /** IANA name; without it, this computer's zone. */
  readonly zone?: string | undefined
}

/** No zone has ever moved its clocks by more; moments of wall-clock times further apart never change places. */
const MOST_SHIFT = 3 * 60 * 60 * 1000

/** @throws BackupError invalid-input, in words that name the string or the zone */
export function checkTimetable(timetable: Timetable): void {
  checkZone(timetable.zone)
  const first = slotsAfter(timetable, new Date(0)).next()
  if (first.done === true) throw refusedCron(timetable.cron, { problem: phrase('never-due') })
}

/** @throws BackupError invalid-input where this computer knows no such zone */
export function checkZone(zone: string | undefined): void {
  if (zone !== undefined && !isZone(zone))
    throw new BackupError('invalid-input', { reason: phrase('unknown-zone'), zone })
}

/** The next `count` slots after `after`, soonest first; fewer where there are no more. @throws BackupError invalid-input */
export function nextSlots(timetable: Timetable, after: Date, count: number): Date[] {
  const slots: Date[] = []
  for (const slot of slotsAfter(timetable, after)) if (slots.push(slot) >= count) break
  return slots
}

/**
 * All slots after `after`, soonest first, each once. Where clocks change, what is due at fixed hours is due once that day: at the first of
 * two such times, or as much later as the clocks were set forward. What is due every hour goes on every hour.
 * @throws BackupError invalid-input
 */
export function* slotsAfter(timetable: Timetable, after: Date): Generator<Date, void, undefined> {
  const { zone } = timetable
  const from = after.getTime()
  let pending: number[] = []
  let last = from
  for (const wall of walls(timetable.cron, wallOf(from, zone) - MOST_SHIFT, 1)) {
    const ready = pending.filter((moment) => wallOf(moment, zone) < wall - MOST_SHIFT)
    for (const moment of ready) {
      if (moment > last) yield new Date(moment)
      last = Math.max(last, moment)
    }
    pending = pending.filter((moment) => !ready.includes(moment))
    pending = [...new Set([...pending, ...slotsOf(wall, timetable)])].sort((a, b) => a - b)
  }
  for (const moment of pending) if (moment > last) yield new Date(moment)
}

/** The newest slot at or before `until`; undefined where there is none after `after`. @throws BackupError invalid-input */
export function newestSlot(timetable: Timetable, after: Date, until: Date): Date | undefined {
  const { zone } = timetable
  let best: number | undefined
  for (const wall of walls(timetable.cron, wallOf(until.getTime(), zone) + MOST_SHIFT, -1)) {
    if (best !== undefined && wall < wallOf(best, zone) - MOST_SHIFT) break
    if (wall < wallOf(after.getTime(), zone) - MOST_SHIFT) break
    for (const moment of slotsOf(wall, timetable))
      if (moment <= until.getTime() && moment > after.getTime()) best = Math.max(best ?? moment, moment)
  }
  return best === undefined ? undefined : new Date(best)
}

function slotsOf(wall: Wall, { cron, zone }: Timetable): readonly number[] {
  const { moments, isSkipped } = momentsOf(wall, zone)
  if (!fieldsOf(cron).isEveryHour) return moments.slice(0, 1)
  // The next hour comes by itself.
  return isSkipped ? [] : moments
}
