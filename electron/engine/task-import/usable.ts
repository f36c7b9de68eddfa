/** Whether a schedule can be used at all: it can be read, its zone is known, and it falls due some day. */
import type { Schedule } from '../../contract/schedule.ts'
import { checkTimetable } from '../schedule/cron.ts'

export function isUsable({ full = '', zone }: Schedule): boolean {
  try {
    checkTimetable({ cron: full, zone })
    return true
  } catch {
    // That is how the schedule says no; whoever made the string tells the reason.
    return false
  }
}
