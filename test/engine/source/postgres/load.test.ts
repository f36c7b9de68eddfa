/** Back up, restore elsewhere, compare: everything a database may hold comes back, and what is not whole comes back not at all. */
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresServerSchema } from '../../../../electron/contract/postgres.ts'
import { startDump } from '../../../../electron/engine/source/postgres/dump.ts'
import type { Launcher } from '../../../../electron/engine/source/postgres/launch.ts'
import { createDatabase, loadDump, type DumpFormat } from '../../../../electron/engine/source/postgres/load.ts'
import { PsqlSession } from '../../../../electron/engine/source/postgres/session.ts'
import {
  countTables,
  takeSnapshot,
  type DatabaseFacts,
  type TableCount,
} from '../../../../electron/engine/source/postgres/snapshot.ts'
import { failureOf } from '../../../helpers/failure.ts'
import { postgresBin, startPostgres, tool, type PostgresServer } from '../../../helpers/postgres-server.ts'
import { makeWorld } from '../../../helpers/world.ts'

let server: PostgresServer
const world = makeWorld()
const never = new AbortController().signal
const everything = fileURLToPath(new URL('everything.sql', import.meta.url))
let made = 0

function launcher(): Launcher {
  const config = postgresServerSchema.parse({
    via: 'host',
    host: server.socketDir,
    port: server.port,
    user: 'postgres',
  })
  return { server: config, program: tool, passFile: undefined }
}

async function sessionIn(database: string): Promise<PsqlSession> {
  const session = await PsqlSession.open(launcher(), database, world, never)
  onTestFinished(() => session.close())
  return session
}

interface Taken {
  readonly bytes: Buffer
  readonly facts: DatabaseFacts
  readonly tables: readonly TableCount[]
}

async function take(database: string, format: DumpFormat): Promise<Taken> {
  const session = await sessionIn(database)
  const { id, facts, tables } = await takeSnapshot(session, 5)
  const args = [`--snapshot=${id}`, ...(format === 'sql' ? [] : ['--format=custom', '--compress=0'])]
  const dump = startDump(
    { launcher: launcher(), database, program: 'pg_dump', args, isText: format === 'sql' },
    world,
    never,
  )
  const chunks: Buffer[] = []
  for await (const chunk of dump.stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return { bytes: Buffer.concat(chunks), facts, tables: await countTables(session, tables, true) }
}

function inPieces(bytes: Buffer, size = 65_536): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  )
  return Readable.from(pieces)
}

/** A new database like the one that was taken, with the dump loaded. */
async function restore({ bytes, facts }: Pick<Taken, 'bytes' | 'facts'>, format: DumpFormat): Promise<string> {
  made += 1
  const database = `restored ${made}`
  await createDatabase(await sessionIn('postgres'), database, facts)
  await loadDump(inPieces(bytes), { launcher: launcher(), database, format }, world, never)
  return database
}

async function contentOf(database: string): Promise<readonly TableCount[]> {
  const session = await sessionIn(database)
  const { tables } = await takeSnapshot(session, 5)
  return await countTables(session, tables, true)
}

const schemaOf = (database: string): string => {
  // Everything but the token, which is new each time.
  const dump = server.dump(database).toString('latin1')
  return dump.replace(/^\\(un)?restrict .*$/gm, '')
}

describe.skipIf(postgresBin === undefined)('a round trip', () => {
  beforeAll(async () => {
    server = await startPostgres()
    server.query('CREATE ROLE owner_a; CREATE ROLE reader')
    server.query('CREATE DATABASE everything OWNER owner_a')
    server.runFile(everything, 'everything')
    server.query("CREATE DATABASE cn ENCODING 'EUC_CN' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    server.query("CREATE TABLE 订单(编号 int, 备注 text); INSERT INTO 订单 VALUES (1, '中文'), (2, E'a\\\\b')", 'cn')
    server.query("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    server.query(
      "SET client_encoding = 'SQL_ASCII'; CREATE TABLE t(v text); INSERT INTO t VALUES (convert_from('\\xb6a9b5a5'::bytea, 'SQL_ASCII')), (E'\\xe8\\xae\\xa2')",
      'bytes',
    )
  }, 60_000)
  afterAll(() => server.stop())

  it.each([
    ['everything', 'sql'],
    ['everything', 'custom'],
    ['cn', 'sql'],
    ['cn', 'custom'],
    ['bytes', 'sql'],
    ['bytes', 'custom'],
  ] as const)(
    'D19: of %s as %s: same rows, digests, owners, rights, sequences, policies and encoding',
    async (database, format) => {
      const taken = await take(database, format)
      const restored = await restore(taken, format)
      expect(await contentOf(restored)).toEqual(taken.tables)
      expect(schemaOf(restored)).toBe(schemaOf(database))
    },
  )

  it('of 1,600 columns and a large row', async () => {
    server.query('CREATE DATABASE wide')
    const columns = Array.from({ length: 1600 }, (_, n) => `c${n} int`).join(', ')
    server.query(
      `CREATE TABLE wide(${columns}); INSERT INTO wide(c0, c1599) VALUES (1, 2); CREATE TABLE big(v text); INSERT INTO big SELECT repeat('x', 30000000)`,
      'wide',
    )
    const taken = await take('wide', 'sql')
    expect(await contentOf(await restore(taken, 'sql'))).toEqual(taken.tables)
  })
})

describe.skipIf(postgresBin === undefined)('what is not whole', () => {
  let taken: Taken
  beforeAll(async () => {
    server = await startPostgres()
    server.query('CREATE ROLE owner_a; CREATE ROLE reader')
    server.query('CREATE DATABASE everything OWNER owner_a')
    server.runFile(everything, 'everything')
  }, 60_000)
  afterAll(() => server.stop())

  it.each([10, 50, 90, 99.9])('M7: a text cut at %f percent is an error', async (percent) => {
    taken = await take('everything', 'sql')
    const bytes = taken.bytes.subarray(0, Math.floor((taken.bytes.length * percent) / 100))
    expect(await failureOf(restore({ bytes, facts: taken.facts }, 'sql'))).toMatchObject({ code: 'content-mismatch' })
  })

  it('M5: a custom archive cut in half leaves an empty database', async () => {
    const { bytes, facts } = await take('everything', 'custom')
    const error = await failureOf(restore({ bytes: bytes.subarray(0, bytes.length / 2), facts }, 'custom'))
    expect(error.code).toMatch(/^postgres-failed$/)
    expect(await contentOf(`restored ${made}`)).toEqual([])
  })

  it('D18: a command in a dump is not run', async () => {
    const { bytes, facts } = await take('everything', 'sql')
    const evil = Buffer.concat([Buffer.from('SELECT 1;\n\\! touch /tmp/sitekeep-evil\n'), bytes])
    expect(await failureOf(restore({ bytes: evil, facts }, 'sql'))).toMatchObject({
      code: 'content-mismatch',
      detail: { text: '\\! touch /tmp/sitekeep-evil' },
    })
    expect(() => readFileSync('/tmp/sitekeep-evil')).toThrow(/ENOENT/)
  })

  it('S10: an object that is there already ends it at once, with nothing loaded', async () => {
    const { bytes, facts } = await take('everything', 'sql')
    await createDatabase(await sessionIn('postgres'), 'occupied', facts)
    server.query('CREATE SCHEMA erp', 'occupied')
    const error = await failureOf(
      loadDump(inPieces(bytes), { launcher: launcher(), database: 'occupied', format: 'sql' }, world, never),
    )
    expect(error).toMatchObject({ code: 'postgres-failed' })
    expect(error.message).toContain('erp')
    expect(await contentOf('occupied')).toEqual([])
  })

  it('D16: a role that the server lacks is told from a dump that is bad', async () => {
    const { bytes, facts } = await take('everything', 'sql')
    const bare = await startPostgres()
    onTestFinished(() => bare.stop())
    const config = postgresServerSchema.parse({ via: 'host', host: bare.socketDir, port: bare.port, user: 'postgres' })
    const elsewhere: Launcher = { server: config, program: tool, passFile: undefined }
    const session = await PsqlSession.open(elsewhere, 'postgres', world, never)
    await createDatabase(session, 'erp', facts)
    await session.close()
    const error = await failureOf(
      loadDump(inPieces(bytes), { launcher: elsewhere, database: 'erp', format: 'sql' }, world, never),
    )
    expect(error).toMatchObject({ code: 'postgres-environment' })
    expect(error.message).toMatch(/owner_a|reader/)
  })
})
