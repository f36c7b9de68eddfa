/** Slots of cron strings: each local day's once, whatever clocks do, and the same whichever way they are asked for. */
import cronParser from 'cron-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkTimetable, newestSlot, nextSlots, type Timetable } from '../../../electron/engine/schedule/cron.ts'
import { nextDue, previewRuns } from '../../../electron/engine/schedule/timetables.ts'
import type { Schedule } from '../../../electron/contract/schedule.ts'
import { wallOf } from '../../../electron/engine/schedule/wall-time.ts'

const zones = ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC', undefined] as const
const DAY = 86_400_000

/** Wall-clock times of the next slots, such as `29 02:30`. */
function walls(timetable: Timetable, after: string, count: number): string[] {
  return nextSlots(timetable, new Date(after), count).map((slot) =>
    new Date(wallOf(slot.getTime(), timetable.zone)).toISOString().slice(8, 16).replace('T', ' '),
  )
}

describe('slots', () => {
  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-03-27T12:00Z', ['28 02:30', '29 03:30', '30 02:30']],
    ['America/New_York', '30 2 * * *', '2026-03-06T12:00Z', ['07 02:30', '08 03:30', '09 02:30']],
    ['Australia/Lord_Howe', '0 2 * * *', '2026-10-02T00:00Z', ['03 02:00', '04 02:30', '05 02:00']],
    ['Europe/Berlin', '15 1,2,3 * * *', '2026-03-28T20:00Z', ['29 01:15', '29 03:15', '30 01:15']],
  ])('F04: what is due while clocks are set forward is due as much later (%s, %s)', (zone, cron, after, expected) => {
    expect(walls({ cron, zone }, after, 3)).toEqual(expected)
  })

  it.each([
    ['Europe/Berlin', '30 2 * * *', '2026-10-23T12:00Z', ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']],
    [
      'America/New_York',
      '30 1 * * *',
      '2026-10-30T12:00Z',
      ['2026-10-31T05:30', '2026-11-01T05:30', '2026-11-02T06:30'],
    ],
    [
      'Australia/Lord_Howe',
      '30 1 * * *',
      '2026-04-03T00:00Z',
      ['2026-04-03T14:30', '2026-04-04T14:30', '2026-04-05T15:00'],
    ],
  ])('F04: what is due twice while clocks are set back is due the first time (%s)', (zone, cron, after, expected) => {
    const slots = nextSlots({ cron, zone }, new Date(after), 3).map((slot) => slot.toISOString().slice(0, 16))
    expect(slots).toEqual(expected)
    // Also asked for from between the two.
    const [, first = '', next = ''] = expected
    expect(
      nextSlots({ cron, zone }, new Date(`${first}:01Z`), 1)[0]
        ?.toISOString()
        .slice(0, 16),
    ).toBe(next)
  })

  it('F04: what is due every hour is due every hour of the two days', () => {
    for (const day of ['2026-03-29T00:00Z', '2026-10-25T00:00Z']) {
      const slots = nextSlots({ cron: '0 * * * *', zone: 'Europe/Berlin' }, new Date(Date.parse(day) - DAY), 48)
      const gaps = slots.slice(1).map((slot, at) => slot.getTime() - slots[at]!.getTime())
      expect(new Set(gaps)).toEqual(new Set([3_600_000]))
    }
  })

  it('F04: every local day of ten years has one slot at fixed hours, in every zone', () => {
    for (const zone of zones) {
      const days = new Map<string, number>()
      for (const slot of nextSlots({ cron: '30 2 * * *', zone }, new Date('2025-12-31T12:00Z'), 3650)) {
        const day = new Date(wallOf(slot.getTime(), zone)).toISOString().slice(0, 10)
        days.set(day, (days.get(day) ?? 0) + 1)
      }
      expect([...days.values()].filter((count) => count !== 1)).toEqual([])
      expect(days.size).toBe(3650)
    }
  })

  it('are the same asked for forwards and backwards, from anywhere', () => {
    const crons = [
      '30 2 * * *',
      '0 2 * * 0',
      '0 9-18 * * 1-5',
      '*/20 * * * *',
      '45 2,3 * * *',
      '0 0 1 * *',
      '59 23 31 12 *',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...crons),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 5 }),
        (zone, cron, after, count) => {
          const slots = nextSlots({ cron, zone }, after, count)
          const [last] = slots.slice(-1)
          expect(slots).toEqual([...new Set(slots.map(Number))].sort((a, b) => a - b).map((slot) => new Date(slot)))
          expect(slots.every((slot) => slot > after)).toBe(true)
          expect(newestSlot({ cron, zone }, after, last!)).toEqual(last)
          expect(newestSlot({ cron, zone }, last!, last!)).toBeUndefined()
          const before = newestSlot({ cron, zone }, after, new Date(last!.getTime() - 1))
          expect(before).toEqual(slots.at(-2))
        },
      ),
      { numRuns: 400 },
    )
  })
})

describe('fields', () => {
  it('mean what they mean elsewhere: last days, weekdays of a month, either of two kinds of days, names and macros', () => {
    const crons = [
      '0 2 L * *',
      '0 2 * * 5L',
      '0 2 * * 1#2',
      '0 2 1-7 * 1',
      '*/7 4 * * SUN',
      '@weekly',
      '@monthly',
      '5 4 * JAN,6 *',
      '0 0 29 2 *',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...crons),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        (cron, after) => {
          const other = cronParser.parseExpression(cron, { currentDate: after, utc: true })
          expect(nextSlots({ cron, zone: 'UTC' }, after, 3)).toEqual([0, 1, 2].map(() => other.next().toDate()))
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('what a job shows as its next runs', () => {
  const working = { full: '0 12 * * *', zone: 'Asia/Shanghai', quiet: { from: '09:00', to: '18:00' } }
  const next = (after: string, schedule: Schedule = working) =>
    previewRuns(schedule, new Date(after), 2).map(({ at }) => new Date(at).toISOString().slice(5, 16))

  it('is when they begin: what falls due in quiet hours begins at their end', () => {
    expect(next('2026-03-02T00:00Z')).toEqual(['03-02T10:00', '03-03T10:00'])
    expect(nextDue(working, new Date('2026-03-02T00:00Z'))).toEqual(new Date('2026-03-02T10:00Z'))
  })

  it('still holds the one that fell due before, while the hours are quiet', () => {
    expect(next('2026-03-02T05:00Z')).toEqual(['03-02T10:00', '03-03T10:00'])
    expect(next('2026-03-02T10:00Z')).toEqual(['03-03T10:00', '03-04T10:00'])
  })

  it('holds one run for all that waited for the same end', () => {
    expect(next('2026-03-02T00:30Z', { ...working, full: '0 * * * *' })).toEqual(['03-02T10:00', '03-02T11:00'])
  })
})

describe('a timetable', () => {
  it.each([
    ['0 2 * *', undefined, 'bad-schedule'],
    ['0 2 * * * *', undefined, 'bad-schedule'],
    ['0 25 * * *', undefined, 'bad-schedule'],
    ['@reboot', undefined, 'bad-schedule'],
    ['0 2 31 2 *', undefined, 'bad-schedule'],
    ['', undefined, 'bad-schedule'],
    ['0 2 * * *', 'Mars/Olympus', 'unknown-zone'],
  ])('%s in %s is refused', (cron, zone, reason) => {
    expect(() => checkTimetable({ cron, zone })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        detail: expect.objectContaining({ reason }) as object,
      }) as Error,
    )
  })

  it('of a day that never comes is told as that', () => {
    const never = { detail: expect.objectContaining({ problem: 'never-due' }) as object }
    expect(() => checkTimetable({ cron: '0 2 31 2 *' })).toThrow(expect.objectContaining(never) as Error)
  })

  it.each(['0 2 * * *', '@daily', '0 9-18 * * 1-5', '*/5 * * * *', '0 0 29 2 *', '30 1 * * SUN'])(
    '%s is taken',
    (cron) => {
      checkTimetable({ cron, zone: 'Asia/Shanghai' })
    },
  )
})
