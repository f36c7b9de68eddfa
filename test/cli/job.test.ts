/** `sitekeep job`: what the options amount to, and that a refused command leaves nothing behind. */
import { existsSync, writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDraftSchema, type Job } from '../../electron/contract/job.ts'
import type { DestinationConfig } from '../../electron/contract/destination.ts'
import { failure } from '../../electron/cli/failure.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { play, type Answers } from './stage.ts'

const nas: DestinationConfig = { id: 'dst_aaaaaa', name: 'nas', enabled: true, kind: 'folder', path: '/mnt/nas' }

/** An agent that keeps what it is given, as the real one does. */
function keeping(jobs: Job[] = [], destinations: DestinationConfig[] = [nas]): Answers {
  return {
    'job.list': () => jobs,
    'job.show': () => jobs[0]!,
    'destination.list': () => destinations,
    'job.check': () => ({}),
    'destination.add': ({ path }) => {
      destinations.push({ id: 'dst_bbbbbb', name: 'new', enabled: true, kind: 'folder', path })
      return destinations.at(-1)!
    },
    'destination.remove': ({ destination }) => {
      destinations.splice(0, destinations.length, ...destinations.filter(({ id }) => id !== destination))
      return {}
    },
    'job.add': ({ draft }) => made(draft),
    'job.edit': ({ draft }) => made(draft),
  }
}

function made(draft: unknown): Job {
  const parsed = jobDraftSchema.parse(draft)
  const sources = parsed.sources.map(
    (source, index) => ({ id: `src_aaaaa${index}`, ...source }) as Job['sources'][number],
  )
  return { ...parsed, id: 'job_aaaaaa', slug: 'shop', sources }
}

const paramsOf = (played: Awaited<ReturnType<typeof play>>, method: string): unknown =>
  played.calls.find((call) => call.method === method)?.params

describe('job add', () => {
  it('turns its options into a draft, with paths from where the person is', async () => {
    const args = ['job', 'add', 'shop', '--sqlite', 'a/data.db', '--sqlite', 'b/data.db', '--files', 'up', 'img']
    args.push('--config', '.env', '--to', 'nas', '--full', '0 2 * * *', '--keep', 'full=8w', '--exclude', '*.tmp')
    const more = ['--compression', 'zstd', '--prove', 'restored', '--rpo', '2d', '--json']
    const played = await play([...args, ...more], { answers: keeping(), cwd: '/srv' })
    expect(played.exit).toBe(0)
    expect(paramsOf(played, 'job.add')).toEqual({
      draft: {
        name: 'shop',
        sources: [
          { kind: 'sqlite', name: 'data', path: '/srv/a/data.db' },
          { kind: 'sqlite', name: 'data-2', path: '/srv/b/data.db' },
          { kind: 'files', name: 'files', roots: ['/srv/up', '/srv/img'], exclude: ['*.tmp'] },
          { kind: 'config', name: 'config', globs: ['/srv/.env'], exclude: ['*.tmp'] },
        ],
        destinations: [nas.id],
        schedule: { full: '0 2 * * *' },
        keep: { full: 56, incremental: 7, hot: 3 },
        compression: 'zstd',
        prove: 'restored',
        rpoMinutes: 2880,
      },
    })
  })

  it('adds a folder as a destination, and uses one that is there by its path', async () => {
    const fresh = await play(['job', 'add', 'a', '--sqlite', 'x.db', '--to', './new'], { answers: keeping() })
    expect(paramsOf(fresh, 'destination.add')).toEqual({ kind: 'folder', path: '/srv/new' })
    const again = await play(['job', 'add', 'a', '--sqlite', 'x.db', '--to', '/mnt/nas'], { answers: keeping() })
    expect(paramsOf(again, 'destination.add')).toBeUndefined()
  })

  it('does not take a mistyped destination for a new folder', async () => {
    const played = await play(['job', 'add', 'a', '--sqlite', 'x.db', '--to', 'nsa', '--json'], { answers: keeping() })
    expect([played.exit, paramsOf(played, 'destination.add')]).toEqual([4, undefined])
  })

  it('has everything checked before a place is made, and makes none where that is refused', async () => {
    const answers: Answers = {
      ...keeping(),
      'job.check': () => {
        throw failure('source-not-sqlite', { path: '/srv/x.db' })
      },
    }
    const args = ['job', 'add', 'a', '--sqlite', 'x.db', '--to', '/new/place', 'nas', '--json']
    const played = await play(args, { answers })
    expect(played.document()).toMatchObject({ error: { code: 'source-not-sqlite' } })
    expect([played.exit, paramsOf(played, 'destination.add')]).toEqual([1, undefined])
    expect(paramsOf(played, 'job.check')).toMatchObject({
      draft: { name: 'a', sources: [{ path: '/srv/x.db' }], destinations: [nas.id] },
      places: ['/new/place'],
    })
  })

  it('forgets the destination it has added where the agent refuses the job', async () => {
    const destinations = [nas]
    const answers: Answers = {
      ...keeping([], destinations),
      'job.add': () => {
        throw failure('invalid-input', { reason: 'no' })
      },
    }
    const played = await play(['job', 'add', 'a', '--sqlite', 'x.db', '--to', '/new/place', '--json'], { answers })
    expect(played.exit).toBe(2)
    expect(destinations).toEqual([nas])
  })
})

describe('job edit', () => {
  it('changes what is named and keeps the rest', async () => {
    const before = made({
      name: 'shop',
      sources: [
        { id: 'src_aaaaaa', kind: 'sqlite', name: 'data', path: '/d.db' },
        { kind: 'files', name: 'up', roots: ['/up'] },
      ],
      destinations: [nas.id],
      keep: { full: 9, incremental: 7, hot: 3 },
      schedule: { full: '0 2 * * *' },
    })
    const played = await play(['job', 'edit', 'shop', '--files', '/other'], { answers: keeping([before]) })
    const { draft } = paramsOf(played, 'job.edit') as { draft: Job }
    expect(draft.sources[0]).toMatchObject({ id: 'src_aaaaaa', kind: 'sqlite', path: '/d.db' })
    expect(draft.sources[1]).toMatchObject({ kind: 'files', roots: ['/other'] })
    expect(draft).toMatchObject({ destinations: [nas.id], keep: { full: 9 }, schedule: { full: '0 2 * * *' } })
  })
})

describe('job export and import', () => {
  it('carry a job over with its destinations by path', async () => {
    const dir = makeTempDir()
    const file = join(dir, 'jobs.json')
    const job = made({ name: 'shop', sources: [{ kind: 'sqlite', name: 'x', path: '/x' }], destinations: [nas.id] })
    expect((await play(['job', 'export', '--out', file], { answers: keeping([job]) })).exit).toBe(0)
    const played = await play(['job', 'import', file, '--json'], { answers: keeping([], []) })
    expect(played.exit).toBe(0)
    expect(paramsOf(played, 'destination.add')).toEqual({ kind: 'folder', path: '/mnt/nas' })
    expect(paramsOf(played, 'job.add')).toMatchObject({ draft: { name: 'shop', destinations: ['dst_bbbbbb'] } })
  })

  it('never overwrite a file', async () => {
    const file = join(makeTempDir(), 'mine.json')
    writeFileSync(file, 'mine')
    const played = await play(['job', 'export', '--out', file, '--json'], { answers: keeping() })
    expect(played.exit).toBe(2)
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it.each(['', '{}', '{"sitekeep_jobs":1,"jobs":[{"name":""}]}'])(
    'refuse a file that is no export: %j',
    async (text) => {
      const file = join(makeTempDir(), 'jobs.json')
      writeFileSync(file, text)
      const played = await play(['job', 'import', file, '--json'], { answers: keeping() })
      expect(played.document()).toMatchObject({ error: { code: 'invalid-input' } })
      expect(existsSync(file)).toBe(true)
    },
  )
})
