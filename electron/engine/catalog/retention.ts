/**
 * The one pure function that decides what may be removed at a destination: for every set of a job whether it goes, and why.
 * Whatever is not clearly allowed to go stays. Sets are ordered by their sequence, never by the clock.
 */
import type { RetentionDecision, RetentionReason } from '../../contract/retention.ts'
import { agesOf, type Ages } from './retention-age.ts'
import { isMatched, type RetentionFacts, type RetentionPolicy, type RetentionSet } from './retention-facts.ts'
import { freezesOf } from './retention-freeze.ts'
import { isSuperseded, protectionsOf, type Protections } from './retention-protect.ts'

export interface RetentionOutcome {
  readonly frozen: readonly RetentionReason[]
  /** Newest first. */
  readonly sets: readonly RetentionDecision[]
}

interface Judging {
  readonly policy: RetentionPolicy
  readonly sets: readonly RetentionSet[]
  readonly ages: Ages
  readonly protections: Protections
}

/** @param facts of one job at one destination: each destination is judged by what lies there alone (R12) */
export function decideRetention(policy: RetentionPolicy, facts: RetentionFacts, now: Date): RetentionOutcome {
  const sets = facts.sets.toSorted((a, b) => b.sequence - a.sequence)
  const ages = agesOf(sets, policy.keep, now)
  const protections = protectionsOf(policy.keep, sets, now)
  const judging: Judging = { policy, sets, ages, protections }
  const reasons = new Map(sets.map((set) => [set, reasonsOf(set, judging)]))
  keepParents(reasons)
  const frozen = freezesOf(policy, facts, sets, now)
  return { frozen, sets: sets.map((set) => decisionOf(set, reasons.get(set) ?? [], frozen)) }
}

function decisionOf(
  set: RetentionSet,
  reasons: readonly RetentionReason[],
  frozen: readonly RetentionReason[],
): RetentionDecision {
  const { id, at, type, bytes, state, proof } = set
  const mayGo = isRemoval(reasons)
  const action = mayGo && frozen.length === 0 ? 'delete' : 'keep'
  return { set: id, at, type, bytes, state, proof, action, reasons: [...(mayGo ? frozen : []), ...reasons] }
}

function isRemoval(reasons: readonly RetentionReason[]): boolean {
  return reasons.length > 0 && reasons.every(({ code }) => code.startsWith('delete-'))
}

/** Either why it stays, or the one reason for which it may go. */
function reasonsOf(set: RetentionSet, judging: Judging): RetentionReason[] {
  if (!set.isOurs || set.state === 'orphan') return [{ code: 'keep-not-ours', detail: {} }]
  if (set.state === 'missing' || set.state === 'unreachable') return [{ code: 'keep-absent', detail: {} }]
  if (set.hasForeign) return [{ code: 'keep-foreign', detail: {} }]
  const { protections } = judging
  const kept = [...(protections.get(set.id) ?? []), ...ofAge(set, judging), ...ofDoubt(set, judging)]
  return kept.length > 0 ? kept : [removalOf(set, judging)]
}

function ofAge(set: RetentionSet, { ages, policy }: Judging): RetentionReason[] {
  const limit = policy.keep[set.type]
  // Asked this way round, a limit or an age that is no number keeps.
  if (ages.witnessed(set) > limit) return []
  const days = shown(ages.witnessed(set))
  const calendar = ages.calendar(set)
  if (!(calendar > limit)) return [{ code: 'keep-age', detail: { days, limit } }]
  return [{ code: 'keep-gap', detail: { days, limit, calendar: shown(calendar) } }]
}

/** Days with one decimal, never more than there were. */
function shown(days: number): number {
  return Math.floor(days * 10) / 10
}

function ofDoubt(set: RetentionSet, { sets }: Judging): RetentionReason[] {
  return isMatched(set) || isSuperseded(set, sets) ? [] : [{ code: 'keep-doubtful', detail: {} }]
}

function removalOf(set: RetentionSet, { ages, policy }: Judging): RetentionReason {
  const detail = { days: shown(ages.witnessed(set)), limit: policy.keep[set.type] }
  if (isMatched(set)) return { code: 'delete-age', detail }
  return { code: set.state === 'damaged' ? 'delete-damaged' : 'delete-unproven', detail }
}

/** Whatever a set that stays needs stays too, and what that needs in turn (R08). */
function keepParents(reasons: Map<RetentionSet, RetentionReason[]>): void {
  const byId = new Map([...reasons.keys()].map((set) => [set.id, set]))
  const visit = (child: RetentionSet): void => {
    const parent = child.parent === undefined ? undefined : byId.get(child.parent)
    if (parent === undefined) return
    const known = reasons.get(parent) ?? []
    if (known.some(({ code, detail }) => code === 'keep-parent' && detail['set'] === child.id)) return
    const wasRemoval = isRemoval(known)
    reasons.set(parent, [...(wasRemoval ? [] : known), { code: 'keep-parent', detail: { set: child.id } }])
    if (wasRemoval) visit(parent)
  }
  // What is not there any more, or is none of ours, may need its parent all the same: it may come back.
  for (const [set, why] of [...reasons]) if (!isRemoval(why)) visit(set)
}
