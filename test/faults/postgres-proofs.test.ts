/** Proofs of PostgreSQL backups: what a restore test finds, what it leaves behind, and what cannot be proven here (faults.md D13, D16, V02, V03). */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresSourceSchema } from '../../electron/contract/source.ts'
import { createPostgresSource } from '../../electron/engine/source/postgres/kind.ts'
import { failureOf } from '../helpers/failure.ts'
import { checkInvariants } from '../helpers/invariants.ts'
import { openSite, type Site } from '../helpers/open-site.ts'
import { postgresBin, startPostgres, startStandby, type PostgresServer } from '../helpers/postgres-server.ts'
import { hostOf, loadEverything, postgresSource } from '../helpers/postgres-site.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'
import { wrapping } from '../helpers/wrapped-program.ts'

let server: PostgresServer
const scratchDatabases = (on = server): string =>
  on.query("SELECT string_agg(datname, ' ') FROM pg_database WHERE datname LIKE 'sitekeep%'")

type Changes = Parameters<typeof postgresSource>[2]

async function backedUp(changes: Changes = {}, world = makeWorld()) {
  const site = await openSite({ dir: makeTempDir(), world })
  const source = postgresSource(server, ['everything'], changes)
  const record = await site.backup(site.job([source]))
  expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
  return { site, record, from: site.setOf(record) }
}

function provenNow(site: Site, set: string) {
  return site.catalog.set(site.destinations[0]!.id, set)?.info.proof
}

describe.skipIf(postgresBin === undefined)('a restore test', () => {
  beforeAll(async () => {
    server = await startPostgres({ settings: { wal_level: 'replica', max_wal_senders: '4' } })
    loadEverything(server)
  }, 60_000)
  afterAll(() => server.stop())

  it.each(['sql', 'custom'] as const)(
    'of %s restores into a database of its own, which is gone afterwards',
    async (format) => {
      const { site, record, from } = await backedUp({ format, scratch: 'same', digests: true })
      const verified = await site.verify(from, 'restore')
      expect(verified.error).toBeUndefined()
      expect(verified).toMatchObject({ outcome: 'good', proof: 'restored' })
      expect(verified.compared?.tables).toContainEqual({ name: 'erp.customer', rows: 5000, expected: 5000 })
      expect(provenNow(site, record.sets[0]!.set)).toBe('restored')
      expect(scratchDatabases()).toBe('')
    },
  )

  it('finds a changed value where every row is counted right', async () => {
    const lying = wrapping('pg_dump', () => `"$@" | sed 's/Kunde 4711\\t/Kunde 4712x\\t/'`)
    const { site, from } = await backedUp({ scratch: 'same', digests: true }, makeWorld({ spawn: lying }))
    const verified = await site.verify(from, 'restore')
    expect(verified).toMatchObject({ outcome: 'failed', error: { code: 'content-mismatch' } })
    expect(verified.error?.message).toContain('erp.customer')
    expect(scratchDatabases()).toBe('')
  })

  it('after every run, where the job wants it', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const source = postgresSource(server, ['everything'], { scratch: 'same' })
    const record = await site.backup(site.job([source], { prove: 'restored' }))
    expect(record).toMatchObject({ outcome: 'good', proof: 'restored' })
    expect(checkInvariants({ site, good: [] })).toEqual([])
  })

  it('V02: without a server for it is neither good nor bad, and what was known of the set still holds', async () => {
    const { site, record, from } = await backedUp()
    const verified = await site.verify(from, 'restore')
    expect(verified).toMatchObject({ outcome: 'warning', proof: 'matched', findings: [{ code: 'not-provable' }] })
    expect(verified.findings[0]?.message).toContain('names no PostgreSQL server for restore tests')
    expect(provenNow(site, record.sets[0]!.set)).toBe('matched')
  })

  it('V02: a job that wants it and names no server gets a warning, and a matched set', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const record = await site.backup(site.job([postgresSource(server, ['everything'])], { prove: 'restored' }))
    expect(record).toMatchObject({ outcome: 'warning', proof: 'matched', findings: [{ code: 'not-provable' }] })
  })

  it('D16, V02: on a server that lacks a role says which, and nothing against the backup', async () => {
    const bare = await startPostgres()
    onTestFinished(() => bare.stop())
    const { site, record, from } = await backedUp({ scratch: hostOf(bare) })
    const verified = await site.verify(from, 'restore')
    expect(verified).toMatchObject({ outcome: 'warning', proof: 'matched', findings: [{ code: 'not-provable' }] })
    expect(verified.findings[0]?.message).toMatch(/lacks role "(owner_a|reader)"/)
    expect(provenNow(site, record.sets[0]!.set)).toBe('matched')
    expect(scratchDatabases(bare)).toBe('')
  })

  it('V02: a custom dump on a computer without pg_restore is read back whole, and no more is said', async () => {
    const { site, record, from } = await backedUp({ format: 'custom' })
    const { files } = makeWorld()
    const readdir = ((path: string | Buffer, ...rest: []) =>
      String(path).startsWith('/usr/lib/postgresql')
        ? Promise.resolve([])
        : files.readdir(path, ...rest)) as typeof files.readdir
    const elsewhere = await openSite({ dir: site.dir, world: makeWorld({ files: { ...files, readdir } }) })
    const verified = await elsewhere.verify(from, 'match')
    expect(verified).toMatchObject({ outcome: 'warning', proof: 'read', findings: [{ code: 'not-provable' }] })
    expect(verified.findings[0]?.message).toContain('pg_restore')
    const noted = elsewhere.catalog.set(site.destinations[0]!.id, record.sets[0]!.set)?.proofs
    expect(noted?.map(({ level }) => level)).toEqual(['matched'])
    expect(provenNow(elsewhere, record.sets[0]!.set)).toBe('matched')
  })

  it('V02: a damaged custom dump is damaged, pg_restore or not', async () => {
    const { site, record, from } = await backedUp({ format: 'custom' })
    const path = join(site.folderOf(record), 'database.dump.gz')
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(path, bytes)
    expect(await site.verify(from, 'match')).toMatchObject({ outcome: 'failed', error: { code: 'artifact-damaged' } })
  })

  it.each(['new', 'replace'] as const)(
    'S10, M7: of a damaged set leaves nothing behind and changes nothing (%s)',
    async (mode) => {
      const { site, record, from } = await backedUp()
      const path = join(site.folderOf(record), 'database.sql.gz')
      const text = gunzipSync(readFileSync(path))
      // Beyond the large objects, behind which a dump has committed what came before.
      writeFileSync(path, gzipSync(text.subarray(0, text.length - 700)))
      const database = mode === 'new' ? 'restored' : 'everything'
      const into = { server: hostOf(server), database, mode }
      const before = server.query('SELECT string_agg(datname, $$ $$ ORDER BY 1) FROM pg_database')
      const restored = await site.engine.restore({ from, to: undefined, only: undefined, into }, site.hooks())
      expect(restored).toMatchObject({ outcome: 'failed', error: { code: 'artifact-damaged' } })
      expect(server.query('SELECT string_agg(datname, $$ $$ ORDER BY 1) FROM pg_database')).toBe(before)
      expect(server.query('SELECT count(*) FROM erp.customer', 'everything')).toBe('5000')
    },
  )

  it('V03: drops what a killed one left behind, and leaves what a living one holds', async () => {
    const { site, from } = await backedUp({ scratch: 'same' })
    server.query('CREATE DATABASE sitekeep_scratch_00000000000000aa')
    server.query('CREATE DATABASE sitekeep_scratch_00000000000000bb')
    const holder = server.session('postgres', `SELECT pg_advisory_lock(187); SELECT pg_sleep(60)`)
    onTestFinished(() => {
      holder.end()
      server.query('DROP DATABASE sitekeep_scratch_00000000000000bb')
    })
    await expect.poll(() => server.query("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).toBe('1')
    expect(await site.verify(from, 'restore')).toMatchObject({ outcome: 'good', proof: 'restored' })
    expect(scratchDatabases()).toBe('sitekeep_scratch_00000000000000bb')
  })

  it('takes a standby as its server, also with tables that only the primary has', async () => {
    server.query('CREATE UNLOGGED TABLE fleeting AS SELECT 1 AS id', 'everything')
    onTestFinished(() => void server.query('DROP TABLE fleeting', 'everything'))
    const standby = await startStandby(server)
    onTestFinished(() => standby.stop())
    const site = await openSite({ dir: makeTempDir() })
    const record = await site.backup(site.job([postgresSource(standby, ['everything'])]))
    expect(record.error).toBeUndefined()
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(checkInvariants({ site, good: [] })).toEqual([])
  }, 60_000)

  it('D13: tells of a snapshot that was held for long because the place is slow', async () => {
    const config = postgresSourceSchema.parse({
      ...postgresSource(server, ['everything'], { globals: false }),
      id: 'src_erp001',
    })
    const heldFor = async (pause: number) => {
      const source = createPostgresSource(config, makeWorld(), { heldMilliseconds: 400 })
      const signal = new AbortController().signal
      const workDir = makeTempDir()
      const snapshot = await source.snapshot({
        workDir,
        previous: undefined,
        previousIndex: undefined,
        signal,
        progress: () => undefined,
      })
      const slowly = await snapshot.artifacts[0]!.open(signal)
      let bytes = 0
      for await (const chunk of slowly as AsyncIterable<Buffer>) {
        bytes += chunk.length
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
      expect(bytes).toBeGreaterThan(100_000)
      await snapshot.release()
      return snapshot.findings().map(({ code }) => code)
    }
    expect(await heldFor(200)).toEqual(['snapshot-held'])
    expect(await heldFor(0)).toEqual([])
  })

  it('V02: a job that wants restore tests, and names no server for them, is refused before it is saved', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const check = async (scratch: 'same' | undefined) => {
      const source = postgresSource(server, ['everything'], scratch === undefined ? {} : { scratch })
      const job = site.job([source], { prove: 'restored' })
      await site.engine.checkJob(job, site.destinations, new AbortController().signal)
    }
    expect((await failureOf(check(undefined))).code).toBe('restore-test-nowhere')
    await check('same')
  })
})
