/** A server in a container, by a stand-in for docker on PATH: no TTY, no shell, and a password that nobody sees. */
import { readdirSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresServerSchema, type PostgresServer } from '../../../../electron/contract/postgres.ts'
import { Secret } from '../../../../electron/engine/secret.ts'
import { startDump } from '../../../../electron/engine/source/postgres/dump.ts'
import type { Launcher } from '../../../../electron/engine/source/postgres/launch.ts'
import { placePassword } from '../../../../electron/engine/source/postgres/pass-file.ts'
import { PsqlSession } from '../../../../electron/engine/source/postgres/session.ts'
import { takeSnapshot } from '../../../../electron/engine/source/postgres/snapshot.ts'
import { failureOf } from '../../../helpers/failure.ts'
import { makeContainer } from '../../../helpers/container-standin.ts'
import {
  postgresBin,
  startPostgres,
  tool,
  type PostgresServer as TestServer,
} from '../../../helpers/postgres-server.ts'
import { makeTempDir } from '../../../helpers/temp.ts'
import { makeWorld } from '../../../helpers/world.ts'

let server: TestServer
const world = makeWorld()
const never = new AbortController().signal
const PASSWORD = 'ge:he\\im 密'

function inContainer(container: string, passFile?: string): Launcher {
  const config = { via: 'container', container, user: 'clerk' }
  return { server: postgresServerSchema.parse(config), program: (name) => name, passFile }
}

/** docker is looked for on PATH, as on a user's machine. */
function withDocker() {
  const standin = makeContainer(server)
  const before = process.env['PATH']
  process.env['PATH'] = `${standin.bin}:${before ?? ''}`
  onTestFinished(() => {
    process.env['PATH'] = before
  })
  return standin
}

describe.skipIf(postgresBin === undefined)('in a container (stand-in for docker)', () => {
  beforeAll(async () => {
    server = await startPostgres({
      hba: ['local all postgres trust', 'local all clerk scram-sha-256', 'host all clerk 127.0.0.1/32 scram-sha-256'],
    })
    server.query(`CREATE ROLE clerk LOGIN PASSWORD '${PASSWORD}'`)
    server.query('CREATE DATABASE erp OWNER clerk')
    server.query(
      'CREATE TABLE orders(id int); INSERT INTO orders SELECT generate_series(1, 5000); ALTER TABLE orders OWNER TO clerk',
      'erp',
    )
  }, 60_000)
  afterAll(() => server.stop())

  it('D17: a snapshot and a dump with a password that appears in no argument and no environment', async () => {
    const docker = withDocker()
    const config: PostgresServer = inContainer('erp-db').server
    const pass = await placePassword(config, new Secret(PASSWORD), makeTempDir(), world, never)
    expect(statSync(pass.path ?? '').mode & 0o777).toBe(0o600)
    const launcher = inContainer('erp-db', pass.path)
    const session = await PsqlSession.open(launcher, 'erp', world, never)
    const { id, facts } = await takeSnapshot(session, 5)
    expect(facts).toMatchObject({ database: 'erp', owner: 'clerk' })
    const dump = startDump(
      { launcher, database: 'erp', program: 'pg_dump', args: [`--snapshot=${id}`], isText: true },
      world,
      never,
    )
    dump.stream.resume()
    await new Promise((resolve) => dump.stream.once('end', resolve))
    expect(Object.fromEntries(dump.outcome().summary?.tables ?? [])).toEqual({ 'public.orders': 5000 })
    await session.close()
    await pass.remove()
    expect(readdirSync('/tmp').filter((name) => pass.path === `/tmp/${name}`)).toEqual([])
    expect(docker.seen()).toContain('pg_dump')
    expect(docker.seen()).not.toMatch(/he.{0,2}im/)
  })

  it('a password here is a private file, too', async () => {
    const folder = makeTempDir()
    const config = postgresServerSchema.parse({ via: 'host', host: '127.0.0.1', port: server.port, user: 'clerk' })
    const pass = await placePassword(config, new Secret(PASSWORD), folder, world, never)
    expect(statSync(pass.path ?? '').mode & 0o777).toBe(0o600)
    const session = await PsqlSession.open({ server: config, program: tool, passFile: pass.path }, 'erp', world, never)
    expect(await session.row('SELECT current_user AS who')).toEqual({ who: 'clerk' })
    await session.close()
    await pass.remove()
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(['a\nb', 'a\0b'])('refuses a password that no password file can hold: %j', async (password) => {
    const config = postgresServerSchema.parse({ via: 'host', host: '127.0.0.1', user: 'clerk' })
    const error = await failureOf(placePassword(config, new Secret(password), makeTempDir(), world, never))
    expect(error).toMatchObject({ code: 'invalid-input' })
    expect(JSON.stringify(error.toData())).not.toContain(password.slice(0, 3))
  })

  it('says that there is no such container', async () => {
    withDocker()
    expect(await failureOf(PsqlSession.open(inContainer('elsewhere'), 'erp', world, never))).toMatchObject({
      code: 'container-missing',
      detail: { container: 'elsewhere' },
    })
  })

  it('says that the container has no psql', async () => {
    withDocker()
    const launcher: Launcher = { ...inContainer('erp-db'), program: (name) => `no-${name}` }
    expect(await failureOf(PsqlSession.open(launcher, 'erp', world, never))).toMatchObject({
      code: 'postgres-tool-missing',
      detail: { at: 'in-container' },
    })
  })

  it('says that there is no docker', async () => {
    const before = process.env['PATH']
    process.env['PATH'] = makeTempDir()
    onTestFinished(() => {
      process.env['PATH'] = before
    })
    expect(await failureOf(PsqlSession.open(inContainer('erp-db'), 'erp', world, never))).toMatchObject({
      code: 'container-missing',
    })
  })
})
