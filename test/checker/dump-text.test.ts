/** The checker's reader of dumps against psql itself: what psql would run is refused, and nothing depends on how the text is cut. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresBin, startPostgres, tool, type PostgresServer } from '../helpers/postgres-server.ts'
import { loadEverything } from '../helpers/postgres-site.ts'
import { makeTempDir } from '../helpers/temp.ts'

const END = '--\n-- PostgreSQL database dump complete\n--\n'
const TABLE = 'CREATE TABLE public.a (t text);\n'
const reader = `import json, sys
sys.path.insert(0, sys.argv[1])
from shapes import Damage
from sqltext import DumpText
with open(sys.argv[2], 'rb') as handle:
    text = DumpText(lambda: handle.read(int(sys.argv[3])))
    try:
        text.read()
        said = ''
    except Damage as damage:
        said = str(damage)
peak = next((int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM')), 0)
print(json.dumps([said, text.tables, text.large_objects, text.complete, peak]))`
const folder = fileURLToPath(new URL('.', import.meta.url))

interface Reading {
  readonly said: string
  readonly tables: Record<string, number>
  readonly largeObjects: number
  readonly complete: string | null
  readonly kilobytes: number
}

function readFile(path: string, chunk = 1 << 20): Reading {
  const { stdout, stderr } = spawnSync('python3', ['-c', reader, folder, path, String(chunk)], { encoding: 'utf8' })
  expect(stderr).toBe('')
  const [said, tables, largeObjects, complete, kilobytes] = JSON.parse(stdout) as [
    string,
    Record<string, number>,
    number,
    string | null,
    number,
  ]
  return { said, tables, largeObjects, complete, kilobytes }
}

function read(text: string | Buffer, chunk?: number): Omit<Reading, 'kilobytes'> {
  const path = join(makeTempDir(), 'dump.sql')
  writeFileSync(path, text)
  const { kilobytes: _, ...rest } = readFile(path, chunk)
  return rest
}

describe.skipIf(postgresBin === undefined)('a text', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    loadEverything(server)
  }, 60_000)
  afterAll(() => server.stop())

  it.each<[string, (command: string) => string]>([
    ['a command', (run) => run],
    [
      'a command behind a COPY that a comment tears apart',
      (run) => `${TABLE}COPY/**/public.a (t) FROM stdin;\n'\n\\.\n${run}--';\n`,
    ],
    [
      'a command behind a COPY with a statement on its line',
      (run) => `${TABLE}COPY public.a (t) FROM stdin; SELECT 1;\n'\n\\.\n${run}--';\n`,
    ],
    ['a command behind a carriage return in a comment', (run) => `-- x\r${run}`],
    ['a command behind a quote that a zero byte hides', (run) => `SELECT 1 \0'\n;\n${run}--'\n;\n`],
    [
      'strings read otherwise, by a quoted name',
      (run) => `SET "standard_conforming_strings" = off;\nSELECT '\\' ';\n${run}--'\n;\n`,
    ],
    [
      'strings read otherwise, behind a comment',
      (run) => `SET/**/standard_conforming_strings = off;\nSELECT '\\' ';\n${run}--'\n;\n`,
    ],
    [
      'strings read otherwise, for a session',
      (run) => `SET SESSION standard_conforming_strings TO off;\nSELECT '\\' ';\n${run}--'\n;\n`,
    ],
    [
      'strings read otherwise, by a function',
      (run) => `SELECT set_config('standard_conforming_strings', 'off', false);\nSELECT '\\' ';\n${run}--'\n;\n`,
    ],
    [
      'strings read otherwise, by a name with escapes',
      (run) =>
        `SELECT pg_catalog.U&"set\\005fconfig"('standard_conforming_strings','off',false);\nSELECT '\\' ';\n${run}--'\n;\n`,
    ],
    [
      'strings read otherwise, by a block',
      (run) =>
        `DO $$BEGIN PERFORM set_config('standard_conforming_strings','off',false); END$$;\nSELECT '\\' ';\n${run}--'\n;\n`,
    ],
    [
      'strings read otherwise, by a view',
      (run) =>
        `UPDATE pg_settings SET setting='off' WHERE name='standard_conforming_strings';\nSELECT '\\' ';\n${run}--'\n;\n`,
    ],
  ])('is refused where psql would run %s', (_, of) => {
    const mark = join(makeTempDir(), 'mark')
    const text = of(`\\! touch ${mark}\n`) + END
    server.query('DROP DATABASE IF EXISTS run')
    server.query('CREATE DATABASE run')
    const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', server.socketDir, '-p', String(server.port)]
    spawnSync(tool('psql'), [...args, '-U', 'postgres', '-d', 'run', '-f', '-'], { input: text })
    expect(existsSync(mark)).toBe(true)
    for (const chunk of [1 << 20, 1]) expect(read(text, chunk).said).not.toBe('')
  })

  it.each([
    ['a dollar quote behind a number', "SELECT 1$a$ ' $a$;\n"],
    ['a string that goes on', "SELECT E'a' -- x\n'b\\'c';\n"],
    ['an encoding in which a quote hides', "SET NAMES 'SJIS';\n"],
    ['such an encoding by its full name', "SET client_encoding = 'GBK';\n"],
    ['COPY to a program', "COPY public.a (t) FROM PROGRAM 'sh';\n"],
    ['a restriction of another token', '\\restrict a\n\\unrestrict b\n'],
    ['a setting behind a megabyte', `SET standard_conforming_strings = ${'/**/on '.repeat(2 ** 18)}off;\n`],
    ['a string with escapes of its own', "SELECT U&'\\0041';\n"],
  ])('is refused where versions of psql may differ or a dump never goes: %s', (_, text) => {
    expect(read(text + END).said).not.toBe('')
  })

  it('is taken for what it is: quotes, dollars and commands in rows, bodies, names and comments', () => {
    const text = `\\restrict tok\nCREATE FUNCTION public.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;
      CREATE FUNCTION public.g() AS $_X$ $$ ;\nCOPY public.x (id) FROM stdin;\n\\! ls\n$_X$;\n/* /* \\! */ ' */ SELECT pg_catalog.lo_create('1');
      CREATE VIEW public.w AS SELECT (u & 'x'), u &'x', "U&" FROM public.u;
      CREATE RULE r AS ON UPDATE TO public.v DO ALSO (SELECT 'a;b'; SELECT 2);\nCOMMENT ON TABLE "a;""\\!" IS E'it\\'s; \\\\! x';
      COPY public."T.""t" (a, "b c") FROM stdin;\nit's\n$$\n\\\\! rm\n\\.x\n\n\\.\n\nCOPY s.u  FROM stdin;\n\\.\n${END}\n\\unrestrict tok\n\n`
    const expected = { said: '', tables: { 'public."T.""t"': 5, 's.u': 0 }, largeObjects: 1, complete: 'database' }
    for (const chunk of [1 << 20, 1, 2, 3, 5, 64]) expect(read(text, chunk)).toEqual(expected)
  })

  it('of a real server is read alike however it is cut', () => {
    const dump = server.dump('everything')
    const whole = read(dump)
    expect(whole).toMatchObject({ said: '', complete: 'database', largeObjects: 1 })
    expect(whole.tables['erp.customer']).toBe(5000)
    for (const chunk of [61, 4096, 65_537]) expect(read(dump, chunk)).toEqual(whole)
  })

  it('may hold a row of any length: no more than a chunk of it is held', () => {
    const path = join(makeTempDir(), 'long.sql')
    const row = Buffer.alloc(200 * 2 ** 20, 'x')
    const head = Buffer.from('COPY public.a (t) FROM stdin;\n\n')
    writeFileSync(path, Buffer.concat([head, row, Buffer.from(`\n\n\\.\n${END}`)]))
    const { said, tables, kilobytes } = readFile(path)
    expect({ said, tables }).toEqual({ said: '', tables: { 'public.a': 3 } })
    expect(kilobytes).toBeLessThan(60_000)
  })
})
