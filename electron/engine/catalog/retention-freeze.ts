/** Why nothing may be removed at a destination now (pure): while anything is odd, everything stays (DESIGN §14.3). */
import type { FreezeCode, RetentionReason } from '../../contract/retention.ts'
import type { Detail } from '../../contract/error.ts'
import { DAY_MS } from './retention-age.ts'
import { isMatched, type RetentionFacts, type RetentionPolicy, type RetentionSet } from './retention-facts.ts'

const MINUTE = 60_000
/** A set dated further ahead than this was made under another clock (faults.md I7). */
export const CLOCK_TOLERANCE_MS = 10 * MINUTE

/** @param sets newest first */
export function freezesOf(
  policy: RetentionPolicy,
  facts: RetentionFacts,
  sets: readonly RetentionSet[],
  now: Date,
): RetentionReason[] {
  return [
    ...freezesOfPlace(facts, sets),
    ...freezesOfRuns(facts),
    ...freezesOfNewest(sets),
    ...freezeOfAge(policy, sets, now),
    ...freezeOfClock(sets, now),
  ]
}

function because(code: FreezeCode, detail: Detail = {}): RetentionReason {
  return { code, detail }
}

function freezesOfPlace({ place, vanished }: RetentionFacts, sets: readonly RetentionSet[]): RetentionReason[] {
  if (place === 'unreachable') return [because('frozen-unreachable')]
  if (place === 'older') return [because('frozen-older')]
  const newest = sets[0]
  const gone = Math.max(vanished, lostOf(sets))
  return [
    ...(gone > 0 ? [because('frozen-shrank', { count: gone })] : []),
    ...(newest?.state === 'missing' ? [because('frozen-missing', { set: newest.id })] : []),
  ]
}

/** Sets that are gone, where that is at least half of all: one that a person threw away is no reason for long, a folder that was is. */
function lostOf(sets: readonly RetentionSet[]): number {
  const gone = sets.filter((set) => set.isOurs && set.state === 'missing').length
  return gone >= 2 && gone * 2 >= sets.length ? gone : 0
}

function freezesOfRuns({ lastRun, hasFailedVerification }: RetentionFacts): RetentionReason[] {
  return [
    ...(lastRun === undefined ? [because('frozen-no-run')] : []),
    ...(lastRun === 'failed' ? [because('frozen-last-run')] : []),
    ...(hasFailedVerification ? [because('frozen-verification')] : []),
  ]
}

function freezesOfNewest(sets: readonly RetentionSet[]): RetentionReason[] {
  const newest = sets.find(({ state }) => state !== 'missing')
  if (newest === undefined) return []
  return [
    ...(newest.state === 'damaged' ? [because('frozen-damaged', { set: newest.id })] : []),
    ...(newest.suspicious ? [because('frozen-suspicious', { set: newest.id })] : []),
  ]
}

/** What makes the job's light red makes everything stay, here by what lies at this place. */
function freezeOfAge({ rpoMinutes }: RetentionPolicy, sets: readonly RetentionSet[], now: Date): RetentionReason[] {
  const newest = sets.find(isMatched)
  if (newest !== undefined && now.getTime() - Date.parse(newest.at) <= rpoMinutes * MINUTE) return []
  return [because('frozen-overdue')]
}

/**
 * The clock is behind a set that was made already: either it was set back now, or it was ahead then. It is believed again once two
 * proven sets were made under it since, the first at least a day ago.
 */
function freezeOfClock(sets: readonly RetentionSet[], now: Date): RetentionReason[] {
  const later = sets.find((set) => isAhead(set, now) && !isOutvoted(set, sets, now))
  return later === undefined ? [] : [because('frozen-clock', { set: later.id })]
}

export function isAhead(set: RetentionSet, now: Date): boolean {
  return Date.parse(set.at) > now.getTime() + CLOCK_TOLERANCE_MS
}

function isOutvoted(ahead: RetentionSet, sets: readonly RetentionSet[], now: Date): boolean {
  const since = sets.filter((set) => set.sequence > ahead.sequence && isMatched(set) && !isAhead(set, now))
  const first = since.at(-1)
  return since.length >= 2 && first !== undefined && now.getTime() - Date.parse(first.at) >= DAY_MS
}
