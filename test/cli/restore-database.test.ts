/** `sitekeep restore --to postgres://…`: into a database that is made, or one that is replaced after a question. */
import { expect, it } from 'vitest'
import { restoreRequestSchema } from '../../electron/contract/restore.ts'
import { play, type Answers, type Played, type StageOptions } from './stage.ts'

const local = { via: 'host', host: '127.0.0.1', port: 5432, user: 'postgres', sslMode: 'prefer' }

const paramsOf = (played: Played, method: string): unknown =>
  played.calls.find((call) => call.method === method)?.params

const answers: Answers = { 'restore.start': () => ({ run: 'run_aaaaaa' }) }
const url = 'postgres://app@db.lan/shop2'
const restore = async (args: readonly string[], options: StageOptions = {}): Promise<Played> =>
  await play(['restore', 'shop/latest', ...args], { answers, ...options })
const into = { server: { ...local, host: 'db.lan', user: 'app' }, database: 'shop2', mode: 'new' }

it('sends an address as a database, not as a folder', async () => {
  const played = await restore(['--to', url, '--password-secret', 'pg'])
  const params = paramsOf(played, 'restore.start')
  expect(params).toEqual({
    set: 'shop/latest',
    into: { ...into, server: { ...into.server, passwordSecret: 'pg' } },
  })
  expect(restoreRequestSchema.safeParse(params).success).toBe(true)
  const planned = await restore(['--to', url, '--dry-run', '--only', 'shop'])
  expect(paramsOf(planned, 'restore.plan')).toEqual({ set: 'shop/latest', only: 'shop', into })
})

it('replaces a database only after a yes, and says that the present one is kept', async () => {
  const asked = await restore(['--to', url, '--in-place'], { isInteractive: true, typed: ['n'] })
  expect([asked.exit, asked.calls]).toEqual([1, []])
  expect(asked.err).toMatch(/Replace the database "shop2" on db\.lan:5432 .* kept there under another name/)
  const mute = await restore(['--to', url, '--in-place', '--json'])
  expect([mute.exit, mute.calls]).toEqual([2, []])
  for (const options of [{ isInteractive: true, typed: ['y'] }, {}]) {
    const yes = await restore(['--to', url, '--in-place', ...('typed' in options ? [] : ['--yes'])], options)
    expect(paramsOf(yes, 'restore.start')).toEqual({ set: 'shop/latest', into: { ...into, mode: 'replace' } })
  }
  const planned = await restore(['--to', url, '--in-place', '--dry-run'])
  expect(paramsOf(planned, 'restore.plan')).toMatchObject({ into: { mode: 'replace' } })
})

it('replaces a database in its own place, which the agent knows, after a yes', async () => {
  const asked = await restore(['--in-place'], { isInteractive: true, typed: ['n'] })
  expect([asked.exit, asked.calls]).toEqual([1, []])
  expect(asked.err).toMatch(/Replace the database that was backed up .* kept beside it under another name/)
  const yes = await restore(['--in-place', '--only', 'erp', '--yes'])
  expect(paramsOf(yes, 'restore.start')).toEqual({ set: 'shop/latest', only: 'erp', inPlace: true })
})

it.each([
  [['--to', 'postgres://db.lan'], /names no database/],
  [['--to', 'postgres://u:hunter2@db.lan/x'], /holds a password/],
  [['--to', '/srv/r', '--in-place'], /for databases only/],
  [['--in-place', '--test-mode'], /for databases only/],
  [['--to', '/srv/r', '--password-secret', 'x'], /--password-secret is for/],
  [['--to', 'postgres://db.lan/x', '--test-mode'], /exclude each other/],
])('refuses %j', async (args, words) => {
  const played = await restore([...args, '--json', '--yes'])
  expect([played.exit, played.calls]).toEqual([2, []])
  expect(played.out).toMatch(words)
  expect(played.out).not.toContain('hunter2')
})

it('leaves space unsaid where the target is a server', async () => {
  const plan: Answers = {
    'restore.plan': () => ({
      set: {
        id: 'shop/full_backup_20260101_020000',
        jobName: 'shop',
        type: 'full',
        at: '2026-01-01T02:00:00Z',
        proof: 'matched',
      },
      target: 'db.lan:5432/shop2',
      items: [{ source: 'shop', kind: 'postgres', to: 'db.lan:5432/shop2', bytes: 5, tables: 2 }],
      bytesNeeded: 5,
      warnings: [],
    }),
  }
  const played = await restore(['--to', url, '--dry-run'], { answers: plan })
  expect(played.exit).toBe(0)
  expect(played.out).toContain('db.lan:5432/shop2')
  expect(played.out).not.toMatch(/Needs|NaN|undefined/)
})
