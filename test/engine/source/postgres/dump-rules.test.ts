/** What a dump may hold: all that PostgreSQL's own programs write passes, all that psql might read otherwise is refused. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DumpCounter, type DumpSummary } from '../../../../electron/engine/source/postgres/dump-summary.ts'
import { postgresBin, startPostgres, tool, type PostgresServer } from '../../../helpers/postgres-server.ts'
import { loadChinook, loadEverything } from '../../../helpers/postgres-site.ts'
import { inPieces } from '../../../helpers/restricted.ts'

const END = '--\n-- PostgreSQL database dump complete\n--\n'
const CUTS = [1, 2, 3, 5, 61, 4096]

function read(dump: Buffer | string, size = 1 << 16): DumpSummary {
  const counter = new DumpCounter()
  const bytes = typeof dump === 'string' ? Buffer.from(dump, 'latin1') : dump
  for (const chunk of inPieces(bytes, size)) counter.push(chunk)
  return counter.end()
}

describe('D18: refused is', () => {
  it.each([
    ['a COPY that a comment tears apart', "COPY/**/public.a (t) FROM PROGRAM 'sh';\n"],
    ['a setting behind a comment', 'SET/**/standard_conforming_strings = off;\n'],
    ['a setting within comments', 'SET -- x\n/* y */standard_conforming_strings /**/ = off;\n'],
    ['a statement behind COPY on its line', 'COPY public.a (t) FROM stdin; SELECT 1;\n\\.\n'],
    ['a comment behind COPY on its line', 'COPY public.a (t) FROM stdin; -- x\n\\.\n'],
    ['a carriage return that ends a comment', '-- x\ry\n'],
    ['a carriage return between words', 'SELECT\r1;\n'],
    ['a control character', 'SELECT \x011;\n'],
    ['a zero byte', 'SELECT 1 \0;\n'],
    ['a zero byte in a string', "SELECT '\0';\n"],
    ['a zero byte in a row', 'COPY public.a (t) FROM stdin;\n\0\n\\.\n'],
    ['a quoted setting', 'SET "standard_conforming_strings" = on;\n'],
    ['a quoted setting of a session', 'SET SESSION "client_encoding" = UTF8;\n'],
    ['an encoding by its other name', "SET NAMES 'UTF8';\n"],
    ['an encoding that no database has', "SET client_encoding = 'SJIS';\n"],
    ['an encoding from elsewhere', 'SET client_encoding FROM CURRENT;\n'],
    ['a setting back to another', 'RESET standard_conforming_strings;\n'],
    ['a setting by a block', 'DO $$BEGIN END$$;\n'],
    ['a setting by a procedure', 'CALL x();\n'],
    ['a setting by a view', "UPDATE pg_settings SET setting='off';\n"],
    ['a setting by a function', "SELECT pg_catalog.set_config('x.y', 'off', false);\n"],
    ['a setting by a quoted function', `SELECT pg_catalog."set_config"('x.y', 'off', false);\n`],
    ['a setting of another path', "SELECT pg_catalog.set_config('search_path', 'x', false);\n"],
    ['a name with escapes', 'SELECT pg_catalog.U&"set\\005fconfig"(\'a\');\n'],
    ['a string with escapes', "SELECT U&'\\0041';\n"],
    ['a dollar quote behind a number', 'SELECT 1$a$;\n'],
    ['a string that goes on with its escapes', "SELECT E'a' -- x\n'b';\n"],
    ['a COPY with options', 'COPY public.a (t) FROM stdin WITH (FORMAT csv);\n\\.\n'],
    ['a COPY of a query', 'COPY public.a (t) FROM stdin WHERE (true);\n\\.\n'],
    ['the same table twice', 'COPY public.a (t) FROM stdin;\n\\.\nCOPY public.a (t) FROM stdin;\n\\.\n'],
    ['rows as statements', 'INSERT INTO public.a VALUES (1);\n'],
    ['what --clean writes', 'DROP TABLE public.a;\n'],
    ['another transaction', 'ROLLBACK;\n'],
    ['a restriction of another token', '\\restrict a\n\\unrestrict b\n\\unrestrict a\n'],
    ['a restriction within a statement', 'SELECT\n\\restrict a\n1;\n'],
    ['a restriction with a carriage return', '\\restrict a\rb\n'],
    ['a second restriction', '\\restrict a\n\\restrict a\n\\unrestrict a\n'],
    ['a word without end', `SELECT ${'x'.repeat(5000)};\n`],
    ['a setting without end', `SET x = ${'y, '.repeat(400_000)}y;\n`],
    ['a COPY without end', `COPY public.a (${'x, '.repeat(400_000)}x) FROM stdin;\n`],
  ])('%s, once, however it is cut', (_, text) => {
    const whole = read(text + END)
    expect(whole.oddities).toHaveLength(1)
    if (text.length > 10_000) return
    for (const size of CUTS) expect(read(text + END, size)).toEqual(whole)
  })

  it.each([
    ['a carriage return that ends the text', '-- x\r'],
    ['half of a restriction at the end of the text', '\\restrict'],
  ])('%s, once, however it is cut', (_, text) => {
    for (const size of CUTS) expect(read(END + text, size).oddities).toHaveLength(1)
  })

  it('the end of a dump within a statement', () => {
    expect(read(`SELECT 1\n${END}`).isComplete).toBe(false)
  })

  it('never what only looks like it', () => {
    const text = `SET client_encoding = 'LATIN1';\r\nSET standard_conforming_strings = on;
      SET search_path = names, "client_encoding", pg_catalog;\nSET SESSION AUTHORIZATION 'names';\nSET default_tablespace = '';
      SELECT (u & 'x'), u &'x', a$b$c, $1, 'e' 'f', n'x', 1.5e-3, -1, a/b, '--', "U&", "it's" FROM pg_catalog.x; -- set_config
      CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN 'end' END; SELECT 2; END;
      CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC BEGIN; END; END;\nCREATE VIEW v AS SELECT "begin";
      CREATE RULE r AS ON UPDATE TO v DO (DO; DROP; \n;);\nCREATE TABLE begin (case int);\n;;
      COPY public.a  FROM stdin;\r\n\\! x\r\n\\.\r\nCOPY "a b"."c"" FROM stdin;" ("d)", e) FROM stdin;\n\\.\n${END}`
    const whole = read(text)
    expect(whole).toMatchObject({ oddities: [], isComplete: true })
    expect([...whole.tables]).toEqual([
      ['public.a', 1],
      ['"a b"."c"" FROM stdin;"', 0],
    ])
    for (const size of CUTS) expect(read(text, size)).toEqual(whole)
  })
})

const PIECES = [
  ...[
    "'",
    '"',
    '$$',
    '$a$',
    '$',
    'E',
    'e',
    'U&',
    'u',
    '\\',
    '\n',
    '\r',
    '\r\n',
    ' ',
    '\t',
    '\0',
    ';',
    '(',
    ')',
    '--',
    '/*',
  ],
  ...[
    '*/',
    '-',
    '/',
    '*',
    '&',
    '1',
    '1$',
    'a',
    '\x83',
    '\x01',
    'SET',
    'set_config',
    'standard_conforming_strings',
    '= on',
  ],
  ...["SET client_encoding = 'LATIN1';", 'COPY public.a (t) FROM stdin', 'COPY a.b FROM stdin;\n', '\\.\n', '\n\\.\n'],
  ...[
    'CREATE',
    'FUNCTION',
    'BEGIN',
    'END',
    'CASE',
    'SELECT',
    '\\restrict a\n',
    '\\unrestrict a\n',
    '\\! x',
    END,
    'x'.repeat(90),
  ],
  ...['SELECT pg_catalog.lo_create(1);', 'CREATE ROLE x;', 'é', `x${'y'.repeat(4095)}`, 'z'.repeat(4097)],
]

it('a text of anything is read alike however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }),
      (pieces, sizes) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1')
        const counter = new DumpCounter()
        for (let at = 0, n = 0; at < bytes.length; n += 1) {
          const size = sizes[n % sizes.length] ?? 1
          counter.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(counter.end()).toEqual(read(bytes, bytes.length + 1))
      },
    ),
    { numRuns: 3000 },
  )
})

describe.skipIf(postgresBin === undefined)('nothing is refused that is written', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    loadEverything(server)
    loadChinook(server)
    server.query('CREATE DATABASE odd')
    server.runFile(fileURLToPath(new URL('odd-objects.sql', import.meta.url)), 'odd')
  }, 60_000)
  afterAll(() => server.stop())

  it.each([
    ['everything', 'erp.customer', 5000],
    ['chinook', 'public.track', 3503],
    ['odd', '"Copy ""from"" stdin;"."\\! ls"', 1],
  ])('by pg_dump of %s, as text and by way of the custom format', (database, table, rows) => {
    const text = server.dump(database)
    const custom = server.dump(database, ['-Fc', '--compress=0'])
    const again = spawnSync(tool('pg_restore'), ['-f', '-'], { input: custom, maxBuffer: 1 << 28 })
    expect(String(again.stderr)).toBe('')
    for (const dump of [text, again.stdout]) {
      const whole = read(dump)
      expect(whole).toMatchObject({ oddities: [], isComplete: true })
      expect(whole.tables.get(table)).toBe(rows)
      expect(read(dump, 61)).toEqual(whole)
    }
  })

  it("by pg_dump of an extension's tables, with the rows that it marks", () => {
    expect(read(server.dump('odd')).tables.get('names.configured')).toBe(1)
  })

  it('by pg_dumpall of roles, memberships, settings and tablespaces', () => {
    const folder = join(server.socketDir, 'a; "\\tablespace')
    mkdirSync(folder)
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', folder])
    server.query(`CREATE TABLESPACE "slow ""disk" LOCATION '${folder}'`)
    server.query(`CREATE ROLE "set; \\! ls" LOGIN PASSWORD 'x' VALID UNTIL '2030-01-01'`)
    server.query('GRANT owner_a TO reader WITH ADMIN OPTION')
    server.query('GRANT SET ON PARAMETER work_mem TO reader; GRANT CREATE ON TABLESPACE "slow ""disk" TO reader')
    server.query(`COMMENT ON ROLE reader IS E'a\\nb'; COMMENT ON TABLESPACE "slow ""disk" IS ';'`)
    server.query('ALTER ROLE reader SET standard_conforming_strings = off')
    server.query(`ALTER ROLE reader IN DATABASE odd SET client_encoding = 'SJIS'`)
    server.query(`ALTER DATABASE odd SET search_path = names, "a;b"; ALTER ROLE ALL SET work_mem = '5MB'`)
    const place = ['-h', server.socketDir, '-p', String(server.port), '-U', 'postgres']
    const dump = execFileSync(tool('pg_dumpall'), ['-w', '-g', ...place])
    const roles = Number(server.query("SELECT count(*) FROM pg_roles WHERE rolname !~ '^pg_'"))
    expect(read(dump)).toMatchObject({ oddities: [], isComplete: true, roles, tablespaces: 1 })
  })
})
