/** What a newcomer types, and the words that come back: against an agent that answers from a table. */
import { describe, expect, it } from 'vitest'
import type { Job } from '../../electron/contract/job.ts'
import { failure } from '../../electron/cli/failure.ts'
import { play, type Answers } from './stage.ts'

const job = {
  id: 'job_3f9a01',
  name: 'shop',
  slug: 'shop',
  sources: [],
  schedule: {},
  destinations: [],
} as unknown as Job

describe('a group of commands without a command', () => {
  it.each([[[]], [['secret']], [['job']], [['destination']]])('prints its help: %j', async (args) => {
    const played = await play(args)
    expect(played.exit).toBe(2)
    expect(played.err).toContain('Usage: sitekeep')
    expect(played.err).not.toContain('outputHelp')
    const { error } = (await play([...args, '--json'])).document() as { error: { code: string; message: string } }
    expect(error).toMatchObject({ code: 'usage', message: 'No command was given.' })
  })
})

describe('job add', () => {
  const answers: Answers = {
    'destination.list': () => [{ id: 'dst_3f9a01', name: 'nas', enabled: true, kind: 'folder', path: '/nas' }],
    'job.check': () => ({}),
    'job.add': ({ draft }) => ({ ...job, schedule: draft.schedule ?? {} }),
  }
  const add = ['job', 'add', 'shop', '--sqlite', 'a.db', '--to', 'nas']
  it('says that there is no schedule and how to set one', async () => {
    const played = await play(add, { answers })
    expect(played.out).toContain('no schedule')
    expect(played.out).toContain('sitekeep job edit "shop" --full "0 2 * * *"')
    expect((await play([...add, '--full', '0 2 * * *'], { answers })).out).not.toContain('no schedule')
  })
})

describe('job edit', () => {
  it('without an option has nothing to change', async () => {
    const played = await play(['job', 'edit', 'shop'], { answers: { 'job.show': () => job } })
    expect([played.exit, played.calls]).toEqual([2, []])
    expect(played.err).toContain('Nothing to change')
  })
  it('says of a source that is missing that the job was not changed', async () => {
    const answers: Answers = {
      'job.show': () => job,
      'job.edit': () => {
        throw failure('source-missing', { path: '/nosuch' })
      },
    }
    const played = await play(['job', 'edit', 'shop', '--files', '/nosuch'], { answers })
    expect(played.err).toContain('The job was not changed.')
  })
})

describe('what is not there', () => {
  it.each([[['log', 'nosuch']], [['job', 'import', '/nosuch/jobs.json']]])('is not found: %j', async (args) => {
    // As the agent refuses what is no run's id.
    const answers: Answers = {
      'run.log': () => {
        throw failure('invalid-input', { reason: 'run' })
      },
    }
    const played = await play([...args, '--json'], { answers })
    expect(played.exit).toBe(4)
    expect(played.document()).toMatchObject({ error: { code: 'not-found' } })
  })
  it('history takes no limit of 0', async () => {
    expect((await play(['history', '--limit', '0'])).exit).toBe(2)
  })
})

it('the hint speaks of --yes only where a confirmation was missing', async () => {
  expect((await play(['backup', 'shop', '--fast'])).err).not.toContain('--yes')
  const refused = await play(['job', 'remove', 'shop'], { answers: { 'job.show': () => job } })
  expect(refused.err).toContain('--yes')
})

it('why a backup failed is told once', async () => {
  const error = failure('source-missing', { path: '/srv/a.db' }).data
  const detail = { 'source': 'a', 'reason': 'source-missing', 'reason.path': '/srv/a.db' }
  const answers: Answers = {
    'backup.start': () => ({ run: 'run_3f9a01' }),
    'run.wait': () => ({
      ...{ id: 'run_3f9a01', kind: 'backup', jobName: 'shop', trigger: 'manual', outcome: 'failed', error },
      ...{ startedAt: '2026-01-05T02:00:00+08:00', sets: [], spans: [], bytesRead: 0, bytesStored: 0 },
      findings: [{ code: 'source-failed', weight: 'warning', message: '', hint: '', detail }],
    }),
  }
  const played = await play(['backup', 'shop'], { answers })
  expect(played.out.match(/\/srv\/a\.db does not exist/g)).toHaveLength(1)
})
