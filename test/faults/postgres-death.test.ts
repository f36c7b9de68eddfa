/** Death of the process while it backs up or restores a PostgreSQL database: what was good stays good, and the server is let go of. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDriver } from '../helpers/driver.ts'
import { checkInvariants } from '../helpers/invariants.ts'
import { openSite } from '../helpers/open-site.ts'
import { postgresBin, startPostgres, type PostgresServer } from '../helpers/postgres-server.ts'
import { loadChinook, postgresSource } from '../helpers/postgres-site.ts'
import { makeTempDir } from '../helpers/temp.ts'

let server: PostgresServer
const ours = () => server.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'sitekeep%'")
const phases = [
  'snapshot',
  'encode',
  'read-back',
  'manifest',
  'publish',
  'journal',
  'catalog',
  'restore-check',
] as const

describe.skipIf(postgresBin === undefined)('A01: kill -9 of a PostgreSQL backup', () => {
  beforeAll(async () => {
    server = await startPostgres()
    loadChinook(server)
  }, 60_000)
  afterAll(() => server.stop())

  it.each(phases)(
    'in phase %s',
    async (phase) => {
      const dir = makeTempDir()
      const site = await openSite({ dir })
      site.job([postgresSource(server, ['chinook'], { scratch: 'same' })], { prove: 'restored' })
      site.catalog.close()
      const first = await runDriver({ dir })
      expect(first.record, first.stderr).toMatchObject({ outcome: 'good', proof: 'restored' })
      const good = first.record!.sets.map(({ set }) => ({ root: site.root, set }))

      const killed = await runDriver({ dir, killAt: phase })
      expect([killed.signal, killed.phases.at(-1)]).toEqual(['SIGKILL', phase])
      // Its programs end with their pipes, and their transactions with them.
      await expect.poll(ours, { timeout: 10_000 }).toBe('0')

      const next = await runDriver({ dir })
      expect(next.record, next.stderr).toMatchObject({ outcome: 'good', proof: 'restored' })
      const reopened = await openSite({ dir })
      expect(checkInvariants({ site: reopened, good })).toEqual([])
      reopened.catalog.close()
      expect(server.query("SELECT count(*) FROM pg_database WHERE datname LIKE 'sitekeep%'")).toBe('0')
    },
    60_000,
  )
})
