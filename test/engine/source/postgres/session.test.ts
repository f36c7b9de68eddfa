/** Conversations with a real server: answers whole, errors by their cause, nothing left running. */
import { mkdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresServerSchema } from '../../../../electron/contract/postgres.ts'
import { BackupError } from '../../../../electron/engine/errors.ts'
import { connectionString, type Launcher } from '../../../../electron/engine/source/postgres/launch.ts'
import { PsqlSession } from '../../../../electron/engine/source/postgres/session.ts'
import {
  postgresBin,
  startPostgres,
  tool,
  type PostgresServer as TestServer,
} from '../../../helpers/postgres-server.ts'
import { failureOf } from '../../../helpers/failure.ts'
import { makeTempDir } from '../../../helpers/temp.ts'
import { makeWorld } from '../../../helpers/world.ts'

let server: TestServer
const world = makeWorld()
const never = new AbortController().signal

function launcher(overrides: object = {}, passFile?: string): Launcher {
  const config = { via: 'host', host: '127.0.0.1', port: server.port, user: 'postgres', ...overrides }
  return { server: postgresServerSchema.parse(config), program: tool, passFile }
}

describe.skipIf(postgresBin === undefined)('a session', () => {
  beforeAll(async () => {
    const hba = [
      'local all all trust',
      'host all clerk 127.0.0.1/32 scram-sha-256',
      'host all postgres 127.0.0.1/32 trust',
    ]
    server = await startPostgres({ hba })
    server.query("CREATE ROLE clerk LOGIN PASSWORD 'geheim'; CREATE TABLE secret(id int)")
  }, 60_000)
  afterAll(() => server.stop())

  it('answers in rows, one statement after the other, in one transaction', async () => {
    const session = await PsqlSession.open(launcher(), 'postgres', world, never)
    await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    expect(await session.rows('SELECT n, n::text AS t FROM generate_series(1, 3) n')).toEqual(
      [1, 2, 3].map((n) => ({ n, t: String(n) })),
    )
    expect(await session.row(`SELECT E'a|b\\nc' AS odd, '订单' AS name, NULL AS nothing`)).toEqual({
      odd: 'a|b\nc',
      name: '订单',
      nothing: null,
    })
    const { many } = await session.row<{ many: string }>("SELECT repeat('x', 3000000) AS many")
    expect(many).toHaveLength(3_000_000)
    await session.close()
  })

  it('goes on after an error, whose words do not reach the next answer', async () => {
    const session = await PsqlSession.open(launcher(), 'postgres', world, never)
    const error = await failureOf(session.run("DO $$ BEGIN RAISE 'two\nlines'; END $$"))
    expect(error).toMatchObject({ code: 'postgres-failed' })
    expect(error.message).toContain('two')
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await session.close()
  })

  it.each([
    ['D07: a wrong password', { user: 'clerk' }, 'wrong', 'postgres-login'],
    ['D07: no password where one is needed', { user: 'clerk' }, undefined, 'postgres-login'],
    ['D07: a user that pg_hba.conf does not let in', { user: 'nobody' }, undefined, 'postgres-login'],
    ['D10: a port where nobody listens', { port: 1 }, undefined, 'postgres-unreachable'],
    ['D10: a socket folder without a server', { host: '/nowhere' }, undefined, 'postgres-unreachable'],
  ])('%s', async (_, overrides, password, code) => {
    const passFile = password === undefined ? undefined : passFileWith(password)
    const error = await failureOf(PsqlSession.open(launcher(overrides, passFile), 'postgres', world, never))
    expect(error).toMatchObject({ code })
    expect(error.message).not.toContain('wrong')
  })

  it('takes a right password from the password file alone', async () => {
    const session = await PsqlSession.open(
      launcher({ user: 'clerk' }, passFileWith('geheim')),
      'postgres',
      world,
      never,
    )
    expect(await session.row('SELECT current_user AS who')).toEqual({ who: 'clerk' })
    expect(await failureOf(session.rows('SELECT * FROM public.secret'))).toMatchObject({ code: 'postgres-denied' })
    await session.close()
  })

  it.each(['nowhere', 'postgres://evil/x', 'host=evil dbname=x', "a' host='evil", '--file=/etc/x', 'a\\'])(
    'X13: %s is a database name and nothing else',
    async (name) => {
      expect(await failureOf(PsqlSession.open(launcher(), name, world, never))).toMatchObject({
        code: 'database-missing',
        detail: { database: name },
      })
    },
  )

  it('D09: a psql that is missing, not executable or no program', async () => {
    const dir = makeTempDir()
    const odd = join(dir, 'odd')
    writeFileSync(odd, 'no program')
    chmodSync(odd, 0o700)
    const plain = join(dir, 'plain')
    writeFileSync(plain, '')
    for (const program of [join(dir, 'absent'), plain, odd]) {
      const error = await failureOf(
        PsqlSession.open({ ...launcher(), program: () => program }, 'postgres', world, never),
      )
      expect(error, program).toMatchObject({ code: 'postgres-tool-missing' })
    }
  })

  it('D06: a server that goes away', async () => {
    const session = await PsqlSession.open(launcher(), 'postgres', world, never)
    const { pid } = await session.row<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    server.query(`SELECT pg_terminate_backend(${pid})`)
    expect(await failureOf(session.rows('SELECT 1'))).toMatchObject({ code: 'postgres-lost' })
    await session.close()
  })

  it('ends with the abort, for its reason', async () => {
    const abort = new AbortController()
    const session = await PsqlSession.open(launcher(), 'postgres', world, abort.signal)
    const waiting = failureOf(session.run('SELECT pg_sleep(600)'))
    abort.abort(new BackupError('cancelled'))
    expect(await waiting).toMatchObject({ code: 'cancelled' })
    await session.close()
  })

  it('reads names in the encoding of the database', async () => {
    server.query("CREATE DATABASE cn ENCODING 'EUC_CN' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    server.query('CREATE TABLE 订单(编号 int)', 'cn')
    const session = await PsqlSession.open(launcher(), 'cn', world, never)
    expect(await session.row("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")).toEqual({
      relname: '订单',
    })
    await session.close()
  })
})

describe('a connection string', () => {
  it('quotes what it holds', () => {
    const config = postgresServerSchema.parse({ via: 'service', service: "o'brien\\" })
    const launcher: Launcher = { server: config, program: tool, passFile: undefined }
    expect(connectionString(launcher, "d'b")).toContain(`service='o\\'brien\\\\' dbname='d\\'b'`)
  })
})

function passFileWith(password: string): string {
  const dir = makeTempDir()
  mkdirSync(dir, { recursive: true })
  const path = join(dir, 'pass')
  rmSync(path, { force: true })
  writeFileSync(path, `*:*:*:*:${password}\n`, { mode: 0o600 })
  return path
}
