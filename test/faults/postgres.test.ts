/** Faults of PostgreSQL sources (faults.md D) through the whole engine: each ends failed for its true reason, and older sets stay whole. */
import { readdirSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Job } from '../../electron/contract/job.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { failureOf } from '../helpers/failure.ts'
import { checkInvariants } from '../helpers/invariants.ts'
import { openSite, type Site } from '../helpers/open-site.ts'
import { postgresBin, startPostgres, type PostgresServer } from '../helpers/postgres-server.ts'
import { hostOf, postgresSource } from '../helpers/postgres-site.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld, TestClock } from '../helpers/world.ts'
import { wrapping } from '../helpers/wrapped-program.ts'

let server: PostgresServer

/** Waits for restarts and retries are not waited for. */
class HastyClock extends TestClock {
  override sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(Math.min(milliseconds, 300), signal)
  }
}

type Source = Parameters<typeof postgresSource>[2]

async function siteOf(
  spawn: ReturnType<typeof wrapping> | undefined,
  source: Source = {},
): Promise<{ site: Site; job: Job }> {
  const world = { ...makeWorld(spawn === undefined ? {} : { spawn }), clock: new HastyClock() }
  const site = await openSite({ dir: makeTempDir(), world })
  return { site, job: site.job([postgresSource(server, ['shop'], { globals: false, ...source })]) }
}

/** Backs up once well, then again with the fault; what must hold after any fault is checked here. */
async function faulted(
  script: (args: readonly string[]) => string | undefined,
  source: Source = {},
): Promise<RunRecord> {
  let isBroken = false
  const { site, job } = await siteOf(
    wrapping('pg_dump', (args) => (isBroken ? script(args) : undefined)),
    source,
  )
  const first = await site.backup(job)
  expect(first).toMatchObject({ outcome: 'good', proof: 'matched' })
  const sets = () => readdirSync(join(site.root, 'shop/full'))
  const before = sets()
  isBroken = true
  const record = await site.backup(job)
  expect(record.outcome).toBe('failed')
  expect(record.sets).toEqual([])
  expect(sets()).toEqual(before)
  expect(checkInvariants({ site, good: [{ root: site.root, set: first.sets[0]!.set }] })).toEqual([])
  return record
}

describe.skipIf(postgresBin === undefined)('PostgreSQL', () => {
  let size = 0
  beforeAll(async () => {
    server = await startPostgres()
    server.query('CREATE DATABASE shop')
    server.query(
      `CREATE TABLE sale AS SELECT n AS id, md5(n::text) AS note FROM generate_series(1, 20000) n;
       CREATE TABLE stock(id int); INSERT INTO stock SELECT generate_series(1, 100); CREATE ROLE clerk LOGIN; GRANT SELECT ON sale TO clerk`,
      'shop',
    )
    size = server.dump('shop').length
  }, 60_000)
  afterAll(() => server.stop())

  it('D01: a dump that is killed at any byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: size - 1 }), async (bytes) => {
        const record = await faulted(() => `"$@" | head -c ${bytes}; kill -9 $$`)
        expect(record.error).toMatchObject({ code: 'dump-failed', detail: { how: 'SIGKILL' } })
      }),
      { numRuns: 4, examples: [[0], [size - 1]] },
    )
  }, 120_000)

  it.each([
    ['D02: a dump that looks whole and exits with 1', '"$@"; exit 1', { how: 'exit 1' }],
    ['D03: half a dump with exit code 0', '"$@" | head -c 500000; exit 0', { reason: 'dump-cut-off' }],
    ['D04: nothing at all with exit code 0', 'exit 0', { reason: 'dump-empty', bytes: 0 }],
    ['D18: a command in the dump', '"$@"; echo; echo "\\\\! touch /tmp/x"', { reason: 'dump-odd' }],
    [
      'D03: a row lost with exit code 0',
      `"$@" | grep -v $'^77\\t'`,
      { reason: 'table public.sale has 19999 rows, expected 20000' },
    ],
  ])('%s', async (_, script, detail) => {
    expect((await faulted(() => script)).error).toMatchObject({ code: 'dump-failed', detail })
  })

  it('D03: half a custom dump with exit code 0 is found when it is read back', async () => {
    const record = await faulted(() => '"$@" | head -c 300000; exit 0', { format: 'custom' })
    expect(record.error).toMatchObject({ code: 'content-mismatch', stage: 'match' })
  })

  it('D03: globals that lack a role, with exit code 0', async () => {
    const short = wrapping('pg_dumpall', () => `"$@" | grep -v 'ROLE clerk'`)
    const { site, job } = await siteOf(short, { globals: true })
    const record = await site.backup(job)
    expect(record).toMatchObject({
      outcome: 'failed',
      error: { code: 'dump-failed', detail: { program: 'pg_dumpall' } },
      sets: [],
    })
    expect(record.error?.message).toContain('1 roles, expected 2')
  })

  it('K18: a custom dump that pg_restore reads to its end and calls broken all the same', async () => {
    const { site, job } = await siteOf(
      wrapping('pg_restore', () => '"$@"; echo "pg_restore: error: checksum" >&2; exit 1'),
      { format: 'custom' },
    )
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'content-mismatch' }, sets: [] })
    expect(record.error?.message).toContain('checksum')
  })

  it('D05: a warning of pg_dump makes a warning, with its words; a harmless one does not', async () => {
    const { site, job } = await siteOf(
      wrapping('pg_dump', () => '"$@"; echo "pg_dump: warning: typsubscript of x is bogus" >&2'),
    )
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'warning', proof: 'matched' })
    expect(record.findings).toMatchObject([{ code: 'dump-warning', weight: 'warning', detail: { database: 'shop' } }])
    expect(record.findings[0]?.message).toContain('typsubscript of x is bogus')
    const circular = 'pg_dump: warning: there are circular foreign-key constraints on this table:'
    const harmless = await siteOf(
      wrapping('pg_dump', () => `"$@"; echo "${circular}" >&2; echo "pg_dump: detail: stock" >&2`),
    )
    expect(await harmless.site.backup(harmless.job)).toMatchObject({ outcome: 'good', findings: [] })
  })

  it('D06: a connection that is cut is begun anew once; a second time it fails', async () => {
    const cut = `{ "$@"; } | { head -c 5000; psql -X -q -h ${server.socketDir} -p ${server.port} -U postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'sitekeep-%'" > /dev/null; cat; }; exit \${PIPESTATUS[0]}`
    const once = await siteOf(wrapping('pg_dump', (_, start) => (start === 1 ? cut : undefined)))
    const record = await once.site.backup(once.job)
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(record.findings).toMatchObject([{ code: 'source-retried', weight: 'note' }])
    expect(checkInvariants({ site: once.site, good: [] })).toEqual([])
    const always = await siteOf(wrapping('pg_dump', () => cut))
    expect(await always.site.backup(always.job)).toMatchObject({
      outcome: 'failed',
      error: { code: 'postgres-lost' },
      sets: [],
    })
  })

  it('D08: a pg_dump older than the server is refused before it runs, and both versions are named', async () => {
    const { site, job } = await siteOf(undefined)
    const spawned: string[] = []
    const spawn = wrapping('pg_dump', () => {
      spawned.push('pg_dump')
      return undefined
    })
    const old = { ...site.world, spawn: olderClient(spawn) }
    const again = await openSite({ dir: site.dir, world: old })
    const record = await again.backup(job)
    expect(record).toMatchObject({
      outcome: 'failed',
      error: { code: 'postgres-tool-old', detail: { client: '11.22' } },
    })
    expect(record.error?.message).toMatch(/PostgreSQL 15\.\d+.*11\.22/)
    expect(spawned).toEqual([])
  })

  it('D09: no pg_dump at all is told by the test of a source', async () => {
    const files = makeWorld().files
    const readdir = ((path: string | Buffer, ...rest: []) =>
      String(path).startsWith('/usr/lib/postgresql')
        ? Promise.resolve([])
        : files.readdir(path, ...rest)) as typeof files.readdir
    const site = await openSite({ dir: makeTempDir(), world: makeWorld({ files: { ...files, readdir } }) })
    const job = site.job([postgresSource(server, ['shop'])])
    const error = await failureOf(site.engine.testSource(job.sources[0]!, new AbortController().signal))
    expect(error.code).toBe('postgres-tool-missing')
  })

  it('D10: a server that takes a connection and says nothing is given up', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    })
    const { port } = silent.address() as AddressInfo
    const { site, job } = await siteOf(undefined, {
      server: { via: 'host', host: '127.0.0.1', port, user: 'postgres' },
    })
    expect(await site.backup(job)).toMatchObject({ outcome: 'failed', error: { code: 'postgres-unreachable' } })
  }, 40_000)

  it('D10: a dump that does not go on ends with the watchdog, and nothing of it stays', async () => {
    const { site, job } = await siteOf(wrapping('pg_dump', () => '"$@" | { head -c 5000; sleep 600; }'))
    // The shell is killed, and what it had started is an orphan of the test's own.
    const orphans =
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'sitekeep%'"
    onTestFinished(() => void server.query(orphans))
    const abort = new AbortController()
    const running = site.backup(job, 'full', abort.signal)
    setTimeout(() => abort.abort(new BackupError('no-progress', { minutes: 10 })), 2000)
    expect(await running).toMatchObject({ outcome: 'failed', error: { code: 'no-progress' }, sets: [] })
    expect(checkInvariants({ site, good: [] })).toEqual([])
    expect(server.query("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")).toBe('0')
  }, 40_000)

  it('D11: a locked table ends the backup with its name and who holds it', async () => {
    server.query('CREATE TABLE hold(id int)', 'shop')
    onTestFinished(() => void server.query('DROP TABLE hold', 'shop'))
    const holding = server.session('shop', 'BEGIN; LOCK TABLE hold IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(60)')
    onTestFinished(() => holding.end())
    await holding.holds('hold')
    const { site, job } = await siteOf(undefined, { lockWaitSeconds: 1 })
    const record = await site.backup(job)
    expect(record.error).toMatchObject({ code: 'postgres-locked', detail: { table: 'public.hold' } })
    expect(record.error?.detail?.['holder']).toEqual(expect.any(Number))
  }, 40_000)

  it('D14: a database that was dropped fails; one that was emptied looks wrong, and older backups stay', async () => {
    server.query('CREATE DATABASE gone TEMPLATE shop')
    const { site, job } = await siteOf(undefined, { databases: ['gone'] })
    const first = await site.backup(job)
    expect(first.outcome).toBe('good')
    server.query('CREATE TABLE small AS SELECT 1 AS a', 'gone')
    await site.backup(job)
    server.query('DROP TABLE small', 'gone')
    const dropped = await site.backup(job)
    expect(dropped.findings).toMatchObject([{ code: 'tables-gone', weight: 'warning' }])
    expect(dropped.findings[0]?.message).toContain('public.small, with 1 rows')
    server.query('TRUNCATE sale', 'gone')
    const emptied = await site.backup(job)
    expect(emptied.findings).toMatchObject([{ code: 'source-shrunk', weight: 'suspicious' }])
    expect(emptied.findings[0]?.message).toMatch(/100 rows in 2 tables instead of 20100 rows in 2 tables/)
    server.query('DROP DATABASE gone')
    expect(await site.backup(job)).toMatchObject({ outcome: 'failed', error: { code: 'database-missing' }, sets: [] })
    expect(checkInvariants({ site, good: [{ root: site.root, set: first.sets[0]!.set }] })).toEqual([])
  })

  it('D14: a server that has lost one of its databases is not well backed up without it', async () => {
    server.query('CREATE DATABASE lost TEMPLATE shop')
    const { site, job } = await siteOf(undefined, { databases: 'all' })
    expect(await site.backup(job)).toMatchObject({ outcome: 'good' })
    server.query('DROP DATABASE lost')
    const record = await site.backup(job)
    expect(record.findings).toMatchObject([{ code: 'database-gone', weight: 'suspicious' }])
    expect(record.findings[0]?.message).toMatch(/database lost .* does not hold it/)
  })

  it('does not lose the rows of a table that is renamed and emptied while it waits for a lock', async () => {
    server.query('CREATE DATABASE log')
    server.query('CREATE TABLE log AS SELECT n AS id FROM generate_series(1, 1000) n', 'log')
    onTestFinished(() => void server.query('DROP DATABASE log'))
    const rotating = server.session(
      'log',
      'BEGIN; ALTER TABLE log RENAME TO log_old; SELECT pg_sleep(3); CREATE TABLE log(id int); COMMIT; SELECT pg_sleep(60)',
    )
    await expect
      .poll(() =>
        server.query(
          "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation > 16000",
          'log',
        ),
      )
      .not.toBe('0')
    const { site, job } = await siteOf(undefined, { databases: ['log'], lockWaitSeconds: 20 })
    const record = await site.backup(job)
    rotating.end()
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    const { manifest } = site.catalog.set(site.destinations[0]!.id, record.sets[0]!.set) ?? {}
    const [content] = manifest?.files.map((file) => file.content) ?? []
    const tables = content?.kind === 'postgres' ? content.tables : []
    expect(tables.reduce((sum, { rows }) => sum + rows, 0)).toBe(1000)
  }, 60_000)

  it('D15: a table that may not be read fails the whole backup, by its name', async () => {
    const { site, job } = await siteOf(undefined, { server: { ...hostOf(server), user: 'clerk' } as never })
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'postgres-denied' }, sets: [] })
    expect(record.error?.message).toContain('stock')
  })
})

function olderClient(spawn: ReturnType<typeof wrapping>): ReturnType<typeof wrapping> {
  return ((file: string, args: readonly string[], options: object) =>
    args.includes('--version')
      ? spawn('echo', ['pg_dump (PostgreSQL) 11.22'], options)
      : spawn(file, args, options)) as ReturnType<typeof wrapping>
}
