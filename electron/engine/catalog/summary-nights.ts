/** The calendar of the last twelve weeks (pure): what each local day brought. */
import { reaches } from '../../contract/proof.ts'
import type { JobSummary } from '../../contract/summary.ts'
import type { JobFacts, SetFact } from './catalog.ts'

type Night = JobSummary['nights'][number]
type NightState = Night['state']

export const NIGHTS = 84

/** `2026-01-05` in the zone of this process. */
export function dayOf(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The local days shown, oldest first; the last is today. By calendar, so that a day of 23 or 25 hours is one day. */
export function nightDays(now: Date): string[] {
  return Array.from({ length: NIGHTS }, (_, index) =>
    dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - (NIGHTS - 1 - index), 12)),
  )
}

/** One entry per day: the strongest proof of that day's sets, else a failure, else a run that was due and did not come. */
export function nightsOf(facts: JobFacts, dueDays: ReadonlySet<string>, now: Date): Night[] {
  const sets = Map.groupBy(facts.sets, (set) => dayOf(new Date(set.at)))
  const failed = new Set(
    facts.runs.filter((run) => run.outcome === 'failed').map((run) => dayOf(new Date(run.startedAt))),
  )
  const ran = new Set(facts.runs.map((run) => dayOf(new Date(run.startedAt))))
  const first = firstDay(facts)
  const today = dayOf(now)
  return nightDays(now).map((day) => {
    const made = sets.get(day) ?? []
    if (made.length > 0) return { day, state: stateOf(made) }
    if (failed.has(day)) return { day, state: 'failed' }
    const isMissed = dueDays.has(day) && !ran.has(day) && day < today && first !== undefined && day > first
    return { day, state: isMissed ? 'missed' : 'none' }
  })
}

function stateOf(sets: readonly SetFact[]): NightState {
  const sound = sets.filter((set) => set.state !== 'damaged')
  if (sound.length === 0) return 'failed'
  if (sound.some((set) => set.proof === 'restored')) return 'restored'
  return sound.some((set) => reaches(set.proof, 'matched')) ? 'matched' : 'stored'
}

/** The day the job was first heard of: nothing can have been missed before it. */
function firstDay(facts: JobFacts): string | undefined {
  const moments = [facts.since, ...facts.sets.map((set) => set.at), ...facts.runs.map((run) => run.startedAt)]
  return moments
    .filter((moment) => moment !== undefined)
    .map((moment) => dayOf(new Date(moment)))
    .sort()[0]
}
