/** PostgreSQL at the command line: the sources that its options amount to, passwords, and what is refused. */
import { describe, expect, it } from 'vitest'
import { failure } from '../../electron/cli/failure.ts'
import type { DestinationConfig } from '../../electron/contract/destination.ts'
import { passwordNameFor, secretNamePattern } from '../../electron/contract/ids.ts'
import { jobDraftSchema, type Job } from '../../electron/contract/job.ts'
import { play, type Answers, type Played, type StageOptions } from './stage.ts'

const nas: DestinationConfig = { id: 'dst_aaaaaa', name: 'nas', enabled: true, kind: 'folder', path: '/mnt/nas' }
const local = { via: 'host', host: '127.0.0.1', port: 5432, user: 'postgres', sslMode: 'prefer' }
const inDocker = { via: 'container', program: 'docker', container: 'shop-db-1', user: 'postgres' }

function made(draft: unknown): Job {
  const parsed = jobDraftSchema.parse(draft)
  const sources = parsed.sources.map((source, n) => ({ id: `src_aaaaa${n}`, ...source }) as Job['sources'][number])
  return { ...parsed, id: 'job_aaaaaa', slug: 'shop', sources }
}

/** An agent that keeps jobs and secrets as the real one does. */
function keeping(secrets: string[] = [], before?: Job): Answers {
  return {
    'job.show': () => before!,
    'job.check': () => ({}),
    'job.add': ({ draft }) => made(draft),
    'job.edit': ({ draft }) => made(draft),
    'destination.list': () => [nas],
    'secret.list': () => secrets.map((name) => ({ name, updatedAt: '2026-01-01T00:00:00Z' })),
    'secret.set': ({ name }) => {
      secrets.push(name)
      return {}
    },
    'secret.remove': ({ name }) => {
      secrets.splice(secrets.indexOf(name), 1)
      return {}
    },
  }
}

const paramsOf = (played: Played, method: string): unknown =>
  played.calls.find((call) => call.method === method)?.params

async function add(args: readonly string[], options: StageOptions = {}): Promise<Played> {
  return await play(['job', 'add', 'shop', ...args, '--to', 'nas', '--json'], { answers: keeping(), ...options })
}

async function sourcesOf(...args: readonly string[]): Promise<unknown> {
  const played = await add(args)
  expect(played.err + played.out).not.toContain('error')
  return (paramsOf(played, 'job.add') as { draft: Job }).draft.sources
}

describe('job add', () => {
  it('takes servers by their address: one database, or all of them', async () => {
    expect(await sourcesOf('--postgres', 'postgres://shop@db.lan:5433/wms?sslmode=require', 'postgres://db2')).toEqual([
      {
        kind: 'postgres',
        name: 'wms',
        server: { via: 'host', host: 'db.lan', port: 5433, user: 'shop', sslMode: 'require' },
        databases: ['wms'],
      },
      { kind: 'postgres', name: 'postgres', server: { ...local, host: 'db2' }, databases: 'all' },
    ])
  })

  it('takes containers of another computer, and servers as a connection service file names them', async () => {
    const engine = ['--engine-host', 'ssh://root@erp.lan', '--engine-context', 'erp']
    expect(await sourcesOf('--container', 'erp-db', ...engine, '--pg-service', 'wms')).toEqual([
      {
        ...{ kind: 'postgres', name: 'erp-db', databases: 'all' },
        server: { ...inDocker, container: 'erp-db', engineHost: 'ssh://root@erp.lan', context: 'erp' },
      },
      { kind: 'postgres', name: 'wms', server: { via: 'service', service: 'wms' }, databases: 'all' },
    ])
    for (const refused of [
      ['--container', 'c', '--engine-host', 'erp.lan'],
      ['--container', 'c', '--engine-context', '-x'],
      ['--pg-service', 'a\u0001b'],
      ['--postgres', 'postgres://db', '--engine-host', 'ssh://erp.lan'],
    ])
      expect((await add(refused)).exit).toBe(2)
  })

  it('takes containers with all that is said about them, and leaves --exclude to the folders', async () => {
    const said = ['--podman', '--db-user', 'app', '--database', 'a', 'b', 'a', '--password-secret', 'pg', '--digests']
    const more = ['--format', 'custom', '--no-globals', '--scratch', 'same', '--files', 'up', '--exclude', '*.tmp']
    expect(await sourcesOf('--container', 'shop-db-1', ...said, ...more)).toEqual([
      {
        kind: 'postgres',
        name: 'shop-db-1',
        server: { ...inDocker, program: 'podman', user: 'app', passwordSecret: 'pg' },
        databases: ['a', 'b'],
        format: 'custom',
        globals: false,
        digests: true,
        scratch: 'same',
      },
      { kind: 'files', name: 'up', roots: ['/srv/up'], exclude: ['*.tmp'] },
    ])
  })

  it('takes another server for restore tests, with a password of its own', async () => {
    const [source] = (await sourcesOf(
      ...['--postgres', 'postgres://localhost', '--password-secret', 'here'],
      ...['--scratch', 'postgres://probe@test.lan', '--scratch-secret', 'there'],
    )) as [{ server: unknown; scratch: unknown }]
    expect(source.server).toEqual({ ...local, host: 'localhost', passwordSecret: 'here' })
    expect(source.scratch).toEqual({ ...local, host: 'test.lan', user: 'probe', passwordSecret: 'there' })
  })

  it('resolves a certificate from where the person is', async () => {
    const [source] = (await sourcesOf(
      '--postgres',
      'postgres://db/x?sslmode=verify-full&sslrootcert=certs/ca.pem',
    )) as [{ server: unknown }]
    expect(source.server).toMatchObject({ sslMode: 'verify-full', sslRootCert: '/srv/certs/ca.pem' })
  })
})

describe('job edit', () => {
  const before = made({
    name: 'shop',
    sources: [
      { id: 'src_aaaaaa', kind: 'postgres', name: 'db', server: inDocker, databases: 'all', lockWaitSeconds: 7 },
      { id: 'src_bbbbbb', kind: 'files', name: 'up', roots: ['/up'] },
    ],
    destinations: [nas.id],
  })
  const edit = async (...args: readonly string[]): Promise<Job['sources']> => {
    const played = await play(['job', 'edit', 'shop', ...args], { answers: keeping([], before) })
    expect(played.exit).toBe(0)
    return (paramsOf(played, 'job.edit') as { draft: Job }).draft.sources
  }

  it('leaves a server as it is where nothing is said about it', async () => {
    expect((await edit('--files', '/other'))[0]).toEqual(before.sources[0])
    expect((await edit('--exclude', '*.tmp'))[0]).toEqual(before.sources[0])
  })

  it('changes what is named of the server that is there', async () => {
    const [source] = await edit('--database', 'shop', '--digests', '--db-user', 'app', '--password-secret', 'pg')
    expect(source).toEqual({
      ...before.sources[0],
      server: { ...inDocker, user: 'app', passwordSecret: 'pg' },
      databases: ['shop'],
      digests: true,
    })
    expect((await edit('--no-globals'))[0]).toEqual({ ...before.sources[0], globals: false })
  })

  it('takes another server in its place', async () => {
    expect(await edit('--postgres', 'postgres://db.lan/x')).toMatchObject([
      { name: 'x', server: { via: 'host', host: 'db.lan' } },
      { kind: 'files' },
    ])
  })
})

describe('a password from standard input', () => {
  const args = ['--container', 'shop-db-1', '--password-stdin']

  it('is stored under a name of its own before the job is checked, and never printed', async () => {
    const secrets = ['postgres-shop']
    const played = await add(args, { answers: keeping(secrets), input: 'hunter2 \n' })
    expect(played.exit).toBe(0)
    expect(paramsOf(played, 'secret.set')).toEqual({ name: 'postgres-shop-2', value: 'hunter2 ' })
    const methods = played.calls.map((call) => call.method)
    expect(methods.indexOf('secret.set')).toBeLessThan(methods.indexOf('job.check'))
    for (const method of ['job.check', 'job.add'])
      expect(paramsOf(played, method)).toMatchObject({
        draft: { sources: [{ server: { passwordSecret: 'postgres-shop-2' } }] },
      })
    expect(played.out + played.err).not.toContain('hunter2')
    expect(secrets).toEqual(['postgres-shop', 'postgres-shop-2'])
  })

  it.each(['job.check', 'job.add'] as const)('is forgotten again where %s refuses the job', async (method) => {
    const secrets = ['other']
    const refused = (): never => {
      throw failure('postgres-denied', { server: 'db', database: 'x', user: 'u', reason: 'no' })
    }
    const played = await add(args, { answers: { ...keeping(secrets), [method]: refused }, input: 'hunter2\n' })
    expect(played.document()).toMatchObject({ error: { code: 'postgres-denied' } })
    expect([played.exit, secrets]).toEqual([1, ['other']])
  })

  it('is asked for without being shown where a person sits there', async () => {
    const played = await play(['job', 'add', 'shop', ...args, '--to', 'nas'], {
      answers: keeping(),
      isInteractive: true,
      typed: ['hunter2'],
    })
    expect(paramsOf(played, 'secret.set')).toEqual({ name: 'postgres-shop', value: 'hunter2' })
    expect(played.err).toContain('(not shown)')
  })

  it.each([
    ['', 'No value'],
    ['\n', 'No value'],
    ['one\ntwo\n', 'one line'],
  ])('is refused as %j, and nothing is stored', async (input, words) => {
    const played = await add(args, { input })
    expect([played.exit, paramsOf(played, 'secret.set')]).toEqual([2, undefined])
    expect(played.out).toContain(words)
    expect(played.out).not.toContain('two')
  })

  it.each([
    ['Shop', 'postgres-shop'],
    ['仓库', 'postgres-job'],
    ['仓库 WMS', 'postgres-wms'],
    ['Über.Laden', 'postgres-ber-laden'],
    ['x'.repeat(80), `postgres-${'x'.repeat(60)}`],
  ])('for the job %j has a name that a secret can have', (job, name) => {
    expect(passwordNameFor(job, () => false)).toBe(name)
    expect(passwordNameFor(job, (taken) => taken === name)).toBe(`${name}-2`)
    expect(secretNamePattern.test(`${name}-2`)).toBe(true)
  })
})

describe('a refused option', () => {
  const url = 'postgres://db.lan/shop'
  const rows: readonly (readonly [readonly string[], RegExp, RegExp])[] = [
    [['--postgres', 'postgres://u:hunter2@db/x'], /holds a password/, /含有密码/],
    [['--postgres', 'postgres://u:@db/x'], /holds a password/, /含有密码/],
    [['--postgres', 'postgres://u:hunt/er2@db/x'], /holds a password/, /含有密码/],
    [['--postgres', 'mysql://db/x'], /not the address of a PostgreSQL/, /不是 PostgreSQL/],
    [['--postgres', 'hunter2'], /not the address of a PostgreSQL/, /不是 PostgreSQL/],
    [['--postgres', ''], /not the address of a PostgreSQL/, /不是 PostgreSQL/],
    [['--postgres', 'postgres://db/x?options=-c%20a=b'], /may not set "options"/, /不能设置“options”/],
    [['--postgres', url, '--database', 'x'], /names a database already/, /已经指定了数据库/],
    [['--postgres', url, '--db-user', 'x'], /--db-user .* --container/, /--db-user.*--container/],
    [['--postgres', url, '--podman'], /--podman .* --container/, /--podman.*--container/],
    [['--sqlite', 'a.db', '--password-secret', 'x'], /--password-secret .*--postgres/, /--password-secret.*--postgres/],
    [['--sqlite', 'a.db', '--no-globals'], /--globals .*--postgres/, /--globals.*--postgres/],
    [['--container', 'a b'], /not the name of a container/, /不是容器的名称/],
    [['--container', 'db', '--database', ''], /not the name of a database/, /不是数据库的名称/],
    [['--container', 'db', '--scratch', url], /without a database/, /不写数据库/],
    [['--container', 'db', '--scratch', 'same', '--scratch-secret', 'x'], /--scratch-secret/, /--scratch-secret/],
    [['--container', 'db', '--password-secret', 'x', '--password-stdin'], /exclude each other/, /只能用一个/],
    [['--container', 'db', '--format', 'tar'], /Expected one of: sql, custom/, /sql, custom/],
  ]
  it.each(rows)('%j: exit code 2 and words in both languages, and nothing is made', async (args, english, chinese) => {
    for (const [language, words] of [
      ['en', english],
      ['zh-CN', chinese],
    ] as const) {
      const played = await add([...args, '--lang', language], { input: 'hunter2\n' })
      const { error } = played.document() as { error: { code: string; message: string; hint: string } }
      expect([played.exit, error.code]).toEqual([2, 'usage'])
      expect(error.message).toMatch(words)
      expect(error.hint).not.toBe('')
      expect(played.out + played.err).not.toMatch(/hunt/)
      expect(played.calls.filter(({ method }) => /add|set|check/.test(method))).toEqual([])
    }
  })
})
