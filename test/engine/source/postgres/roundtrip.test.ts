/** Back up, drop, restore, compare: whole databases through the whole engine, on real servers. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../../../helpers/invariants.ts'
import { openSite } from '../../../helpers/open-site.ts'
import { postgresBin, startPostgres, tool, type PostgresServer } from '../../../helpers/postgres-server.ts'
import { hostOf, loadChinook, loadEverything, postgresSource, wholeDump } from '../../../helpers/postgres-site.ts'
import { makeTempDir } from '../../../helpers/temp.ts'

let server: PostgresServer

describe.skipIf(postgresBin === undefined)('a round trip through a backup', () => {
  beforeAll(async () => {
    server = await startPostgres()
    loadChinook(server)
    loadEverything(server)
  }, 120_000)
  afterAll(() => server.stop())

  it.each([
    ['chinook', 'sql'],
    ['chinook', 'custom'],
    ['everything', 'sql'],
    ['everything', 'custom'],
  ] as const)('of %s as %s: dropped, restored under its own name, and nothing is missing', async (database, format) => {
    const site = await openSite({ dir: makeTempDir() })
    const before = wholeDump(server, database, ['--create'])
    const job = site.job([postgresSource(server, [database], { format, digests: true })])
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    server.query(`DROP DATABASE ${database}`)
    const into = { server: hostOf(server), database, mode: 'new' as const }
    const restored = await site.engine.restore(
      { from: site.setOf(record), to: undefined, only: undefined, into },
      site.hooks(),
    )
    expect(restored.error).toBeUndefined()
    expect(restored).toMatchObject({ outcome: 'good' })
    expect(wholeDump(server, database, ['--create'])).toBe(before)
    expect(checkInvariants({ site, good: [] })).toEqual([])
  })

  it('orders text as ICU does, where the database was made so', async () => {
    server.query("CREATE DATABASE sorted TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin'")
    server.query("CREATE TABLE t AS SELECT unnest(ARRAY['赵', '钱', '孙']) AS name, 12.5::money AS price", 'sorted')
    const site = await openSite({ dir: makeTempDir() })
    const job = site.job([postgresSource(server, ['sorted'], { digests: true, scratch: 'same' })], {
      prove: 'restored',
    })
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'good', proof: 'restored' })
    const before = wholeDump(server, 'sorted', ['--create'])
    server.query('DROP DATABASE sorted')
    const into = { server: hostOf(server), database: 'sorted', mode: 'new' as const }
    const order = { from: site.setOf(record), to: undefined, only: undefined, into }
    expect((await site.engine.restore(order, site.hooks())).error).toBeUndefined()
    expect(wholeDump(server, 'sorted', ['--create'])).toBe(before)
    server.query('DROP DATABASE sorted')
  })

  it('names many long databases without two of one name', async () => {
    const names = [0, 1, 2].map((n) => `${'数据库'.repeat(6)}-${n}`)
    for (const name of names) server.query(`CREATE DATABASE "${name}"`)
    const site = await openSite({ dir: makeTempDir() })
    const source = postgresSource(server, names, { name: '仓库'.repeat(36) })
    const other = postgresSource(server, ['chinook'], { name: 'other' })
    const record = await site.backup(site.job([source, other]))
    for (const name of names) server.query(`DROP DATABASE "${name}"`)
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(readdirSync(site.folderOf(record))).toHaveLength(7)
    expect(checkInvariants({ site, good: [] })).toEqual([])
  })

  it('by gunzip and psql alone', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const record = await site.backup(site.job([postgresSource(server, ['chinook'])]))
    const dump = gunzipSync(readFileSync(join(site.folderOf(record), 'database.sql.gz')))
    server.query('CREATE DATABASE by_hand TEMPLATE template0')
    server.feed(dump.toString('utf8'), 'by_hand')
    expect(wholeDump(server, 'by_hand')).toBe(wholeDump(server, 'chinook'))
    server.query('DROP DATABASE by_hand')
  })

  it('takes all databases of a server, a new one the next time, and its roles beside them', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const job = site.job([postgresSource(server, 'all')])
    const first = await site.backup(job)
    expect(first).toMatchObject({ outcome: 'good', proof: 'matched' })
    server.query('CREATE DATABASE "new: 2026"')
    server.query('CREATE TABLE t AS SELECT 1 AS a', 'new: 2026')
    const second = await site.backup(job)
    server.query('DROP DATABASE "new: 2026"')
    expect(second).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(readdirSync(site.folderOf(first)).sort()).toEqual([
      'database-chinook.sql.gz',
      'database-everything.sql.gz',
      'database-postgres.sql.gz',
      'globals.sql.gz',
      'manifest.json',
    ])
    expect(readdirSync(site.folderOf(second))).toContain('database-new-2026.sql.gz')
    const globals = gunzipSync(readFileSync(join(site.folderOf(first), 'globals.sql.gz'))).toString('utf8')
    expect(globals).toContain('CREATE ROLE owner_a')
    expect(checkInvariants({ site, good: [] })).toEqual([])
  })

  it('into a folder, as files for psql, which proves their content and no restore', async () => {
    const site = await openSite({ dir: makeTempDir() })
    const record = await site.backup(site.job([postgresSource(server, ['chinook'])]))
    const { record: restored, to } = await site.restore(site.setOf(record))
    expect(restored).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(restored.compared?.tables?.reduce((sum, { rows }) => sum + rows, 0)).toBe(15_607)
    expect(readdirSync(to).sort()).toEqual(['database.sql', 'globals.sql'])
    expect(site.catalog.set(site.destinations[0]!.id, record.sets[0]!.set)?.info.proof).toBe('matched')
  })

  it('in the place of the damaged one, which is kept, while somebody is connected', async () => {
    const site = await openSite({ dir: makeTempDir() })
    server.query('CREATE DATABASE shop')
    server.query('CREATE TABLE sale AS SELECT n AS id FROM generate_series(1, 100) n', 'shop')
    const record = await site.backup(site.job([postgresSource(server, ['shop'])]))
    server.query('DELETE FROM sale WHERE id > 10', 'shop')
    const psql = [tool('psql'), '-X', '-h', server.socketDir, '-p', String(server.port), '-U', 'postgres', '-d', 'shop']
    const idle = execFileSync('bash', [
      '-c',
      '"$@" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 & echo $!',
      'bash',
      ...psql,
    ])
    expect(Number(idle)).toBeGreaterThan(0)
    const into = { server: hostOf(server), database: 'shop', mode: 'replace' as const }
    const restored = await site.engine.restore(
      { from: site.setOf(record), to: undefined, only: undefined, into },
      site.hooks(),
    )
    expect(restored.error).toBeUndefined()
    const kept = restored.replaced?.[0]?.kept ?? ''
    expect(kept).toMatch(/^shop_damaged_\d{8}_\d{6}$/)
    expect(server.query('SELECT count(*) FROM sale', 'shop')).toBe('100')
    expect(server.query('SELECT count(*) FROM sale', kept)).toBe('10')

    const undone = await site.engine.undo(restored, site.hooks())
    expect(undone).toMatchObject({ outcome: 'good', replaced: [{ database: 'shop' }] })
    expect(server.query('SELECT count(*) FROM sale', 'shop')).toBe('10')
    const again = await site.engine.undo(restored, site.hooks())
    expect(again).toMatchObject({ outcome: 'failed', error: { code: 'not-found' } })
    const redone = await site.engine.undo(undone, site.hooks())
    expect(redone.outcome).toBe('good')
    expect(server.query('SELECT count(*) FROM sale', 'shop')).toBe('100')
    server.query(`DROP DATABASE "${redone.replaced?.[0]?.kept ?? ''}"`)
    server.query('DROP DATABASE shop')
  })
})
