/** The whole agent in this process, with the real engine: from an empty state directory to a restored backup. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AgentEvent } from '../../electron/contract/event.ts'
import { connectAgent } from '../../electron/client/client.ts'
import { createEngine } from '../../electron/engine/engine.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { until } from './harness.ts'
import { startAgent, withJob } from './real-agent.ts'

describe('an agent', () => {
  it('backs up, proves, lists, verifies and restores over its socket', async () => {
    const agent = await startAgent()
    const { site, job } = await withJob(agent)
    const client = await connectAgent({ home: agent.home, client: 'test' })
    onTestFinished(() => client.close())
    const events: AgentEvent[] = []
    client.onEvent((event) => events.push(event))
    const { run } = await client.call('backup.start', { job: 'shop' })
    const record = await client.call('run.wait', { run })
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched', job: job.id })
    const { sets } = await client.call('set.list', {})
    expect(sets).toMatchObject([{ proof: 'matched', state: 'present' }])
    const id = sets[0]!.id
    for (const ref of [id, 'shop/latest', 'Shop/latest', 'latest', `${job.id}/latest`, sets[0]!.path])
      expect((await client.call('set.show', { set: ref })).info.id).toBe(id)
    const verified = await client.call('verify.start', { set: 'latest', level: 'restore' })
    expect(await client.call('run.wait', verified)).toMatchObject({ outcome: 'good', proof: 'restored' })
    const to = join(makeTempDir(), 'restored')
    const restored = await client.call('restore.start', { set: 'latest', to })
    expect(await client.call('run.wait', restored)).toMatchObject({ outcome: 'good' })
    expect(readdirSync(to).length).toBeGreaterThan(0)
    const log = await client.call('run.log', { run })
    expect(log.finished).toBe(true)
    expect(log.lines.length).toBeGreaterThan(1)
    await until(() => events.some((event) => event.type === 'light.changed' && event.summary.light === 'good'))
    expect(events.filter((event) => event.type === 'run.finished')).toHaveLength(3)
    expect(await client.call('run.list', { kind: 'backup' })).toMatchObject({
      total: 1,
      runs: [{ id: run, spans: [] }],
    })
    await expect(
      client.call('restore.start', { set: 'latest', to: site.dir }).then((started) => client.call('run.wait', started)),
    ).resolves.toMatchObject({ outcome: 'failed', error: { code: 'target-not-empty' } })
  })

  it('refuses bad names, schedules, references and places, and changes nothing', async () => {
    const agent = await startAgent()
    const { site, destination, job } = await withJob(agent)
    const before = readFileSync(join(agent.home, 'sitekeep.json'), 'utf8')
    const draft = (change: object) => ({ draft: { ...site.draft(destination.id, 'New'), ...change } })
    const refused = async (attempt: Promise<unknown>, code: string) =>
      await expect(attempt).rejects.toMatchObject({ data: { code } })
    await refused(agent.call('job.add', draft({ name: 'SHOP' })), 'duplicate-name')
    await refused(agent.call('job.add', draft({ name: '  ' })), 'bad-name')
    await refused(agent.call('job.add', draft({ name: 'a\u0000b' })), 'bad-name')
    await refused(agent.call('job.add', draft({ name: 'a\u202eb' })), 'bad-name')
    await refused(agent.call('job.add', draft({ name: '' })), 'invalid-input')
    await refused(agent.call('job.add', draft({ schedule: { full: '61 * * * *' } })), 'invalid-input')
    await refused(agent.call('job.add', draft({ schedule: { full: '* * * * * *' } })), 'invalid-input')
    await refused(agent.call('job.add', draft({ destinations: ['dst_000000'] })), 'not-found')
    await refused(
      agent.call('job.add', draft({ sources: [{ kind: 'sqlite', name: 'x', path: '/nowhere.db' }] })),
      'source-missing',
    )
    await refused(agent.call('job.show', { job: 'nothing' }), 'not-found')
    await refused(
      agent.call('destination.add', { kind: 'folder', path: join(site.place, '..', 'backups') }),
      'duplicate-name',
    )
    await refused(agent.call('destination.add', { kind: 'folder', path: 'relative' }), 'invalid-input')
    await refused(agent.call('destination.remove', { destination: destination.id }), 'usage')
    await refused(agent.call('restore.start', { set: 'latest' }), 'usage')
    await refused(agent.call('set.show', { set: 'latest' }), 'not-found')
    await refused(agent.call('run.wait', { run: 'run_000000' }), 'not-found')
    await refused(agent.call('agent.webLink', {}), 'unsupported')
    expect(readFileSync(join(agent.home, 'sitekeep.json'), 'utf8')).toBe(before)
    expect(await agent.call('job.list', {})).toEqual([job])
  })

  it('gives names on disk that any system takes, and says latest only where one job is meant', async () => {
    const agent = await startAgent()
    const { site, destination } = await withJob(agent)
    const slugs: string[] = []
    for (const name of ['备份/1', '../x', 'CON'])
      slugs.push((await agent.call('job.add', { draft: site.draft(destination.id, name) })).slug)
    expect(slugs).toEqual(['备份-1', 'x', 'con-1'])
    await expect(agent.call('set.show', { set: 'latest' })).rejects.toMatchObject({ data: { code: 'ambiguous' } })
    const { run } = await agent.call('backup.start', { job: '备份/1' })
    expect((await agent.call('run.wait', { run })).outcome).toBe('good')
    expect((await agent.call('set.show', { set: '备份/1/latest' })).info.id).toMatch(/^备份-1\/full_backup_/)
  })

  it('keeps the ids of sources that an edit keeps, and the folder of a renamed job', async () => {
    const agent = await startAgent()
    const { site, destination, job } = await withJob(agent)
    const [database] = job.sources
    const edited = await agent.call('job.edit', {
      job: job.id,
      draft: {
        ...site.draft(destination.id, 'Renamed'),
        sources: [database!, { kind: 'files', name: 'new', roots: [join(site.dir, 'uploads')] }],
      },
    })
    expect(edited).toMatchObject({ id: job.id, slug: 'shop', name: 'Renamed' })
    expect(edited.sources[0]?.id).toBe(database?.id)
    expect(job.sources.map(({ id }) => id)).not.toContain(edited.sources[1]?.id)
  })

  it('previews both schedules in local time', async () => {
    const agent = await startAgent()
    const { next } = await agent.call('job.preview', { full: '0 2 * * *', incremental: '0 * * * *' })
    expect(next).toHaveLength(5)
    expect(next.map(({ at }) => at)).toEqual(
      [...next.map(({ at }) => at)].sort((a, b) => Date.parse(a) - Date.parse(b)),
    )
    for (const { type, at } of next) expect(at).toMatch(type === 'full' ? /T02:00:00/ : /T\d\d:00:00/)
  })

  it('G01: a catalog that was deleted is filled from the destinations before a command answers', async () => {
    const home = makeTempDir()
    const first = await startAgent({ home })
    await withJob(first)
    const { run } = await first.call('backup.start', { job: 'shop' })
    await first.call('run.wait', { run })
    await first.stop()
    for (const name of readdirSync(home)) if (name.startsWith('catalog.db')) rmSync(join(home, name))
    const second = await startAgent({ home, mode: 'command' })
    expect((await second.call('set.list', {})).sets).toMatchObject([{ proof: 'matched', state: 'present' }])
    expect((await second.call('status', {})).notices.map(({ code }) => code)).toContain('catalog-new')
  })

  it('I28: keeps everything in its state directory to itself', async () => {
    const agent = await startAgent({ http: { host: '127.0.0.1', port: 0 } })
    await withJob(agent)
    await agent.call('secret.set', { name: 'nas', value: 'hunter2hunter2' })
    const loose = readdirSync(agent.home, { recursive: true, encoding: 'utf8' })
      .map((name) => ({ name, mode: statSync(join(agent.home, name)).mode & 0o077 }))
      .filter(({ mode }) => mode !== 0)
    expect(loose.map(({ name }) => name)).toEqual([])
  })

  it('never lets a stored secret out, in an answer or in its logs', async () => {
    const agent = await startAgent()
    const secret = 'S3cret-canary-value'
    await agent.call('secret.set', { name: 'nas', value: secret })
    expect(JSON.stringify(await agent.call('secret.list', {}))).not.toContain(secret)
    const error = await agent.call('job.show', { job: secret }).catch((thrown: unknown) => thrown)
    expect(JSON.stringify(error)).not.toContain(secret)
    await agent.stop()
    expect(readFileSync(join(agent.home, 'logs', 'agent.log'), 'utf8')).not.toContain(secret)
  })

  it('I27: writes no stored secret into a manifest, a journal, a plain-text log or the catalog', async () => {
    const secret = 'S3cret-canary-value'
    const agent = await startAgent()
    const { site } = await withJob(agent)
    await agent.call('secret.set', { name: 'nas', value: secret })
    // A live database in a folder is a warning that names it.
    new Database(join(site.dir, 'uploads', `${secret}.db`)).exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a)')
    const { run } = await agent.call('backup.start', { job: 'shop' })
    const record = await agent.call('run.wait', { run })
    expect(record.findings.map(({ code }) => code)).toContain('live-sqlite')
    const failed = await agent.call('restore.start', { set: 'latest', to: join(site.dir, 'uploads', `${secret}.db`) })
    expect((await agent.call('run.wait', failed)).outcome).toBe('failed')
    await agent.stop()
    const texts = [site.place, agent.home].flatMap((root) =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('secrets'))
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    const names = ['manifest.json', 'backup.log', '-run.json', 'catalog.db'].map((end) =>
      texts.some((path) => path.endsWith(end)),
    )
    expect(names).toEqual([true, true, true, true])
    expect(texts.filter((path) => readFileSync(path).includes(secret))).toEqual([])
  })

  it('serves its pages by a link that works once', async () => {
    const agent = await startAgent({ http: { host: '127.0.0.1', port: 0 } })
    const { url } = await agent.call('agent.webLink', {})
    const { origin, hash } = new URL(url)
    const headers = { origin, 'content-type': 'application/json' }
    const signedIn = await fetch(`${origin}/auth`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ code: hash.slice('#code='.length) }),
    })
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const { value } = (await signedIn.json()) as { value: { token: string } }
    const answer = await fetch(`${origin}/api/agent.info`, {
      method: 'POST',
      headers: { ...headers, cookie, 'x-sitekeep-token': value.token },
      body: '{}',
    })
    expect(await answer.json()).toMatchObject({ ok: true, value: { version: '1.2.3', http: origin } })
  })

  it('lets a viewer look and not act', async () => {
    const agent = await startAgent()
    const viewer = await connectAgent({ home: agent.home, client: 'test', role: 'viewer' })
    onTestFinished(() => viewer.close())
    expect((await viewer.call('status', {})).light).toBe('idle')
    await expect(viewer.call('agent.stop', {})).rejects.toMatchObject({ data: { code: 'not-allowed' } })
    await expect(viewer.call('secret.list', {})).rejects.toMatchObject({ data: { code: 'not-allowed' } })
  })

  it('lets go of the data though one part cannot be closed', async () => {
    const agent = await startAgent({
      createEngine: (deps) => {
        const { catalog } = deps
        const close = catalog.close.bind(catalog)
        catalog.close = () => {
          close()
          throw new Error('the disk is gone')
        }
        return createEngine(deps)
      },
    })
    await agent.stop()
    await agent.stopped
    expect(readFileSync(join(agent.home, 'logs', 'agent.log'), 'utf8')).toContain(
      'closing the catalog: the disk is gone',
    )
    await startAgent({ home: agent.home })
  })

  it('stops when asked to, after answering', async () => {
    const agent = await startAgent()
    const client = await connectAgent({ home: agent.home, client: 'test' })
    expect(await client.call('agent.stop', {})).toEqual({})
    await agent.stopped
    expect((await client.ended).data.code).toBe('agent-unreachable')
    await (await startAgent({ home: agent.home })).stop()
  })
})

it('refuses incremental backups until there are any, and goes on with a schedule that a job has from earlier', async () => {
  const agent = await startAgent()
  const { site, destination, job } = await withJob(agent)
  const refused = { data: { code: 'unsupported' } }
  await expect(agent.call('backup.start', { job: 'shop', type: 'incremental' })).rejects.toMatchObject(refused)
  const draft = { ...site.draft(destination.id), schedule: { incremental: '0 * * * *' } }
  await expect(agent.call('job.edit', { job: job.id, draft })).rejects.toMatchObject(refused)
  await expect(agent.call('job.add', { draft: { ...draft, name: 'other' } })).rejects.toMatchObject(refused)
  const { jobs } = await agent.call('status', {})
  expect(jobs[0]).toMatchObject({ light: 'attention', reasons: [{ code: 'never-run' }, { code: 'no-schedule' }] })
})
