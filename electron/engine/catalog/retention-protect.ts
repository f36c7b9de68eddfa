/** Which sets are protected whatever their age, and by which rule (pure). */
import type { Detail } from '../../contract/error.ts'
import type { Keep } from '../../contract/keep.ts'
import { backupTypes } from '../../contract/job.ts'
import type { RetentionReason } from '../../contract/retention.ts'
import { DAY_MS } from './retention-age.ts'
import { isMatched, isSound, type RetentionSet } from './retention-facts.ts'
import { isAhead } from './retention-freeze.ts'

/** The newest proven sets of a source that never go (DESIGN §7, faults.md I5). */
const NEVER_LESS_THAN = 2

export type Protections = ReadonlyMap<string, readonly RetentionReason[]>

/** @param sets newest first. @returns the reasons by set, but for those of its parents */
export function protectionsOf(keep: Keep, sets: readonly RetentionSet[], now: Date): Protections {
  const found = new Map<string, RetentionReason[]>()
  const protect = (set: RetentionSet, code: RetentionReason['code'], detail: Detail = {}): void => {
    const reasons = found.get(set.id) ?? []
    reasons.push({ code, detail })
    found.set(set.id, reasons)
  }
  for (const set of sets) {
    if (set.pinned) protect(set, 'keep-pinned')
    if (set.inUse) protect(set, 'keep-in-use')
  }
  protectNewest(sets, protect)
  for (const type of backupTypes) {
    const limit = keep.count?.[type] ?? 0
    const counted = sets.filter((set) => set.type === type && isSound(set)).slice(0, limit)
    for (const set of counted) protect(set, 'keep-count', { limit })
  }
  protectGenerations(keep, sets, now, protect)
  return found
}

type Protect = (set: RetentionSet, code: RetentionReason['code'], detail?: Detail) => void

/**
 * Of every source that any set holds, also one that the job has no more (G10): two that are proven, and two that had no warning
 * either, so that thirty nights with warnings do not push out what was last all right (R01).
 */
function protectNewest(sets: readonly RetentionSet[], protect: Protect): void {
  const sources = new Map(sets.flatMap((set) => [...set.sources]).reverse())
  for (const [id, source] of sources) {
    const holding = sets.filter((set) => set.sources.has(id))
    const matched = holding.filter(isMatched).slice(0, NEVER_LESS_THAN)
    for (const set of matched) protect(set, 'keep-newest', { source })
    const sound = holding.filter(isSound).slice(0, NEVER_LESS_THAN)
    for (const set of sound) if (!matched.includes(set)) protect(set, 'keep-newest-sound', { source })
  }
}

/** Buckets are those of the set's own local date; days without a sound set are no buckets, and a date in the future is none. */
function protectGenerations(keep: Keep, sets: readonly RetentionSet[], now: Date, protect: Protect): void {
  const generations = [
    ['keep-daily', keep.generations?.daily, (set: RetentionSet) => set.at.slice(0, 10)],
    ['keep-weekly', keep.generations?.weekly, (set: RetentionSet) => weekOf(set.at.slice(0, 10))],
    ['keep-monthly', keep.generations?.monthly, (set: RetentionSet) => set.at.slice(0, 7)],
  ] as const
  const full = sets.filter((set) => set.type === 'full' && isSound(set) && !isAhead(set, now))
  for (const [code, wanted = 0, bucketOf] of generations) {
    const buckets = new Set<string>()
    for (const set of full) {
      const bucket = bucketOf(set)
      if (buckets.has(bucket) || buckets.size >= wanted) continue
      buckets.add(bucket)
      protect(set, code, { bucket })
    }
  }
}

/** `2026-W02` of `2026-01-05`, as ISO 8601 counts weeks: that of its Thursday. */
function weekOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * DAY_MS)
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = 1 + Math.floor((thursday.getTime() - first) / (7 * DAY_MS))
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}

/** Sets newer than `set` that prove what it holds: at least so many as never go, of every one of its sources. */
export function isSuperseded(set: RetentionSet, sets: readonly RetentionSet[]): boolean {
  const newer = sets.filter((other) => other.sequence > set.sequence && isMatched(other))
  const sources = [...set.sources.keys()]
  return (
    sources.length > 0 &&
    sources.every((id) => newer.filter((other) => other.sources.has(id)).length >= NEVER_LESS_THAN)
  )
}
