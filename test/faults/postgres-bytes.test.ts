/** A server whose databases say nothing about their bytes (SQL_ASCII), with Chinese names all over: backed up, replaced, compared. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSite } from '../helpers/open-site.ts'
import { postgresBin, startPostgres, type PostgresServer } from '../helpers/postgres-server.ts'
import { postgresSource } from '../helpers/postgres-site.ts'
import { makeTempDir } from '../helpers/temp.ts'

let server: PostgresServer
const FACTS = `SELECT pg_get_userbyid(datdba), shobj_description(oid, 'pg_database'), datacl,
  (SELECT string_agg(concat_ws(' ', setrole::regrole, setconfig), ';') FROM pg_db_role_setting WHERE setdatabase = d.oid)
  FROM pg_database d WHERE datname = '仓库'`

describe.skipIf(postgresBin === undefined)('a server of SQL_ASCII', () => {
  beforeAll(async () => {
    server = await startPostgres({ initdb: ['--encoding=SQL_ASCII', '--locale=C'] })
    server.query('CREATE ROLE 店主; CREATE ROLE été')
    server.query('CREATE DATABASE 仓库 OWNER 店主')
    server.query("COMMENT ON DATABASE 仓库 IS '总店的仓库'; ALTER DATABASE 仓库 SET search_path TO 货物, public")
    server.query('GRANT CONNECT ON DATABASE 仓库 TO 店主; ALTER ROLE 店主 IN DATABASE 仓库 SET work_mem TO $$5MB$$')
    server.query("CREATE SCHEMA 货物; CREATE TABLE 货物.订单 AS SELECT 1 AS 编号, '中文' AS 备注", '仓库')
    server.query("CREATE TABLE été AS SELECT 'é' AS v; ALTER TABLE été OWNER TO été", '仓库')
  }, 60_000)
  afterAll(() => server.stop())

  it.each([['all'], [['仓库']]] as const)(
    'D19: comes back in place with its owner, comment, rights, settings and rows (databases: %s)',
    async (databases) => {
      const site = await openSite({ dir: makeTempDir() })
      const record = await site.backup(site.job([postgresSource(server, [], { databases: databases as never })]))
      expect(record.error?.message).toBeUndefined()
      expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
      const before = server.query(FACTS)
      expect(before).toContain('总店的仓库')
      const dump = withoutToken(server.dump('仓库'))
      server.query("DELETE FROM 货物.订单; COMMENT ON DATABASE 仓库 IS 'damaged'", '仓库')
      const from = site.setOf(record)
      const restored = await site.engine.restore({ from, to: undefined, only: '仓库', inPlace: true }, site.hooks())
      expect(restored.error?.message).toBeUndefined()
      expect(server.query(FACTS)).toBe(before)
      expect(withoutToken(server.dump('仓库'))).toBe(dump)
      server.query(`DROP DATABASE "${restored.replaced?.[0]?.kept ?? ''}"`)
    },
    60_000,
  )
})

function withoutToken(dump: Buffer): string {
  return dump.toString('latin1').replace(/^\\(un)?restrict .*$/gm, '')
}
