/** Retention and the clock: set back, set forward, wrong for a while; nothing goes early by more than one step. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, decide, DEFAULT_KEEP, makeRetentionSet, nightly, NOW } from '../../helpers/retention.ts'

const HOUR = 60 * 60_000
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * DAY).toISOString()

describe('the clock', () => {
  it.each([2 * HOUR, 30 * DAY, NOW.getTime()])(
    'F01: nothing goes while it is %d ms behind the newest backup',
    (back) => {
      const plan = decide(nightly(60), { rpoMinutes: 100_000 }, {}, new Date(NOW.getTime() - back))
      expect(plan.frozenBy).toEqual(['frozen-clock'])
      expect(plan.gone).toEqual([])
    },
  )

  it('F01: a set made under the earlier clock is the newest all the same', () => {
    const late = [...nightly(40), makeRetentionSet(41, { at: daysAgo(30) })]
    const plan = decide(late, { rpoMinutes: 100_000 }, {}, new Date(NOW.getTime() - 30 * DAY + HOUR))
    expect(plan.why(41)).toContain('keep-newest')
    expect(plan.gone).toEqual([])
  })

  it('F02: a backup dated in ten years ages out nothing, and freezes only until the clock is proven right again', () => {
    const ahead = makeRetentionSet(41, { at: daysAgo(-3650) })
    const fresh = decide([...nightly(40), ahead, makeRetentionSet(42, { at: daysAgo(0) })])
    expect(fresh.frozenBy).toEqual(['frozen-clock'])
    expect(fresh.gone).toEqual([])
    const nights = nightly(45).map((set) => (set.sequence === 41 ? { ...set, at: ahead.at } : set))
    const later = decide(nights)
    expect(later.frozenBy).toEqual([])
    // Older than thirty days but for the one step that the jump was.
    expect(later.gone.every((sequence) => 45 - sequence > 30 - 4)).toBe(true)
    expect(later.gone.length).toBeGreaterThan(5)
  })

  it('F03: a clock that jumps past the window ages nothing by more than one step', () => {
    const jumped = new Date(NOW.getTime() + 400 * DAY)
    const sets = [...nightly(30), makeRetentionSet(31, { at: new Date(jumped.getTime() - HOUR).toISOString() })]
    const plan = decide(sets, {}, {}, jumped)
    expect(plan.frozenBy).toEqual([])
    expect(plan.gone).toEqual([1, 2, 3, 4])
    expect(plan.why(5)).toEqual(['keep-gap'])
  })

  it('F03: with any history and any one jump, what goes is older than its days but one step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 80 }),
        fc.integer({ min: 0, max: 4000 }),
        fc.integer({ min: 1, max: 60 }),
        (nights, jump, full) => {
          const now = new Date(NOW.getTime() + (jump + 1) * DAY)
          const made = nightly(nights)
          const sets = [...made, makeRetentionSet(nights + 1, { at: new Date(now.getTime() - HOUR).toISOString() })]
          const { gone } = decide(sets, { keep: { ...DEFAULT_KEEP, full } }, {}, now)
          for (const sequence of gone) expect(nights + 1 - sequence).toBeGreaterThan(full - Math.max(4, 2))
        },
      ),
      { numRuns: 500 },
    )
  })
})
