/** Retention by its faults: what must never go, and what does go when all is well. */
import { describe, expect, it } from 'vitest'
import { keepProfiles, keepSchema } from '../../../electron/contract/keep.ts'
import { deleteCodes, freezeCodes, keepCodes, retentionCodes } from '../../../electron/contract/retention.ts'
import { phraseIn } from '../../../electron/contract/words.ts'
import { DAY, decide, DEFAULT_KEEP, makeRetentionSet, nightly, NOW } from '../../helpers/retention.ts'

const daysAgo = (days: number): string => new Date(NOW.getTime() - days * DAY).toISOString()
const two = new Map([
  ['src_shop00', 'database'],
  ['src_files0', 'uploads'],
])

describe('age', () => {
  it('lets full backups go after 30 days, each with its age', () => {
    const plan = decide(nightly(40))
    expect(plan.frozenBy).toEqual([])
    expect(plan.gone).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(plan.sets.at(-1)!.reasons).toEqual([{ code: 'delete-age', detail: { days: 39, limit: 30 } }])
    expect(plan.why(11)).toEqual(['keep-age'])
    expect(plan.why(40)).toEqual(['keep-newest', 'keep-age'])
  })

  it('counts each type by its own days', () => {
    const hot = [10, 4, 3.5, 2].map((days, index) => makeRetentionSet(100 + index, { type: 'hot', at: daysAgo(days) }))
    const sets = [...nightly(12), ...hot].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    const ordered = sets.map((set, index) => ({ ...set, sequence: index + 1 }))
    const plan = decide(ordered)
    const gone = ordered.filter(({ sequence }) => plan.gone.includes(sequence))
    expect(gone.map(({ type, at }) => [type, at])).toEqual([10, 4, 3.5].map((days) => ['hot', daysAgo(days)]))
  })

  it('a test job keeps weekly full backups for seven days, and never less than two', () => {
    const { keep } = keepProfiles.test
    const weekly = [29, 22, 15, 8, 1].map((days, index) => makeRetentionSet(index + 1, { at: daysAgo(days) }))
    expect(decide(weekly, { keep, rpoMinutes: 8 * 1440 }).gone).toEqual([1, 2, 3])
  })

  it('a long weekend without backups counts in full', () => {
    const sets = nightly(40).filter((_, index) => ![25, 26].includes(index))
    expect(decide(sets).gone).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  it('F06: weeks without backups eat up nothing of what is kept', () => {
    const before = nightly(20).map((set) => ({ ...set, at: new Date(Date.parse(set.at) - 60 * DAY).toISOString() }))
    const plan = decide([
      ...before,
      ...nightly(2).map((set) => ({ ...set, id: `${set.id}n`, sequence: set.sequence + 20 })),
    ])
    expect(plan.gone).toEqual([])
    expect(plan.why(1)).toEqual(['keep-gap'])
  })
})

describe('count and generations', () => {
  it('keeps at least so many of a type, whatever their age', () => {
    const plan = decide(nightly(40), { keep: { full: 3, incremental: 7, hot: 3, count: { full: 20 } } })
    expect(plan.gone).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    expect(plan.why(21)).toEqual(['keep-count'])
  })

  it('keeps one of each day, week and month that has one', () => {
    const keep = { full: 2, incremental: 7, hot: 3, generations: { daily: 5, weekly: 4, monthly: 3 } }
    const plan = decide(nightly(100), { keep })
    const kept = plan.sets.filter(({ action }) => action === 'keep')
    const reasons = (code: string) =>
      kept.flatMap((set) => set.reasons.filter((one) => one.code === code).map(({ detail }) => detail['bucket']))
    expect(reasons('keep-daily')).toEqual(['2026-06-30', '2026-06-29', '2026-06-28', '2026-06-27', '2026-06-26'])
    expect(reasons('keep-weekly')).toEqual(['2026-W27', '2026-W26', '2026-W25', '2026-W24'])
    expect(reasons('keep-monthly')).toEqual(['2026-06', '2026-05', '2026-04'])
    // Five days; two Sundays before them; the last days of May and April.
    expect(kept).toHaveLength(5 + 2 + 2)
  })

  it('I6: a day whose backup has a warning is no day, and takes no place', () => {
    const keep = { full: 2, incremental: 7, hot: 3, generations: { daily: 5 } }
    const plan = decide(
      nightly(40, (old) => ({ hasWarnings: old % 2 === 0 && old > 2 })),
      { keep },
    )
    const days = plan.sets.flatMap(({ reasons }) => reasons.filter(({ code }) => code === 'keep-daily'))
    expect(days.map(({ detail }) => detail['bucket'])).toEqual([
      '2026-06-30',
      '2026-06-29',
      '2026-06-28',
      '2026-06-27',
      '2026-06-25',
    ])
  })

  it('a year has the week that ISO 8601 says', () => {
    const now = new Date('2027-01-04T03:00:00Z')
    const keep = { full: 1, incremental: 7, hot: 3, generations: { weekly: 3 } }
    const plan = decide(nightly(20, undefined, now), { keep }, {}, now)
    const weeks = plan.sets.flatMap(({ reasons }) => reasons.filter(({ code }) => code === 'keep-weekly'))
    expect(weeks.map(({ detail }) => detail['bucket'])).toEqual(['2027-W01', '2026-W53', '2026-W52'])
  })
})

describe('what never goes', () => {
  it.each(['failed', 'unproven', 'warning'] as const)('R01: thirty nights %s leave the last sound ones', (how) => {
    const odd = { failed: { state: 'damaged' }, unproven: { proof: 'none' }, warning: { hasWarnings: true } } as const
    const sets = nightly(70, (old) => (old < 32 && old > 0 ? odd[how] : {}))
    const plan = decide(sets)
    expect(plan.frozenBy).toEqual([])
    const sound = 70 - 32
    expect(plan.gone).not.toContain(sound)
    expect(plan.why(sound).some((code) => code.startsWith('keep-newest'))).toBe(true)
  })

  it('R02: with nothing proven, nothing goes', () => {
    const plan = decide(nightly(200, () => ({ proof: 'decoded' })))
    expect(plan.gone).toEqual([])
    expect(plan.why(1)).toEqual(['keep-doubtful'])
    expect(plan.frozenBy).toContain('frozen-overdue')
  })

  it('a pin', () => {
    const plan = decide(nightly(40, (old) => ({ pinned: old === 39 })))
    expect(plan.gone).not.toContain(1)
    expect(plan.why(1)).toEqual(['keep-pinned'])
  })

  it('R07: a set that is being read', () => {
    expect(decide(nightly(40, (old) => ({ inUse: old === 39 }))).why(1)).toEqual(['keep-in-use'])
  })

  it('R08: what a set that stays needs, and what that needs in turn', () => {
    const chain = nightly(40, (old) =>
      old === 38
        ? { parent: makeRetentionSet(1).id }
        : old === 37
          ? { parent: makeRetentionSet(2).id, pinned: true }
          : {},
    )
    const plan = decide(chain)
    expect(plan.why(3)).toEqual(['keep-pinned'])
    expect(plan.why(2)).toEqual(['keep-parent'])
    expect(plan.why(1)).toEqual(['keep-parent'])
    expect(plan.gone).toEqual([4, 5, 6, 7, 8, 9, 10])
  })

  it('R08: a parent goes with its child, not before it', () => {
    const chain = nightly(40, (old) => (old === 38 ? { parent: makeRetentionSet(1).id } : {}))
    expect(decide(chain).gone).toContain(1)
  })

  it('R08: a child that is missing now may come back, and needs its parent then', () => {
    const chain = nightly(40, (old) => (old === 38 ? { parent: makeRetentionSet(1).id, state: 'missing' } : {}))
    expect(decide(chain).why(1)).toEqual(['keep-parent'])
  })

  it('R09: a set that lacks a source takes the place of a whole one for none of them', () => {
    // Thirty nights without the uploads: proven as a whole is none of these sets.
    const sets = nightly(60, (old) => (old >= 31 ? { sources: two } : { proof: 'none' }))
    const plan = decide(sets, {}, { lastRun: 'warning' })
    expect(plan.gone).not.toContain(29)
    expect(plan.gone).not.toContain(28)
  })

  it('G10: the last two of a source that the job has no more', () => {
    const plan = decide(nightly(60, (old) => (old > 50 ? { sources: two } : {})))
    expect(plan.why(9)).toEqual(['keep-newest'])
    expect(plan.why(8)).toEqual(['keep-newest'])
    expect(plan.gone).toContain(7)
  })

  it('R10, R11: what bears no authentic manifest of this job', () => {
    const plan = decide(nightly(40, (old) => ({ isOurs: old !== 39 })))
    expect(plan.why(1)).toEqual(['keep-not-ours'])
    expect(plan.gone).not.toContain(1)
  })

  it('R12: each place is judged by what lies there: proven elsewhere protects nothing here', () => {
    const here = nightly(2).map((set) => ({ ...set, at: daysAgo(90 - set.sequence) }))
    expect(decide(here, { rpoMinutes: 200 * 1440 }).gone).toEqual([])
  })

  it.each(['missing', 'unreachable'] as const)('a set that is %s: there is nothing to remove', (state) => {
    expect(decide(nightly(40, (old) => (old === 39 ? { state } : {}))).why(1)).toEqual(['keep-absent'])
  })

  it('a damaged set, until it is old and two newer ones are proven', () => {
    const damaged = (old: number) => (old === 39 || old === 20 ? ({ state: 'damaged' } as const) : {})
    const plan = decide(nightly(40, damaged))
    expect(plan.why(1)).toEqual(['delete-damaged'])
    expect(plan.why(20)).toEqual(['keep-age'])
    const alone = nightly(40, (old) => (old >= 2 ? { state: 'damaged', sources: two } : {}))
    expect(decide(alone).gone).toEqual([])
    expect(decide(alone).why(1)).toEqual(['keep-doubtful'])
  })
})

describe('frozen', () => {
  const sets = nightly(40)

  it('says why, and of each set why it would have gone', () => {
    const plan = decide(sets, {}, { lastRun: 'failed' })
    expect(plan.frozenBy).toEqual(['frozen-last-run'])
    expect(plan.gone).toEqual([])
    expect(plan.why(1)).toEqual(['frozen-last-run', 'delete-age'])
    expect(plan.why(40)).toEqual(['keep-newest', 'keep-age'])
  })

  it.each([
    ['frozen-no-run', { lastRun: undefined }],
    ['frozen-verification', { hasFailedVerification: true }],
    ['frozen-unreachable', { place: 'unreachable' }],
    ['frozen-older', { place: 'older' }],
    ['frozen-shrank', { vanished: 1 }],
  ] as const)('%s', (code, changes) => {
    const plan = decide(sets, {}, changes)
    expect(plan.frozenBy).toEqual([code])
    expect(plan.gone).toEqual([])
  })

  it('R13: while the data of the newest backup looks wrong', () => {
    const plan = decide(nightly(40, (old) => ({ suspicious: old === 0 })))
    expect(plan.frozenBy).toEqual(['frozen-suspicious'])
    expect(plan.gone).toEqual([])
  })

  it('R13: what looked wrong once never pushes out what was right', () => {
    const plan = decide(
      nightly(100, (old) => ({ suspicious: old > 0 && old < 60 })),
      { keep: { ...DEFAULT_KEEP, full: 5 } },
    )
    expect(plan.frozenBy).toEqual([])
    expect(plan.gone).not.toContain(40)
    expect(plan.why(40)).toEqual(['keep-newest-sound'])
  })

  it.each([
    ['frozen-damaged', 'damaged'],
    ['frozen-missing', 'missing'],
  ] as const)('%s, while the newest backup is %s', (code, state) => {
    const plan = decide(
      nightly(40, (old) => (old === 0 ? { state } : {})),
      { rpoMinutes: 3 * 1440 },
    )
    expect(plan.frozenBy).toEqual([code])
    expect(plan.gone).toEqual([])
  })

  it('while the newest proven backup here is older than promised', () => {
    expect(decide(sets, {}, {}, new Date(NOW.getTime() + 1.1 * DAY)).frozenBy).toEqual(['frozen-overdue'])
  })
})

describe('R03: a policy that would keep nothing', () => {
  it.each([0, -1, Number.NaN, 1.5, 36_501, '7', null])('%s days are refused', (full) => {
    expect(keepSchema.safeParse({ full }).success).toBe(false)
    expect(keepSchema.safeParse({ count: { full } }).success).toBe(false)
    expect(keepSchema.safeParse({ generations: { daily: full } }).success).toBe(false)
  })

  it('removes nothing even where it got past the check', () => {
    expect(decide(nightly(40), { keep: { ...DEFAULT_KEEP, full: Number.NaN } }).gone).toEqual([])
  })

  it('files of versions that knew days alone are read as before', () => {
    expect(keepSchema.parse({ full: 9, incremental: 8, hot: 2 })).toEqual({ full: 9, incremental: 8, hot: 2 })
    expect(keepSchema.parse({})).toEqual(DEFAULT_KEEP)
    expect(keepProfiles.production.keep).toEqual(DEFAULT_KEEP)
  })
})

it('every reason has words in both languages', () => {
  expect([...retentionCodes].sort()).toEqual([...keepCodes, ...deleteCodes, ...freezeCodes].sort())
  for (const code of retentionCodes)
    for (const language of ['en', 'zh-CN'] as const) expect(phraseIn(code, {}, language)).not.toBe('')
})
