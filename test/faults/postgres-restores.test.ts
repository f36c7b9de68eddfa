/** Restores into a server that are cut short, refused or contended: what was there stays, and nothing of ours is left behind. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { RunRecord } from '../../electron/contract/run.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { openSite, type Site } from '../helpers/open-site.ts'
import { postgresBin, startPostgres, type PostgresServer } from '../helpers/postgres-server.ts'
import { hostOf, postgresSource } from '../helpers/postgres-site.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'
import { wrapping } from '../helpers/wrapped-program.ts'

let server: PostgresServer
const databases = (): string => server.query('SELECT string_agg(datname, $$ $$ ORDER BY datname) FROM pg_database')
const rowsIn = (database: string): string => server.query('SELECT count(*) FROM sale', database)

async function backedUp(world = makeWorld(), changes: Parameters<typeof postgresSource>[2] = {}) {
  const site = await openSite({ dir: makeTempDir(), world })
  const record = await site.backup(site.job([postgresSource(server, ['shop'], changes)]))
  expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
  return { site, from: site.setOf(record) }
}

type User = 'postgres' | 'keeper'

async function restoreInto(
  { site, from }: { site: Site; from: ReturnType<Site['setOf']> },
  mode: 'new' | 'replace',
  database: string,
  options: { readonly user?: User; readonly signal?: AbortSignal } = {},
): Promise<RunRecord> {
  const into = { server: { ...hostOf(server), user: options.user ?? 'postgres' } as never, database, mode }
  return await site.engine.restore({ from, to: undefined, only: undefined, into }, site.hooks(options.signal))
}

describe.skipIf(postgresBin === undefined)('a restore into a server', () => {
  beforeAll(async () => {
    server = await startPostgres()
    server.query('CREATE ROLE keeper LOGIN CREATEDB; CREATE ROLE app LOGIN; GRANT keeper TO app')
    server.query('CREATE DATABASE shop OWNER keeper')
    server.query(
      'CREATE TABLE sale AS SELECT n AS id FROM generate_series(1, 200000) n; ALTER TABLE sale OWNER TO keeper',
      'shop',
    )
  }, 60_000)
  afterAll(() => server.stop())

  it.each(['new', 'replace'] as const)(
    'that is cancelled leaves nothing behind (%s)',
    async (mode) => {
      const slow = wrapping('psql', (args) => (args.includes('-f') ? 'head -c 200000; sleep 600' : undefined))
      const made = await backedUp()
      const site = await openSite({ dir: made.site.dir, world: makeWorld({ spawn: slow }) })
      const before = databases()
      const abort = new AbortController()
      const running = restoreInto({ site, from: made.from }, mode, mode === 'new' ? 'copy' : 'shop', {
        signal: abort.signal,
      })
      await expect.poll(databases, { timeout: 10_000 }).toContain('_restoring_')
      abort.abort(new BackupError('cancelled'))
      expect(await running).toMatchObject({ outcome: 'cancelled' })
      expect(databases()).toBe(before)
      expect(rowsIn('shop')).toBe('200000')
    },
    60_000,
  )

  it('by a user who may not end the connections of others says so, and changes nothing', async () => {
    const made = await backedUp()
    const busy = server.session('shop', 'SELECT pg_sleep(60)')
    onTestFinished(() => busy.end())
    await expect
      .poll(() =>
        server.query(
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()",
        ),
      )
      .toBe('1')
    const before = databases()
    const record = await restoreInto(made, 'replace', 'shop', { user: 'keeper' })
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'postgres-no-terminate' } })
    expect(record.error?.message).toContain('shop')
    expect(databases()).toBe(before)
    busy.end()
    const again = await restoreInto(made, 'replace', 'shop', { user: 'keeper' })
    expect(again.error).toBeUndefined()
    expect(rowsIn('shop')).toBe('200000')
    server.query(`DROP DATABASE "${again.replaced?.[0]?.kept ?? ''}"`)
  }, 60_000)

  it('whose owner is gone names the role, and is no refused login', async () => {
    const made = await backedUp()
    server.query('CREATE ROLE gone; ALTER DATABASE shop OWNER TO gone')
    const owned = await backedUp()
    server.query('ALTER DATABASE shop OWNER TO keeper; DROP ROLE gone')
    const before = databases()
    const record = await restoreInto(owned, 'new', 'copy')
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'postgres-environment' } })
    expect(record.error?.message).toContain('role "gone"')
    expect(databases()).toBe(before)
    expect((await restoreInto(made, 'new', 'copy')).error).toBeUndefined()
    expect(await restoreInto(made, 'new', 'copy')).toMatchObject({
      outcome: 'failed',
      error: { code: 'database-exists' },
    })
    server.query('DROP DATABASE copy')
  })

  it('of a job with two servers goes into one folder without two files of one name', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const sources = ['Nord', 'Süd'].map((name) => postgresSource(server, ['shop'], { name, scratch: 'same' }))
    const record = await site.backup(site.job(sources, { prove: 'restored' }))
    expect(record).toMatchObject({ outcome: 'good', proof: 'restored' })
    const { record: restored } = await site.restore(site.setOf(record))
    expect(restored).toMatchObject({ outcome: 'good', proof: 'matched' })
  })

  it('V02: a test on a server that does not answer is neither good nor bad, and the set stays published', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const scratch = { via: 'host', host: '127.0.0.1', port: 1, user: 'postgres', sslMode: 'prefer' } as const
    const record = await site.backup(site.job([postgresSource(server, ['shop'], { scratch })], { prove: 'restored' }))
    expect(record).toMatchObject({ outcome: 'warning', proof: 'matched', findings: [{ code: 'not-provable' }] })
    expect(record.findings[0]?.message).toContain('does not answer')
  })

  it.each(['sql', 'custom'] as const)(
    'I18: of a backup that was changed is never put in the place of what is there (%s)',
    async (format) => {
      const made = await backedUp(makeWorld(), { format })
      const set = readdirSync(join(made.site.root, 'shop/full'))[0] ?? ''
      const path = join(made.site.root, 'shop/full', set, `database.${format === 'sql' ? 'sql' : 'dump'}.gz`)
      const plain = gunzipSync(readFileSync(path))
      const at = plain.lastIndexOf('199999\n')
      expect(at).toBeGreaterThan(0)
      plain.write('777777', at)
      writeFileSync(path, gzipSync(plain))
      const before = databases()
      const replaced = await restoreInto(made, 'replace', 'shop')
      expect(replaced).toMatchObject({ outcome: 'failed', error: { code: 'artifact-damaged' } })
      expect(server.query('SELECT count(*) FROM sale WHERE id = 777777', 'shop')).toBe('0')
      expect(await restoreInto(made, 'new', 'copy')).toMatchObject({ outcome: 'failed' })
      expect(databases()).toBe(before)
    },
  )

  it('of the database that servers have from the beginning is possible in its place, too', async () => {
    const site = await openSite({ dir: makeTempDir() })
    server.query('CREATE TABLE here AS SELECT 1 AS id')
    const record = await site.backup(site.job([postgresSource(server, ['postgres'], { globals: false })]))
    server.query('DROP TABLE here')
    const into = { server: hostOf(server), database: 'postgres', mode: 'replace' as const }
    const restored = await site.engine.restore(
      { from: site.setOf(record), to: undefined, only: undefined, into },
      site.hooks(),
    )
    expect(restored.error).toBeUndefined()
    expect(server.query('SELECT count(*) FROM here')).toBe('1')
    server.query(`DROP TABLE here`)
    server.query(`DROP DATABASE "${restored.replaced?.[0]?.kept ?? ''}"`)
  })

  it('tells how far it is, so that a long one is not taken for one that hangs', async () => {
    const made = await backedUp()
    made.site.progress.length = 0
    expect((await restoreInto(made, 'new', 'copy')).error).toBeUndefined()
    const moved = made.site.progress.filter(({ stage }) => stage === 'restore-stage').map(({ bytes }) => bytes)
    expect(Math.max(...moved)).toBeGreaterThan(1_000_000)
    server.query('DROP DATABASE copy')
  })
})
