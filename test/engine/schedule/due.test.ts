/** What becomes of every slot: late, missed, made up for, tried again, held back; each decided once (faults.md F). */
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, scheduledJob, SimulatedSite } from '../../helpers/schedule.ts'

const zone = 'Asia/Shanghai'
const nightly = { full: '0 2 * * *', zone }
/** A job that has been there since a quiet moment. */
function siteOf(
  schedule: Parameters<typeof scheduledJob>[1] = nightly,
  changes: Parameters<typeof scheduledJob>[2] = {},
) {
  const site = new SimulatedSite('2026-03-01T12:00+08:00', [scheduledJob('job_aaaaaa', schedule, changes)])
  site.look()
  return site
}
const startsOf = (site: SimulatedSite): string[] =>
  site.started.map(({ why, at }) => `${new Date(at + 8 * HOUR).toISOString().slice(5, 16).replace('T', ' ')} ${why}`)

describe('a schedule', () => {
  it('starts each night once, at its minute', () => {
    const site = siteOf()
    site.pass('2026-03-04T12:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-03 02:00 due', '03-04 02:00 due'])
  })

  it('has missed nothing before it was made, or changed', () => {
    const site = siteOf()
    expect(site.started).toEqual([])
    site.pass('2026-03-02T03:00+08:00')
    site.jobs = [scheduledJob('job_aaaaaa', { full: '30 1 * * *', zone })]
    site.pass('2026-03-02T20:00+08:00', HOUR)
    expect(site.started).toHaveLength(1)
    site.pass('2026-03-03T20:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-03 01:30 due'])
  })

  it('goes on after a start of the service where a backup was begun before anything was noted', () => {
    const site = siteOf()
    site.pass('2026-03-02T02:30+08:00')
    site.restart()
    site.pass('2026-03-02T20:00+08:00')
    expect(site.started).toHaveLength(1)
  })

  it('says once that its cron string cannot be read, and keeps the other types', () => {
    const site = siteOf({ full: '0 2 * *', hot: '0 3 * * *', zone })
    site.pass('2026-03-03T00:00+08:00')
    expect(site.started.map(({ type }) => type)).toEqual(['hot'])
    expect(site.log.filter((line) => line.startsWith('warn'))).toHaveLength(1)
  })

  it('starts one of several types that fall due together, and the next when it has ended', () => {
    const site = siteOf({ full: '0 2 * * *', hot: '0 2 * * *', zone })
    site.pass('2026-03-02T03:00+08:00')
    expect(site.started.map(({ type, at }) => [type, (at - site.started[0]!.at) / MINUTE])).toEqual([
      ['full', 0],
      ['hot', 3],
    ])
  })
})

describe('what was missed', () => {
  function after(schedule: Parameters<typeof scheduledJob>[1], changes = {}) {
    const site = siteOf({ ...nightly, ...schedule }, changes)
    site.pass('2026-03-02T03:00+08:00')
    site.now = Date.parse('2026-03-09T09:00+08:00')
    return site
  }

  it('F06: is made up for once after a week of sleep, and says for how many it stands', () => {
    const site = after({})
    site.pass('2026-03-09T12:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-09 09:00 late'])
    const note = site.notesOf('job_aaaaaa').at(-1)
    expect(note).toMatchObject({
      slot: '2026-03-08T18:00:00.000Z',
      why: 'late',
      missed: 6,
      missedSince: '2026-03-02T18:00:00.000Z',
    })
    site.pass('2026-03-11T12:00+08:00')
    expect(startsOf(site).slice(2)).toEqual(['03-10 02:00 due', '03-11 02:00 due'])
  })

  it('F06: waits a while after a start of the service', () => {
    const site = after({})
    site.restart()
    site.pass('2026-03-09T12:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-09 09:02 late'])
  })

  it('is left out where the job says so, with a note', () => {
    const site = after({ catchUp: 'skip' })
    site.pass('2026-03-10T12:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-10 02:00 due'])
    expect(site.notesOf('job_aaaaaa').map(({ state, why, missed }) => [state, why, missed])).toEqual([
      ['since', 'first-seen', 0],
      ['begun', 'due', 0],
      ['skipped', 'missed', 6],
      ['begun', 'due', 0],
    ])
  })

  it('is made up for only where the newest backup is older than the job says', () => {
    for (const [days, starts] of [
      [6, 2],
      [8, 1],
    ] as const) {
      const site = after({ catchUp: { olderThanMinutes: (days * DAY) / MINUTE } })
      site.pass('2026-03-09T12:00+08:00')
      expect(site.started).toHaveLength(starts)
    }
  })

  it('F13: is not missed where the process only stalled', () => {
    const site = siteOf({ ...nightly, catchUp: 'skip' })
    site.pass('2026-03-02T01:55+08:00')
    site.now = Date.parse('2026-03-02T02:09+08:00')
    site.look()
    expect(startsOf(site)).toEqual(['03-02 02:09 due'])
  })

  it('F07: while a run takes longer than its interval, is made up for once after it, never beside it', () => {
    const site = siteOf({ full: '0 * * * *', zone })
    site.fate = () => ({ outcome: 'good', minutes: 190 })
    site.pass('2026-03-01T21:00+08:00')
    expect(startsOf(site)).toEqual(['03-01 13:00 due', '03-01 16:10 due', '03-01 19:20 late'])
  })
})

describe('a clock', () => {
  it('F01: that is set back an hour starts nothing twice', () => {
    const site = siteOf()
    site.pass('2026-03-02T02:30+08:00')
    site.now -= HOUR
    site.pass('2026-03-03T12:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-03 02:00 due'])
  })

  it('F01: that is set back for weeks is followed, a night at a time', () => {
    const site = siteOf()
    site.pass('2026-03-02T02:30+08:00')
    site.now -= 5 * DAY
    site.pass('2026-03-03T12:00+08:00', 10 * MINUTE)
    const nights = ['02-26', '02-27', '02-28', '03-01', '03-03'].map((day) => `${day} 02:00 due`)
    expect(startsOf(site)).toEqual(['03-02 02:00 due', ...nights])
  })

  it('F02: that was ten years ahead for a while does not stop the schedule', () => {
    const site = siteOf()
    site.pass('2026-03-02T02:30+08:00')
    site.now += 10 * 365 * DAY
    site.pass(site.now + HOUR)
    expect(startsOf(site)).toHaveLength(2)
    site.now = Date.parse('2026-03-02T05:00+08:00')
    site.pass('2026-03-05T12:00+08:00')
    expect(startsOf(site).slice(2)).toEqual(['03-03 02:00 due', '03-04 02:00 due', '03-05 02:00 due'])
  })
})

describe('a run that fails', () => {
  it('is tried again, after waits that grow, for 23 hours', () => {
    const site = siteOf()
    site.fate = () => ({ outcome: 'failed', minutes: 1 })
    site.pass('2026-03-03T01:59+08:00')
    const waits = site.started.slice(1).map(({ at }, n) => (at - site.started[n]!.at) / MINUTE)
    expect(waits.slice(0, 10)).toEqual([10, 10, 10, 20, 20, 20, 40, 40, 40, 60])
    expect(waits.every((wait) => wait <= 60)).toBe(true)
    expect(site.started.at(-1)!.at).toBeLessThan(Date.parse('2026-03-03T01:00+08:00'))
    site.pass('2026-03-03T02:00+08:00')
    expect(startsOf(site).at(-1)).toBe('03-03 02:00 due')
  })

  it('is not tried again once it succeeded, or a backup was made by hand, or the job wants none', () => {
    let tries = 0
    const site = siteOf()
    site.fate = () => ({ outcome: (tries += 1) < 3 ? 'failed' : 'good', minutes: 1 })
    site.pass('2026-03-02T20:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-02 02:10 retry', '03-02 02:20 retry'])
    const once = siteOf({ ...nightly, retry: { everyMinutes: 10, forMinutes: 0 } })
    once.fate = () => ({ outcome: 'failed', minutes: 1 })
    once.pass('2026-03-02T20:00+08:00')
    expect(once.started).toHaveLength(1)
  })

  it('still says for how many missed ones it stands', () => {
    const site = siteOf()
    site.pass('2026-03-02T03:00+08:00')
    site.now = Date.parse('2026-03-09T09:00+08:00')
    site.fate = () => ({ outcome: 'failed', minutes: 1 })
    site.pass('2026-03-09T10:00+08:00')
    const missed = { missed: 6, missedSince: '2026-03-02T18:00:00.000Z' }
    expect(site.notesOf('job_aaaaaa').at(-1)).toMatchObject({ why: 'retry', ...missed })
  })

  it('A01: goes on at once when its process was killed, and only once at once', () => {
    const site = siteOf()
    site.fate = () => ({ outcome: 'good', minutes: 60 })
    site.pass('2026-03-02T02:20+08:00')
    site.restart()
    site.look()
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-02 02:20 retry'])
    site.restart()
    site.look()
    expect(site.started).toHaveLength(2)
    site.pass('2026-03-02T12:00+08:00')
    expect(startsOf(site).slice(2)).toEqual(['03-02 02:30 retry'])
  })

  it('that cannot even start is tried again', () => {
    let tries = 0
    const site = siteOf()
    site.fate = () => ({ outcome: (tries += 1) < 3 ? 'refused' : 'good', minutes: 1 })
    site.pass('2026-03-02T20:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due', '03-02 02:10 retry', '03-02 02:20 retry'])
  })

  it('is begun though the catalog can take no note, and not begun again', () => {
    const site = siteOf()
    site.isCatalogFull = true
    site.pass('2026-03-02T20:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 02:00 due'])
  })
})

describe('what is held back', () => {
  it('by a pause begins after it', () => {
    const site = siteOf(nightly, { paused: '2026-03-02T08:00+08:00' })
    site.pass('2026-03-03T12:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 08:00 late', '03-03 02:00 due'])
    const held = siteOf(nightly, { paused: 'until-resumed' })
    held.pass('2026-03-05T12:00+08:00', 10 * MINUTE)
    expect(held.started).toEqual([])
  })

  it('by quiet hours, over midnight too, begins at their end, whatever is said of missed runs', () => {
    const site = siteOf({ ...nightly, quiet: { from: '22:00', to: '06:30' }, catchUp: 'skip' })
    site.pass('2026-03-03T12:00+08:00')
    expect(startsOf(site)).toEqual(['03-02 06:30 quiet-over', '03-03 06:30 quiet-over'])
    const none = siteOf({ ...nightly, quiet: { from: '02:00', to: '02:00' } })
    none.pass('2026-03-02T12:00+08:00')
    expect(startsOf(none)).toEqual(['03-02 02:00 due'])
  })

  it('is nothing of a job that is switched off', () => {
    const site = siteOf(nightly, { enabled: false })
    site.pass('2026-03-03T12:00+08:00', 10 * MINUTE)
    expect(site.started).toEqual([])
  })
})
