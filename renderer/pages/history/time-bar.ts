/** The time bar of a run: round marks on its scale, and the stages of a run that still goes on. */
import type { Progress, RunRecord, StageSpan } from '../../../electron/contract/run.ts'

/** Milliseconds between two marks. The first is the finest that can be told apart in tenths of a second. */
const STEPS = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
  3_600_000, 7_200_000, 21_600_000,
]
const MOST_MARKS = 6

/** `total`: where the bar ends; `step`: how far its marks stand apart, from 0 on. Both in milliseconds. */
export function scaleOf(endMs: number): {
  readonly total: number
  readonly step: number
  readonly ticks: readonly number[]
} {
  const step = STEPS.find((one) => endMs / one <= MOST_MARKS) ?? Math.ceil(endMs / MOST_MARKS)
  const total = Math.max(endMs, step)
  return { total, step, ticks: Array.from({ length: Math.floor(total / step) + 1 }, (_, mark) => mark * step) }
}

/** The stage that goes on reaches to now, with what has gone through it. */
export function spansNow(run: RunRecord, progress: Progress | undefined, now: number): readonly StageSpan[] {
  const last = run.spans.at(-1)
  if (last === undefined) return []
  const endMs = Math.max(last.endMs, now - Date.parse(run.startedAt))
  const isTold = last.stage === progress?.stage && last.source === progress.source
  return [...run.spans.slice(0, -1), { ...last, endMs, ...(isTold ? { bytes: progress.bytes } : {}) }]
}
