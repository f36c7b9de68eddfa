/** A server in a container, whose port is not published: backed up, proven and restored through `docker exec` (a stand-in on PATH). */
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { makeContainer, type ContainerStandin } from '../../../helpers/container-standin.ts'
import { checkInvariants } from '../../../helpers/invariants.ts'
import { openSite } from '../../../helpers/open-site.ts'
import { postgresBin, startPostgres, type PostgresServer } from '../../../helpers/postgres-server.ts'
import { loadChinook, postgresSource, wholeDump } from '../../../helpers/postgres-site.ts'
import { makeTempDir } from '../../../helpers/temp.ts'
import { makeWorld } from '../../../helpers/world.ts'

let server: PostgresServer
let docker: ContainerStandin
const path = process.env['PATH']

/** No client on this computer: what is found there must not be needed. */
function bareWorld() {
  const { files } = makeWorld()
  const readdir = ((folder: string | Buffer, ...rest: []) =>
    String(folder).startsWith('/usr/lib/postgresql')
      ? Promise.resolve([])
      : files.readdir(folder, ...rest)) as typeof files.readdir
  return makeWorld({ files: { ...files, readdir } })
}

const inContainer = (changes: Parameters<typeof postgresSource>[2] = {}) =>
  postgresSource(server, ['chinook'], {
    server: { via: 'container', program: 'docker', container: docker.container, user: 'postgres' },
    ...changes,
  })

describe.skipIf(postgresBin === undefined)('through a stand-in of docker', () => {
  beforeAll(async () => {
    server = await startPostgres()
    loadChinook(server)
  }, 60_000)
  afterAll(() => server.stop())
  beforeEach(() => {
    docker = makeContainer(server)
    process.env['PATH'] = `${docker.bin}:/usr/bin:/bin`
  })
  afterEach(() => {
    process.env['PATH'] = path
  })

  it.each(['sql', 'custom'] as const)(
    '%s: backed up, proven, test-restored, replaced in place and taken back',
    async (format) => {
      const site = await openSite({ dir: makeTempDir(), world: bareWorld() })
      const job = site.job([inContainer({ format, scratch: 'same', digests: true })], { prove: 'restored' })
      const record = await site.backup(job)
      expect(record.error).toBeUndefined()
      expect(record).toMatchObject({ outcome: 'good', proof: 'restored' })
      const before = wholeDump(server, 'chinook')
      server.query('DELETE FROM invoice_line WHERE invoice_line_id < 100', 'chinook')
      const order = { from: site.setOf(record), to: undefined, only: undefined, inPlace: true }
      const restored = await site.engine.restore(order, site.hooks())
      expect(restored).toMatchObject({ outcome: 'good', target: 'erp-db/chinook' })
      expect(wholeDump(server, 'chinook')).toBe(before)
      const undone = await site.engine.undo(restored, site.hooks())
      expect(undone.outcome).toBe('good')
      expect(server.query('SELECT count(*) FROM invoice_line WHERE invoice_line_id < 100', 'chinook')).toBe('0')
      const redone = await site.engine.undo(undone, site.hooks())
      expect(wholeDump(server, 'chinook')).toBe(before)
      server.query(`DROP DATABASE ${redone.replaced?.[0]?.kept ?? ''}`)
      expect(checkInvariants({ site, good: [] })).toEqual([])
    },
    60_000,
  )

  it('ends at the server what a killed `docker exec` has left there', async () => {
    const site = await openSite({ dir: makeTempDir(), world: bareWorld() })
    docker.leaveDumps()
    const record = await site.backup(site.job([inContainer({ globals: false })]))
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'dump-failed' }, sets: [] })
    const left = () => server.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'sitekeep%'")
    await expect.poll(left, { timeout: 5000 }).toBe('0')
    expect(readdirSync(site.root)).not.toContain('shop/full')
    expect(checkInvariants({ site, good: [] })).toEqual([])
  })
})
