/** Snapshots and dumps of a real server: what is counted is what is dumped, and a dump that is not whole never ends well. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresServerSchema } from '../../../../electron/contract/postgres.ts'
import { BackupError } from '../../../../electron/engine/errors.ts'
import { startDump } from '../../../../electron/engine/source/postgres/dump.ts'
import type { Launcher, Program } from '../../../../electron/engine/source/postgres/launch.ts'
import { PsqlSession } from '../../../../electron/engine/source/postgres/session.ts'
import {
  countSnapshot,
  countTables,
  tablesIn,
  takeSnapshot,
} from '../../../../electron/engine/source/postgres/snapshot.ts'
import { failureOf } from '../../../helpers/failure.ts'
import { postgresBin, startPostgres, tool, type PostgresServer } from '../../../helpers/postgres-server.ts'
import { makeTempDir } from '../../../helpers/temp.ts'
import { makeWorld } from '../../../helpers/world.ts'

let server: PostgresServer
const world = makeWorld()
const never = new AbortController().signal

function launcher(user = 'postgres', programs: Partial<Record<Program, string>> = {}): Launcher {
  const config = postgresServerSchema.parse({ via: 'host', host: server.socketDir, port: server.port, user })
  return { server: config, program: (name) => programs[name] ?? tool(name), passFile: undefined }
}

async function session(user?: string, database = 'shop'): Promise<PsqlSession> {
  const opened = await PsqlSession.open(launcher(user), database, world, never)
  onTestFinished(() => opened.close())
  return opened
}

function dumpOf(pgDump?: string, args: readonly string[] = [], signal = never) {
  const programs = pgDump === undefined ? {} : { pg_dump: pgDump }
  return startDump(
    { launcher: launcher('postgres', programs), database: 'shop', program: 'pg_dump', args, isText: true },
    world,
    signal,
  )
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0
  for await (const chunk of stream) bytes += chunk.length
  return bytes
}

/** A program that stands in for pg_dump: a shell script in which `$REAL` is the real one. */
function wrapper(script: string): string {
  const path = join(makeTempDir(), 'pg_dump')
  writeFileSync(path, `#!/bin/bash\nREAL=${tool('pg_dump')}\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

describe.skipIf(postgresBin === undefined)('PostgreSQL', () => {
  beforeAll(async () => {
    server = await startPostgres()
    server.query('CREATE DATABASE shop')
    server.query(
      `CREATE SCHEMA "订 单"; CREATE TABLE "订 单"."T""t"(id int, note text); INSERT INTO "订 单"."T""t" SELECT n, repeat('x', 200) FROM generate_series(1, 20000) n;
       CREATE TABLE base(id int); CREATE TABLE child() INHERITS (base); INSERT INTO base VALUES (1); INSERT INTO child VALUES (2), (3);
       CREATE TABLE parted(id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF parted FOR VALUES IN (1); INSERT INTO parted VALUES (1), (1);
       CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1; CREATE UNLOGGED TABLE u(id int); INSERT INTO u VALUES (1);
       CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA "订 单" TO clerk; GRANT SELECT ON "订 单"."T""t", base, child, p1, u TO clerk;
       CREATE TABLE hidden(id int); SELECT lo_from_bytea(0, '\\x0102');`,
      'shop',
    )
  }, 60_000)
  afterAll(() => server.stop())

  it('counts in its snapshot exactly what the dump of that snapshot holds, though the tables change meanwhile', async () => {
    const open = await session()
    const { id, tables, facts } = await takeSnapshot(open, 5)
    server.query('DELETE FROM "订 单"."T""t" WHERE id = 1; INSERT INTO base VALUES (9)', 'shop')
    const counted = await countSnapshot(open, tables, false)
    const dump = dumpOf(undefined, [`--snapshot=${id}`])
    await bytesOf(dump.stream)
    expect(facts).toMatchObject({
      database: 'shop',
      encoding: 'UTF8',
      owner: 'postgres',
      isStandby: false,
      largeObjects: 1,
      settings: [],
    })
    expect(new Map(counted.map(({ name, rows }) => [name, rows]))).toEqual(dump.outcome().summary?.tables)
    expect(Object.fromEntries(counted.map(({ name, rows }) => [name, rows]))).toEqual({
      '"订 单"."T""t"': 20_000,
      'public.base': 1,
      'public.child': 2,
      'public.p1': 2,
      'public.u': 1,
      'public.hidden': 0,
    })
  })

  it('counting holds no lock longer than it takes, so that thousands of tables leave room for those of the dump', async () => {
    const open = await session()
    await open.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const tables = await tablesIn(open)
    expect((await countSnapshot(open, tables, true)).length).toBe(tables.length)
    const held = `SELECT relation FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN (${tables.map(({ oid }) => oid).join(', ')})`
    expect(await open.rows(held)).toEqual([])
  })

  it('digests are the same for the same rows in any order, and others for others', async () => {
    server.query('CREATE DATABASE digests')
    server.query(
      `CREATE TABLE d1(a int, b text); CREATE TABLE d2(a int, b text); CREATE TABLE d3(a int, b text);
       INSERT INTO d1 VALUES (1, 'x'), (2, NULL), (2, NULL); INSERT INTO d2 VALUES (2, NULL), (1, 'x'), (2, NULL);
       INSERT INTO d3 VALUES (1, 'x'), (2, ''), (2, NULL)`,
      'digests',
    )
    const open = await session('postgres', 'digests')
    const { tables } = await takeSnapshot(open, 5)
    const counted = await countTables(open, tables, true)
    const digests = new Map(counted.map(({ name, digest }) => [name, digest]))
    expect(digests.get('public.d1')).toMatch(/^\d+:\d+$|^-?\d+:-?\d+$/)
    expect(digests.get('public.d2')).toBe(digests.get('public.d1'))
    expect(digests.get('public.d3')).not.toBe(digests.get('public.d1'))
  })

  it('D11: names the locked table and who holds it', async () => {
    const holder = await session()
    await holder.run('BEGIN')
    await holder.run('LOCK TABLE public.base IN ACCESS EXCLUSIVE MODE')
    const { pid } = await holder.row<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const error = await failureOf(takeSnapshot(await session(), 0.2))
    expect(error).toMatchObject({ code: 'postgres-locked', detail: { table: 'public.base', holder: pid } })
  })

  it('D15: names the table that may not be read', async () => {
    const error = await failureOf(takeSnapshot(await session('clerk'), 5))
    expect(error).toMatchObject({ code: 'postgres-denied' })
    expect(error.message).toContain('hidden')
  })

  it.each([
    ['D01: killed at once', 'kill -9 $$', 'dump-failed'],
    ['D01: killed after half', '$REAL "$@" | head -c 2000000; kill -9 $$', 'dump-failed'],
    ['D01: killed after 99 %', '$REAL "$@" | head -c -100; kill -9 $$', 'dump-failed'],
    ['D02: exit 1 after all of it', '$REAL "$@"; exit 1', 'dump-failed'],
    ['D03: exit 0 with half of it', '$REAL "$@" 2>/dev/null | head -c 2000000; exit 0', 'dump-failed'],
    ['D03: exit 0 with all but the end', '$REAL "$@" | head -c -60; exit 0', 'dump-failed'],
    ['D04: exit 0 with nothing', 'exit 0', 'dump-failed'],
    [
      'D08: older than the server',
      'echo "pg_dump: error: server version: 15.18; pg_dump version: 9.6.24" >&2; echo "pg_dump: error: aborting because of server version mismatch" >&2; exit 1',
      'dump-failed',
    ],
    ['D18: a command in the output', 'echo "\\! touch /tmp/evil"; $REAL "$@"', 'dump-failed'],
  ])('%s', async (_, script, code) => {
    expect(await failureOf(bytesOf(dumpOf(wrapper(script)).stream))).toMatchObject({
      code,
      detail: { program: 'pg_dump' },
    })
  })

  it('D12: a flood of messages neither blocks nor fills memory', async () => {
    const dump = dumpOf(wrapper('head -c 100000000 /dev/zero | tr "\\0" "w" >&2; $REAL "$@"'))
    const before = process.memoryUsage().rss
    await bytesOf(dump.stream)
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 ** 2)
    expect(dump.outcome().said.join('').length).toBeLessThan(200_000)
  })

  it('D06: a server that ends the session in the middle is told from a dump that failed', async () => {
    const dump = dumpOf(wrapper('exec $REAL "$@"'))
    const reading = dump.stream[Symbol.asyncIterator]()
    await reading.next()
    server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'")
    const error = await failureOf(
      (async () => {
        while ((await reading.next()).done !== true) continue
      })(),
    )
    expect(error).toMatchObject({ code: 'postgres-lost' })
  })

  it('ends with the abort, and the program with it', async () => {
    const abort = new AbortController()
    const dump = dumpOf(wrapper('echo "-- x"; sleep 600'), [], abort.signal)
    const reading = failureOf(bytesOf(dump.stream))
    abort.abort(new BackupError('cancelled'))
    expect(await reading).toMatchObject({ code: 'cancelled' })
  })
})
