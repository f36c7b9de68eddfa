/** Facts for retention in tests: a site's nights in few words. */
import type { Keep } from '../../electron/contract/keep.ts'
import { decideRetention } from '../../electron/engine/catalog/retention.ts'
import type { RetentionFacts, RetentionPolicy, RetentionSet } from '../../electron/engine/catalog/retention-facts.ts'
import { setPrefix } from '../../electron/contract/job.ts'

export const DAY = 24 * 60 * 60_000
export const NOW = new Date('2026-06-30T03:00:00.000Z')
export const DEFAULT_KEEP: Keep = { full: 30, incremental: 7, hot: 3 }

export function makeRetentionSet(sequence: number, changes: Partial<RetentionSet> = {}): RetentionSet {
  const type = changes.type ?? 'full'
  return {
    id: `shop/${setPrefix[type]}_20260101_000000_${sequence}`,
    type,
    at: NOW.toISOString(),
    sequence,
    bytes: 1000,
    state: 'present',
    proof: 'matched',
    pinned: false,
    suspicious: false,
    hasWarnings: false,
    isOurs: true,
    hasForeign: false,
    sources: new Map([['src_shop00', 'database']]),
    parent: undefined,
    inUse: false,
    ...changes,
  }
}

/** One set a night, the oldest first; the newest an hour before `now`. `change` may make each of them odd, by its age in nights. */
export function nightly(
  count: number,
  change: (nightsOld: number) => Partial<RetentionSet> = () => ({}),
  now = NOW,
): RetentionSet[] {
  return Array.from({ length: count }, (_, index) => {
    const nightsOld = count - 1 - index
    const at = new Date(now.getTime() - nightsOld * DAY - 60 * 60_000).toISOString()
    return makeRetentionSet(index + 1, { at, ...change(nightsOld) })
  })
}

export function factsOf(sets: readonly RetentionSet[], changes: Partial<RetentionFacts> = {}): RetentionFacts {
  return { sets, lastRun: 'good', hasFailedVerification: false, place: 'listed', vanished: 0, ...changes }
}

export function decide(
  sets: readonly RetentionSet[],
  { keep = DEFAULT_KEEP, rpoMinutes = 1440 }: Partial<RetentionPolicy> = {},
  changes: Partial<RetentionFacts> = {},
  now = NOW,
) {
  const outcome = decideRetention({ keep, rpoMinutes }, factsOf(sets, changes), now)
  const byId = new Map(sets.map((set) => [set.id, set]))
  const gone = outcome.sets.filter(({ action }) => action === 'delete')
  return {
    ...outcome,
    /** Sequences of what goes, lowest first. */
    gone: gone.map(({ set }) => byId.get(set)!.sequence).sort((a, b) => a - b),
    frozenBy: outcome.frozen.map(({ code }) => code),
    /** Codes of a set's reasons, by its sequence. */
    why: (sequence: number) =>
      outcome.sets.find(({ set }) => byId.get(set)!.sequence === sequence)!.reasons.map(({ code }) => code),
  }
}
