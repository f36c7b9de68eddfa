/** Turns rows per place into backups per moment, and puts them with the failed runs on a line of days. */
import type { RunRecord } from '../../../electron/contract/run.ts'
import type { SetInfo } from '../../../electron/contract/set.ts'
import { proofLevels, type ProofLevel } from '../../../electron/contract/proof.ts'

/** One backup with its copies at the places. */
export interface SetGroup {
  readonly id: string
  readonly at: string
  readonly copies: readonly SetInfo[]
  readonly first: SetInfo
  /** The best proof among the copies that can be counted on now: one place that restores is enough to restore. */
  readonly proof: ProofLevel
  readonly isSound: boolean
}

export type Entry =
  /** `failed`: the run that left it and failed. */
  | { readonly kind: 'set'; readonly at: string; readonly group: SetGroup; readonly failed: RunRecord | undefined }
  | { readonly kind: 'gap'; readonly at: string; readonly run: RunRecord }

export interface Day {
  readonly day: string
  readonly entries: readonly Entry[]
}

function groupOf(id: string, copies: readonly [SetInfo, ...SetInfo[]]): SetGroup {
  const sound = copies.filter((copy) => copy.state === 'present')
  const ranks = sound.map((copy) => proofLevels.indexOf(copy.proof))
  return {
    id,
    at: copies[0].at,
    copies,
    first: copies[0],
    proof: proofLevels[Math.max(0, ...ranks)] ?? 'none',
    isSound: sound.length > 0,
  }
}

/** Newest first, as the agent lists them. */
export function groupSets(sets: readonly SetInfo[]): readonly SetGroup[] {
  const byId = Map.groupBy(sets, (set) => set.id)
  return [...byId].map(([id, copies]) => groupOf(id, copies as [SetInfo, ...SetInfo[]]))
}

function localDay(at: string): string {
  const date = new Date(at)
  return [date.getFullYear(), date.getMonth(), date.getDate()].join('-')
}

export function timelineOf(groups: readonly SetGroup[], failed: readonly RunRecord[]): readonly Day[] {
  const oldest = groups.at(-1)?.at
  const ofSet = new Map(failed.flatMap((run) => run.sets.map(({ set }) => [set, run] as const)))
  const shown = new Set(groups.map(({ id }) => id))
  const gaps = failed
    .filter((run) => !run.sets.some(({ set }) => shown.has(set)))
    .filter((run) => oldest === undefined || Date.parse(run.startedAt) >= Date.parse(oldest))
  const entries: readonly Entry[] = [
    ...groups.map((group): Entry => ({ kind: 'set', at: group.at, group, failed: ofSet.get(group.id) })),
    ...gaps.map((run): Entry => ({ kind: 'gap', at: run.startedAt, run })),
  ]
  const sorted = entries.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
  return [...Map.groupBy(sorted, (entry) => localDay(entry.at))].map(([day, list]) => ({ day, entries: list }))
}
