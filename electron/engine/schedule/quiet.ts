/** Quiet hours: times of day in which nothing begins by itself. */
import type { Schedule } from '../../contract/schedule.ts'
import { momentsOf, wallOf } from './wall-time.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** When the quiet hours end that `moment` lies in; undefined outside them. They may go over midnight; from a time to the same one they are none. */
export function quietEnd(quiet: Schedule['quiet'], moment: Date, zone: string | undefined): Date | undefined {
  if (quiet === undefined || quiet.from === quiet.to) return undefined
  const wall = wallOf(moment.getTime(), zone)
  const midnight = Math.floor(wall / DAY) * DAY
  const time = wall - midnight
  const from = timeOf(quiet.from)
  const to = timeOf(quiet.to)
  const isQuiet = from < to ? time >= from && time < to : time >= from || time < to
  if (!isQuiet) return undefined
  const end = time < to ? midnight + to : midnight + DAY + to
  const [first = end] = momentsOf(end, zone).moments
  return new Date(first)
}

/** `09:30` as milliseconds since midnight. */
function timeOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return (hours * 60 + minutes) * MINUTE
}
