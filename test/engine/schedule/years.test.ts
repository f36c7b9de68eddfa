/** Ten years of three jobs, with faults, summer time, sleeps, restarts and wrong clocks: every slot exactly once, or explained. */
import { describe, expect, it } from 'vitest'
import { nextSlots, type Timetable } from '../../../electron/engine/schedule/cron.ts'
import { timetables } from '../../../electron/engine/schedule/timetables.ts'
import type { Schedule } from '../../../electron/contract/schedule.ts'
import { makeRandom, type Random } from '../../helpers/random.ts'
import { DAY, HOUR, MINUTE, scheduledJob, SimulatedSite } from '../../helpers/schedule.ts'

const schedules: Readonly<Record<string, Schedule>> = {
  job_nightly: { full: '30 2 * * *', zone: 'Europe/Berlin' },
  job_working: { full: '0 9-18 * * 1-5', zone: 'America/New_York', catchUp: { olderThanMinutes: 120 } },
  job_weekly: { full: '0 2 * * 0', hot: '15 1 1 * *', zone: 'Asia/Shanghai', quiet: { from: '01:00', to: '01:30' } },
}
const tables = Object.values(schedules).flatMap((schedule) => timetables(schedule))
const jobs = Object.entries(schedules).map(([id, schedule]) => scheduledJob(id, schedule))

const known = new Map<Timetable, readonly [from: number, next: number]>()

/** The first slot after `now`; looked up again only when it has passed, or time has gone back. */
function nextOf(timetable: Timetable, now: number): number {
  const [from, next] = known.get(timetable) ?? [Infinity, 0]
  if (now >= from && now < next) return next
  const found = Number(nextSlots(timetable, new Date(now), 1)[0])
  known.set(timetable, [now, found])
  return found
}

/** To the next moment at which anything can happen, or into some trouble. */
function live(site: SimulatedSite, random: Random): void {
  const next = tables.map((timetable) => nextOf(timetable, site.now))
  const soon = Math.min(...next, site.nextEnd(), site.now + 30 * MINUTE)
  site.now = Math.ceil(soon / MINUTE) * MINUTE
  const chance = random.below(1000)
  // Off or asleep, for minutes or weeks.
  if (chance < 15) site.now += random.below(chance < 3 ? 20 * DAY : 12 * HOUR)
  if (chance >= 15 && chance < 25) site.restart()
  if (chance === 25) site.now -= random.below(3 * HOUR)
  site.look()
}

const seeds = process.env['SITEKEEP_SOAK'] === undefined ? [1] : Array.from({ length: 20 }, (_, n) => n + 1)

describe('ten years of three jobs', () => {
  it.each(seeds)('F01–F07, F13: leave no slot undecided and none decided twice (seed %i)', (seed) => {
    const random = makeRandom(seed)
    const site = new SimulatedSite('2026-01-01T00:00Z', jobs)
    site.fate = () => ({
      outcome: (['failed', 'refused', 'good'] as const)[Math.min(2, random.below(12))]!,
      minutes: random.below(20) === 0 ? random.below(300) : 2,
    })
    site.look()
    const [begin, end] = [site.now, site.now + 10 * 365.25 * DAY]
    while (site.now < end) live(site, random)
    for (const { id, schedule } of jobs) {
      for (const type of ['full', 'hot'] as const) {
        const cron = schedule[type]
        if (cron === undefined) continue
        const notes = site.notesOf(id, type)
        const decided = new Set(notes.map(({ slot }) => Date.parse(slot)))
        const missed = notes.flatMap((note) =>
          note.missedSince === undefined
            ? []
            : [[Date.parse(note.missedSince), Date.parse(note.slot), note.missed] as const],
        )
        const settled = end - 2 * DAY
        const slots = nextSlots({ cron, zone: schedule.zone }, new Date(begin), 30_000)
          .map(Number)
          .filter((slot) => slot < settled)
        const undecided = slots.filter(
          (slot) => !decided.has(slot) && !missed.some(([since, until]) => slot >= since && slot < until),
        )
        expect(undecided.map((slot) => new Date(slot).toISOString())).toEqual([])
        // Each attempt that is no repetition belongs to a slot of its own; nothing else was decided.
        const begun = site.started.filter((one) => one.job === id && one.type === type && one.why !== 'retry')
        expect(begun.length).toBe(notes.filter(({ state }) => state === 'begun' || state === 'refused').length)
        expect([...decided].filter((slot) => slot < settled && slot > begin && !slots.includes(slot))).toEqual([])
        const lost = missed.reduce((sum, [, , count]) => sum + count, 0)
        expect(decided.size - 1 + lost).toBeGreaterThanOrEqual(slots.length)
      }
    }
    expect(site.started.length).toBeGreaterThan(10_000)
  })
})
