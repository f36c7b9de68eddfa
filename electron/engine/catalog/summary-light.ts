/** Why a job's light is what it is (pure): every reason that holds, and the worst of them. */
import type { Job } from '../../contract/job.ts'
import { hasSchedule } from '../../contract/schedule.ts'
import { reaches } from '../../contract/proof.ts'
import { countsAsBackup } from '../../contract/set.ts'
import { reasonCodes, type DestinationSummary, type Light, type Reason } from '../../contract/summary.ts'
import type { JobFacts, RunFact, SetFact } from './catalog.ts'

export interface Judgement {
  readonly light: Light
  /** Worst first. */
  readonly reasons: readonly Reason[]
  /** The newest set that counts: matched, present, at an enabled destination. */
  readonly newest: SetFact | undefined
  readonly ageMinutes: number | undefined
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Proxmox asks for a new proof each month; amber a week after that, red a month later (faults.md V04). */
const PROOF_OLD_DAYS = 35
const PROOF_TOO_OLD_DAYS = 70
/** A run that is due is given this long before its backup is missed. */
const RUN_MS = 30 * MINUTE
/** A set dated further ahead than this was made under a wrong clock: its age is not known (faults.md I7). */
const CLOCK_TOLERANCE_MS = 10 * MINUTE

type Finding = Reason & { readonly light: Light | undefined }

/** @param dueAfter the first moment after this one at which the schedule wants a run; undefined where it wants none */
export function judgeJob(
  job: Job,
  facts: JobFacts,
  places: readonly DestinationSummary[],
  now: Date,
  dueAfter: (moment: Date) => Date | undefined,
): Judgement {
  const counted = facts.sets.filter((set) => counts(set, places))
  const newest = counted.find((set) => Date.parse(set.at) <= now.getTime() + CLOCK_TOLERANCE_MS)
  const ageMs = newest === undefined ? undefined : Math.max(0, now.getTime() - Date.parse(newest.at))
  const ageMinutes = ageMs === undefined ? undefined : Math.floor(ageMs / MINUTE)
  if (!job.enabled) {
    return { light: 'idle', reasons: [{ code: 'disabled', detail: {} }], newest, ageMinutes }
  }
  const findings: Finding[] = [
    ...(newest !== undefined && isResting(job, newest, now, dueAfter) ? [] : judgeAge(job, facts, ageMs, now)),
    ...judgeLastRun(facts),
    ...judgeLoss(job, facts, places),
    ...judgeDamage(job, facts, places),
    ...judgePlaces(job, places),
    ...judgeCover(job, facts, places, newest),
    ...judgeProofAge(newest, now),
  ]
  if (!hasSchedule(job.schedule)) findings.push({ code: 'no-schedule', detail: {}, light: undefined })
  findings.push(...judgePause(job, now))
  const worst = (['failed', 'attention'] as const).find((light) => findings.some((found) => found.light === light))
  if (worst === undefined && newest !== undefined) findings.push({ code: 'proven', detail: {}, light: 'good' })
  findings.sort((a, b) => reasonCodes.indexOf(a.code) - reasonCodes.indexOf(b.code))
  const light = worst ?? (newest === undefined ? 'idle' : 'good')
  return { light, reasons: findings.map(({ code, detail }) => ({ code, detail })), newest, ageMinutes }
}

function counts(set: SetFact, places: readonly DestinationSummary[]): boolean {
  const isEnabled = places.some((place) => place.id === set.destination && place.enabled)
  return isEnabled && countsAsBackup(set)
}

/** No usable backup, or none within the promise. A job that was just added is given its promised time for the first one. */
function judgeAge(job: Job, facts: JobFacts, ageMs: number | undefined, now: Date): Finding[] {
  const promisedMinutes = job.rpoMinutes
  if (ageMs !== undefined) {
    if (ageMs <= promisedMinutes * MINUTE) return []
    const ageMinutes = Math.floor(ageMs / MINUTE)
    return [{ code: 'overdue', detail: { ageMinutes, promisedMinutes }, light: 'failed' }]
  }
  // There was a proven one, but it is gone, out of reach, or dated in the future.
  const wasProven = facts.sets.some((set) => reaches(set.proof, 'matched'))
  if (wasProven) return [{ code: 'overdue', detail: { promisedMinutes }, light: 'failed' }]
  const hasRun = facts.sets.length > 0 || lastDecided(facts) !== undefined
  const isLate = facts.since !== undefined && now.getTime() - Date.parse(facts.since) > promisedMinutes * MINUTE
  if (hasRun || (hasSchedule(job.schedule) && isLate)) return [{ code: 'never-proven', detail: {}, light: 'failed' }]
  return [{ code: 'never-run', detail: {}, light: 'attention' }]
}

/** A promise that follows the schedule rests until the first run after the newest backup should have brought another one. */
function isResting(job: Job, newest: SetFact, now: Date, dueAfter: (moment: Date) => Date | undefined): boolean {
  if (job.rpoFollows !== 'schedule') return false
  const due = dueAfter(new Date(newest.at))
  return due !== undefined && now.getTime() < due.getTime() + RUN_MS
}

/** Said, and no more: what a pause does to the promise shows by the age. */
function judgePause({ paused }: Job, now: Date): Finding[] {
  if (paused === undefined || (paused !== 'until-resumed' && Date.parse(paused) <= now.getTime())) return []
  return [{ code: 'paused', detail: paused === 'until-resumed' ? {} : { until: paused }, light: undefined }]
}

/** The newest run that ended by itself: one that a person cancelled says nothing about the backups. */
function lastDecided(facts: JobFacts): RunFact | undefined {
  return facts.runs.find((run) => run.outcome !== undefined && run.outcome !== 'cancelled')
}

function judgeLastRun(facts: JobFacts): Finding[] {
  const last = lastDecided(facts)
  if (last?.outcome === 'warning') return [{ code: 'last-run-warning', detail: {}, light: 'attention' }]
  if (last?.outcome !== 'failed') return []
  if (last.errorCode === 'interrupted') return [{ code: 'agent-interrupted', detail: {}, light: 'failed' }]
  return [{ code: 'last-run-failed', detail: { code: last.errorCode ?? 'internal' }, light: 'failed' }]
}

/** The newest set of each enabled destination that the job wants must lie there; an older one may have been removed by hand. */
function judgeLoss(job: Job, facts: JobFacts, places: readonly DestinationSummary[]): Finding[] {
  return wantedPlaces(job, places).flatMap((place): Finding[] => {
    const lost = lostAt(facts, place)
    return lost === undefined
      ? []
      : [{ code: 'missing', detail: { set: lost.id, place: place.name }, light: 'attention' }]
  })
}

function lostAt(facts: JobFacts, place: DestinationSummary): SetFact | undefined {
  const newest = facts.sets.find(({ destination }) => destination === place.id)
  return newest?.state === 'missing' ? newest : undefined
}

/** Looks at the newest set of each enabled destination that the job wants. */
function judgeDamage(job: Job, facts: JobFacts, places: readonly DestinationSummary[]): Finding[] {
  const newest = wantedPlaces(job, places).flatMap((place) => {
    const set = facts.sets.find(({ destination, state }) => destination === place.id && state !== 'missing')
    return set === undefined ? [] : [{ set, place }]
  })
  return newest.flatMap(({ set, place }): Finding[] => {
    const detail = { set: set.id, place: place.name }
    if (set.state === 'damaged') return [{ code: 'damaged', detail, light: 'failed' }]
    return set.suspicious ? [{ code: 'suspicious', detail, light: 'attention' }] : []
  })
}

function judgePlaces(job: Job, places: readonly DestinationSummary[]): Finding[] {
  return wantedPlaces(job, places)
    .filter((place) => !isSeen(place))
    .map((place) => {
      const code = place.lookedAt === undefined ? 'not-looked-at' : 'destination-unreachable'
      return { code, detail: { place: place.name }, light: 'attention' }
    })
}

/** Somebody has looked, and it was there. */
function isSeen(place: DestinationSummary): boolean {
  return place.reachable && place.lookedAt !== undefined
}

/**
 * A source or a place that came to the job after its newest backup is in no backup: what was proven says nothing of it.
 * Only the age says so where nothing is proven at all, and only the place itself where it is out of reach or has lost its backup.
 */
function judgeCover(
  job: Job,
  facts: JobFacts,
  places: readonly DestinationSummary[],
  newest: SetFact | undefined,
): Finding[] {
  if (newest === undefined) return []
  for (const place of wantedPlaces(job, places).filter((one) => isSeen(one) && lostAt(facts, one) === undefined)) {
    const held = facts.held.find(({ destination }) => destination === place.id)
    if (held === undefined) return [{ code: 'not-covered', detail: { place: place.name }, light: 'attention' }]
    const lacking = job.sources.find((source) => !held.sources.includes(source.id))
    if (lacking === undefined) continue
    const detail = { source: lacking.name, place: place.name }
    return [{ code: 'not-covered', detail, light: 'attention' }]
  }
  return []
}

function wantedPlaces(job: Job, places: readonly DestinationSummary[]): DestinationSummary[] {
  return places.filter((place) => place.enabled && job.destinations.includes(place.id))
}

function judgeProofAge(newest: SetFact | undefined, now: Date): Finding[] {
  if (newest === undefined) return []
  const proven = Date.parse(newest.provenAt ?? newest.at)
  // A proof dated in the future was made under a wrong clock; the set's own date is then the most that is known.
  const since = proven > now.getTime() + CLOCK_TOLERANCE_MS ? Date.parse(newest.at) : proven
  const days = Math.floor((now.getTime() - since) / DAY)
  if (days < PROOF_OLD_DAYS) return []
  return [{ code: 'proof-old', detail: { days }, light: days < PROOF_TOO_OLD_DAYS ? 'attention' : 'failed' }]
}
