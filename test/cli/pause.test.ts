/** Pauses and schedules at the command line: what its options amount to, and what is refused. */
import { describe, expect, it } from 'vitest'
import type { Job } from '../../electron/contract/job.ts'
import { scheduleFrom } from '../../electron/cli/schedule-options.ts'
import { play, type Played } from './stage.ts'

const job = { id: 'job_aaaaaa', name: '商店', slug: 'shop', schedule: { full: '0 2 * * *' } } as unknown as Job
const answers = {
  'job.pause': ({ length }: { length: unknown }) => [
    { ...job, paused: length === 'until-resumed' ? length : '2026-11-22T00:00:00+08:00' },
  ],
  'job.resume': () => [job],
} as never
const asked = ({ calls }: Played) => calls.map(({ method, params }) => [method, params])

describe('pause', () => {
  it.each([
    [['pause', '商店'], 'job.pause', { job: '商店', length: 'until-resumed' }],
    [['pause', '--for', '2h'], 'job.pause', { length: 120 }],
    [['pause', '--for', 'tomorrow'], 'job.pause', { length: 'tomorrow' }],
    [['resume'], 'job.resume', {}],
    [['resume', '商店'], 'job.resume', { job: '商店' }],
  ])('%j asks for what was said', async (args, method, params) => {
    const played = await play(args, { answers })
    expect(played.exit).toBe(0)
    expect(asked(played)).toEqual([[method, params]])
    expect(played.out).toContain('商店')
  })

  it.each(['soon', '0', '0h', '9999d'])('for %s is refused', async (time) => {
    expect((await play(['pause', '--for', time], { answers })).exit).toBe(2)
  })
})

describe('a schedule', () => {
  it('is what was named, beside what was there', () => {
    expect(scheduleFrom({ full: '@daily', zone: 'Asia/Shanghai', catchUp: 'skip' })).toEqual({
      full: '@daily',
      zone: 'Asia/Shanghai',
      catchUp: 'skip',
    })
    const before = { full: '0 2 * * *', zone: 'Asia/Shanghai', quiet: { from: '09:00', to: '18:00' } }
    expect(scheduleFrom({ hot: '0 12 * * *' }, before)).toEqual({ ...before, hot: '0 12 * * *' })
    expect(scheduleFrom({ zone: 'local', quiet: 'none', full: '' }, before)).toEqual({})
  })

  it.each([
    ['--catch-up', 'older=6h', { catchUp: { olderThanMinutes: 360 } }],
    ['--catch-up', 'skip', { catchUp: 'skip' }],
    ['--retry', 'none', { retry: { everyMinutes: 10, forMinutes: 0 } }],
    ['--retry', '5m,2h', { retry: { everyMinutes: 5, forMinutes: 120 } }],
    ['--quiet', '22:00-06:00', { quiet: { from: '22:00', to: '06:00' } }],
    ['--zone', 'Europe/Berlin', { zone: 'Europe/Berlin' }],
    ['--hot', '0 12 * * *', { hot: '0 12 * * *' }],
  ])('%s %s', async (option, value, schedule) => {
    const before = { ...job, sources: [], destinations: ['dst_aaaaaa'] }
    const played = await play(['job', 'edit', '商店', option, value], {
      answers: { 'job.show': () => before, 'job.edit': () => before, 'destination.list': () => [] },
    })
    const edited = played.calls.find(({ method }) => method === 'job.edit')?.params as { draft: Job }
    expect(edited.draft.schedule).toEqual({ full: '0 2 * * *', ...schedule })
  })

  it.each([
    ['--catch-up', 'later'],
    ['--catch-up', 'older=never'],
    ['--retry', '10m'],
    ['--quiet', '25:00-06:00'],
    ['--quiet', 'always'],
  ])('%s %s is refused', async (option, value) => {
    expect((await play(['job', 'edit', '商店', option, value], { answers: {} })).exit).toBe(2)
  })
})
