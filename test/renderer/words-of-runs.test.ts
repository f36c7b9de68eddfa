/** What the pages make of runs, sets and promises, without a browser. */
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../electron/contract/run.ts'
import type { Summary } from '../../electron/contract/summary.ts'
import { createFormat } from '../../renderer/format.ts'
import { timelineOf, groupSets } from '../../renderer/pages/backups/group-sets.ts'
import { proofOf } from '../../renderer/pages/history/run-words.ts'
import { scaleOf, spansNow } from '../../renderer/pages/history/time-bar.ts'
import { factsOf } from '../../renderer/pages/overview/overview-facts.ts'
import { siteOf } from './fixture.ts'

const site = siteOf('good')
const [anyRun] = site.runs
const [anySet] = site.sets
if (anyRun === undefined || anySet === undefined) throw new Error('the fixture has no run or no set')

function run(changes: Partial<RunRecord>): RunRecord {
  return { ...(anyRun as RunRecord), ...changes }
}

describe('the time bar', () => {
  it('has round marks that differ from each other, and ends where the run ends', () => {
    const format = createFormat('en')
    for (const endMs of [0, 40, 180, 1_234, 5_200, 31_000, 71_000, 4_000_000, 90_000_000]) {
      const { total, ticks } = scaleOf(endMs)
      const words = ticks.map((tick) => format.duration(tick / 1000))
      expect(new Set(words).size).toBe(words.length)
      expect(words.length).toBeLessThanOrEqual(7)
      expect(total).toBeGreaterThanOrEqual(Math.max(endMs, ticks.at(-1) ?? 0))
    }
  })

  it('lets the stage that goes on grow, with what has gone through it so far', () => {
    const spans = [
      { stage: 'lock', startMs: 0, endMs: 200 },
      { stage: 'encode', source: 'files', startMs: 200, endMs: 200 },
    ] as const
    const running = run({ spans: [...spans], startedAt: '2026-11-19T02:00:00+08:00' })
    const now = Date.parse('2026-11-19T02:00:05+08:00')
    const progress = { run: running.id, stage: 'encode', source: 'files', bytes: 7, rate: 0, fraction: 0 } as const
    expect(spansNow(running, progress, now)).toEqual([spans[0], { ...spans[1], endMs: 5_000, bytes: 7 }])
    expect(spansNow(run({ spans: [] }), progress, now)).toEqual([])
  })
})

it('a restore shows a proof only where it proves one', () => {
  expect(proofOf(run({ kind: 'restore', proof: 'none' }))).toBeUndefined()
  expect(proofOf(run({ kind: 'restore', proof: 'restored' }))).toBe('restored')
  expect(proofOf(run({ kind: 'backup', proof: 'none' }))).toBe('none')
})

it('a failed run that left a set is shown once, with that set', () => {
  const left = { ...anySet, id: 'wms/full_backup_20261119_010000', proof: 'none' } as const
  const made = [{ set: left.id, destination: left.destination, proof: 'none', bytes: 1 }] as const
  const failed = run({ kind: 'backup', outcome: 'failed', startedAt: left.at, sets: [...made] })
  const bare = run({ id: 'run_bare0001', kind: 'backup', outcome: 'failed', startedAt: left.at, sets: [] })
  const entries = timelineOf(groupSets([left]), [failed, bare]).flatMap((day) => day.entries)
  expect(entries.map(({ kind }) => kind).toSorted()).toEqual(['gap', 'set'])
  expect(entries.find((entry) => entry.kind === 'set')).toMatchObject({ failed: { id: failed.id } })
})

describe('the facts under the light', () => {
  const words = ((key: string, values?: object) => `${key} ${JSON.stringify(values ?? {})}`) as never
  const facts = (summary: Summary, silentSince?: number) =>
    factsOf(summary, words, createFormat('en'), Date.parse(summary.at), silentSince)
  const measured = (...seconds: readonly (number | undefined)[]): Summary => ({
    ...site.summary,
    jobs: seconds.flatMap((measuredSeconds) =>
      site.summary.jobs.slice(0, 1).map((job) => ({
        ...job,
        enabled: true,
        rto: { promisedMinutes: 30, ...(measuredSeconds === undefined ? {} : { measuredSeconds }) },
      })),
    ),
  })
  const restoreTime = (summary: Summary) => facts(summary).find(({ name }) => name.includes('restoreTime'))

  it('a restore time is within its promise only where every job was measured', () => {
    expect(restoreTime(measured(10, 20))).toMatchObject({ state: 'good' })
    expect(restoreTime(measured(10, undefined))?.state).toBe('unknown')
    expect(restoreTime(measured(10, undefined))?.value).toContain('"count":2,"measured":1')
    expect(restoreTime(measured(undefined))?.value).toContain('"measured":0')
    expect(restoreTime(measured(10, 1801))?.state).toBe('attention')
  })

  it('where the service is silent, everything but its silence is said as last known', () => {
    const names = facts(site.summary, Date.parse(site.summary.at)).map(({ name }) => name)
    expect(names.filter((name) => name.includes('lastKnown'))).toHaveLength(names.length - 1)
  })
})
