/** What a malicious server may write into a dump, held against psql itself: no command of it is run, whoever reads along. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresServerSchema } from '../../../../electron/contract/postgres.ts'
import type { Launcher } from '../../../../electron/engine/source/postgres/launch.ts'
import { loadDump } from '../../../../electron/engine/source/postgres/load.ts'
import { makeContainer } from '../../../helpers/container-standin.ts'
import { inPieces, scriptOf } from '../../../helpers/restricted.ts'
import { failureOf } from '../../../helpers/failure.ts'
import { postgresBin, startPostgres, tool, type PostgresServer } from '../../../helpers/postgres-server.ts'
import { makeTempDir } from '../../../helpers/temp.ts'
import { makeWorld } from '../../../helpers/world.ts'

const END = '--\n-- PostgreSQL database dump complete\n--\n\n'
const TABLE = 'CREATE TABLE public.a (t text);\n'
const world = makeWorld()
const never = new AbortController().signal
let server: PostgresServer

/** Each holds a command that psql runs as the dump goes to it unguarded; `run` is the command's line, `file` makes a marker. */
const tampered: readonly (readonly [string, (run: string, file: string) => string])[] = [
  ['a command', (run) => `${TABLE}${run}`],
  ['a COPY that a comment tears apart', (run) => `${TABLE}COPY/**/public.a (t) FROM stdin;\n'\n\\.\n${run}--'\n;\n`],
  [
    'a COPY with a statement on its line',
    (run) => `${TABLE}COPY public.a (t) FROM stdin; SELECT 1;\n'\n\\.\n${run}--';\n`,
  ],
  ['a carriage return that ends a comment', (run) => `-- x\r${run}`],
  ['a quoted setting', (run) => `SET "standard_conforming_strings" = off;\nSELECT '\\' ';\n${run}--'\n;\n`],
  ['a setting behind a comment', (run) => `SET/**/standard_conforming_strings = off;\nSELECT '\\' ';\n${run}--'\n;\n`],
  [
    'a setting by a block',
    (run) =>
      `DO $$BEGIN PERFORM set_config('standard_conforming_strings','off',false); END$$;\nSELECT '\\' ';\n${run}--'\n;\n`,
  ],
  [
    'a setting by a view',
    (run) =>
      `UPDATE pg_settings SET setting='off' WHERE name='standard_conforming_strings';\nSELECT '\\' ';\n${run}--'\n;\n`,
  ],
  [
    'a setting by a name with escapes',
    (run) =>
      `SELECT pg_catalog.U&"set\\005fconfig"('standard_conforming_strings','off',false);\nSELECT '\\' ';\n${run}--'\n;\n`,
  ],
  ['an encoding in which a quote hides', (run) => `SET NAMES 'SJIS';\n/* \x83*/ '\n*/\n${run}-- ';\n`],
  [
    'a check that sets while rows are loaded',
    (run) =>
      `CREATE FUNCTION public.f(t text) RETURNS bool LANGUAGE plpgsql AS $$BEGIN PERFORM set_config('standard_conforming_strings','off',false); RETURN true; END$$;\nCREATE TABLE public.a (t text CHECK (public.f(t)));\nCOPY public.a (t) FROM stdin;\n1\n\\.\nCOMMENT ON TABLE public.a IS '\\' ';\n${run}--'\n;\n`,
  ],
]

/** Each is run by psql under a restriction too, unless what is fed to it is looked at. */
const beyondRestriction: readonly (readonly [string, (file: string) => string])[] = [
  ['backticks', (file) => `\\unrestrict \`touch ${file}\`\n`],
  ['backticks behind a quote', (file) => `\\unrestrict 'x y'\`touch ${file}\`\n`],
  ['backticks behind a vertical tab', (file) => `\\unrestrict a\v\`touch ${file}\`\n`],
  ['backticks behind a carriage return', (file) => `\\unrestrict\r\`touch ${file}\`\n`],
  [
    'backticks behind a character that holds a backslash',
    (file) => `SET NAMES 'SJIS';\n\x83\\\\unrestrict \`touch ${file}\`\n`,
  ],
  ['backticks of a word that a zero byte divides', (file) => `\\unre\0${'x'.repeat(1017)}strict \`touch ${file}\`\n`],
]

function launcher(program: Launcher['program'] = tool): Launcher {
  const place = { via: 'host', host: server.socketDir, port: server.port, user: 'postgres' }
  return { server: postgresServerSchema.parse(place), program, passFile: undefined }
}

function fresh(name = 'target'): string {
  server.query(`DROP DATABASE IF EXISTS "${name}"`)
  server.query(`CREATE DATABASE "${name}"`)
  return name
}

/** psql as the loader starts it, and nothing else of the loader. */
function psql(input: Buffer, database: string): string {
  const place = `host='${server.socketDir}' port=${server.port} user=postgres dbname='${database.replaceAll('\\', '\\\\')}'`
  const args = [
    '-X',
    '-q',
    '-w',
    '-v',
    'ON_ERROR_STOP=1',
    '--single-transaction',
    '-o',
    '/dev/null',
    '-f',
    '-',
    '-d',
    place,
  ]
  return spawnSync(tool('psql'), args, { input, encoding: 'utf8' }).stderr
}

describe.skipIf(postgresBin === undefined)('D18: a tampered dump', () => {
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  it.each(tampered)('runs nothing, by the restriction alone: %s', (_, of) => {
    const file = join(makeTempDir(), 'mark')
    const dump = Buffer.from(of(`\\! touch ${file}\n`, file) + END, 'latin1')
    psql(dump, fresh())
    expect(existsSync(file), 'it is run where nothing restricts psql').toBe(true)
    spawnSync('rm', [file])
    expect(psql(scriptOf(dump).text, fresh())).toContain('restricted')
    expect(existsSync(file)).toBe(false)
  })

  it.each(tampered)('is not loaded, however it is cut: %s', async (_, of) => {
    for (const size of [1, 7, 64, 1 << 16]) {
      const file = join(makeTempDir(), 'mark')
      const dump = Buffer.from(of(`\\! touch ${file}\n`, file) + END, 'latin1')
      const order = { launcher: launcher(), database: fresh(), format: 'sql' } as const
      const error = await failureOf(loadDump(Readable.from(inPieces(dump, size)), order, world, never))
      expect(error.code).toMatch(/^(?:content-mismatch|postgres-failed)$/)
      expect(existsSync(file), `chunks of ${size}`).toBe(false)
    }
  })

  it.each(beyondRestriction)('runs nothing that a restricted psql would: %s', async (_, of) => {
    for (const size of [1, 7, 1 << 16]) {
      const file = join(makeTempDir(), 'mark')
      const dump = Buffer.from(of(file) + END, 'latin1')
      const { text, refused } = scriptOf(dump, size)
      expect(refused).toBeDefined()
      psql(text, fresh())
      const order = { launcher: launcher(), database: fresh(), format: 'sql' } as const
      const error = await failureOf(loadDump(Readable.from(inPieces(dump, size)), order, world, never))
      expect(error.code).toBe('content-mismatch')
      expect(existsSync(file), `chunks of ${size}`).toBe(false)
    }
  })

  it('runs nothing that the database itself is named', () => {
    const file = join(makeTempDir('m-'), 'm')
    const name = fresh(`a\\unrestrict \`touch ${file}\``)
    expect(psql(scriptOf(Buffer.from(':DBNAME;\n')).text, name)).toContain('syntax error')
    expect(existsSync(file)).toBe(false)
  })

  it('is not given to a psql that cannot be restricted, which is said before anything is loaded', async () => {
    const folder = makeTempDir()
    const log = join(folder, 'log')
    const old = (help: string) => {
      const path = join(folder, 'psql')
      writeFileSync(
        path,
        `#!/bin/sh\necho "$@" >> ${log}\n[ "$1" = --version ] && echo 'psql (PostgreSQL) 12.1' && exit\n${help}\n`,
      )
      chmodSync(path, 0o755)
      return path
    }
    for (const help of [
      "echo '  \\\\q                     quit psql'",
      "echo 'psql: unrecognized option' >&2; exit 1",
    ]) {
      const order = { launcher: launcher(() => old(help)), database: fresh(), format: 'sql' } as const
      const error = await failureOf(loadDump(Readable.from([Buffer.from(END)]), order, world, never))
      expect(error).toMatchObject({ code: 'postgres-client-unsafe', detail: { client: '12.1', at: 'on-computer' } })
    }
    expect(readFileSync(log, 'utf8')).not.toContain('-f')
  })

  it('asks the psql of the container in which the server runs', async () => {
    const docker = makeContainer(server)
    const before = process.env['PATH']
    process.env['PATH'] = `${docker.bin}:${before ?? ''}`
    onTestFinished(() => {
      process.env['PATH'] = before
    })
    const inside = postgresServerSchema.parse({ via: 'container', container: docker.container, user: 'postgres' })
    const order = {
      launcher: { ...launcher((name) => name), server: inside },
      database: fresh(),
      format: 'sql',
    } as const
    await loadDump(Readable.from([Buffer.from(TABLE + END)]), order, world, never)
    expect(server.query('SELECT count(*) FROM a', 'target')).toBe('0')
    expect(docker.seen()).toContain('psql --help=commands')
  })

  it('is told from a psql that is not there', async () => {
    const order = { launcher: launcher(() => '/nowhere/psql'), database: fresh(), format: 'sql' } as const
    const error = await failureOf(loadDump(Readable.from([Buffer.from(END)]), order, world, never))
    expect(error).toMatchObject({ code: 'postgres-tool-missing' })
  })
})

describe.skipIf(postgresBin === undefined)('a dump that pg_dump restricts itself', () => {
  it('is loaded', async () => {
    const own = await startPostgres()
    onTestFinished(() => own.stop())
    server = own
    server.query('CREATE DATABASE source')
    server.query("CREATE TABLE t (v text); INSERT INTO t VALUES ('`\\unrestrict a` `b`'), ('中')", 'source')
    const dump = server.dump('source')
    expect(dump.toString()).toContain('\n\\restrict ')
    for (const size of [61, 1 << 16]) {
      const order = { launcher: launcher(), database: fresh(), format: 'sql' } as const
      const summary = await loadDump(Readable.from(inPieces(dump, size)), order, world, never)
      expect(summary?.isComplete).toBe(true)
      expect(server.query('SELECT count(*) FROM t', 'target')).toBe('2')
    }
  })
})
