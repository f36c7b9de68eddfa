/**
 * How old a set is, as far as it was witnessed (pure). The clock may jump, and a computer may have been off for months: a set is
 * as old as the steps from each backup after it to the next, and none of these steps counts for more than a bound. So a clock that jumps
 * ten years ahead ages nothing by more than one step, one that was set back makes nothing older, and days without backups do not
 * eat up what is kept (faults.md F01–F03, F06). The sets themselves bear witness: nothing has to be remembered elsewhere.
 */
import type { Keep } from '../../contract/keep.ts'
import { backupTypes, type BackupType } from '../../contract/job.ts'
import type { RetentionSet } from './retention-facts.ts'

export const DAY_MS = 24 * 60 * 60_000
/** A long weekend without backups counts in full. */
const STEP_DAYS = 4
/** One step never takes more than this share of the time that a type is kept … */
const STEP_SHARE = 0.5
/** … unless backups are made so rarely: then a step may be a little longer than they usually are apart. */
const STEP_OF_USUAL = 1.25

export interface Ages {
  /** Days that were witnessed since the set was made. */
  witnessed(set: RetentionSet): number
  /** Days by the calendar; negative for a set dated in the future. */
  calendar(set: RetentionSet): number
}

export function agesOf(sets: readonly RetentionSet[], keep: Keep, now: Date): Ages {
  const bySequence = sets.filter((set) => set.isOurs && !Number.isNaN(Date.parse(set.at))).sort(bySequenceRising)
  const gaps = bySequence.map((set, index) => {
    const next = bySequence[index + 1]
    return (next === undefined ? now.getTime() : Date.parse(next.at)) - Date.parse(set.at)
  })
  // The last gap ends now, and may be of any length: it says nothing of what is usual.
  const usual = lowerMedian(gaps.slice(0, -1).filter((gap) => gap > 0))
  const witnessed = new Map(backupTypes.map((type) => [type, sums(bySequence, gaps, stepOf(type, keep, usual))]))
  return {
    witnessed: (set) => (witnessed.get(set.type)?.get(set.id) ?? 0) / DAY_MS,
    calendar: (set) => (now.getTime() - Date.parse(set.at)) / DAY_MS,
  }
}

function bySequenceRising(a: RetentionSet, b: RetentionSet): number {
  return a.sequence - b.sequence
}

/** Longest step that counts, in milliseconds. */
function stepOf(type: BackupType, keep: Keep, usual: number): number {
  return Math.max(Math.min(STEP_DAYS, keep[type] * STEP_SHARE) * DAY_MS, usual * STEP_OF_USUAL)
}

/** The lower one of two in the middle: a single jump among few gaps must not become what is usual. */
function lowerMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0
}

function sums(sets: readonly RetentionSet[], gaps: readonly number[], step: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  let age = 0
  for (let index = sets.length - 1; index >= 0; index -= 1) {
    age += Math.min(step, Math.max(0, gaps[index] ?? 0))
    found.set(sets[index]?.id ?? '', age)
  }
  return found
}
