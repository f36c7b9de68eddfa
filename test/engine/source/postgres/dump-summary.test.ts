/** Plain dumps as they stream by: rows counted as psql would load them, breaks and foreign commands seen, whatever the chunks. */
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DumpCounter, tableName, type DumpSummary } from '../../../../electron/engine/source/postgres/dump-summary.ts'
import { postgresBin, startPostgres, tool, type PostgresServer } from '../../../helpers/postgres-server.ts'

const END = '--\n-- PostgreSQL database dump complete\n--\n'

function summaryOf(dump: Buffer | string, cuts: readonly number[] = []): DumpSummary {
  const bytes = Buffer.from(dump)
  const counter = new DumpCounter()
  const edges = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  for (const [at, start] of edges.slice(0, -1).entries()) counter.push(bytes.subarray(start, edges[at + 1]))
  return counter.end()
}

const rowsIn = (dump: string) => Object.fromEntries(summaryOf(dump + END).tables)

describe('counting', () => {
  it('counts the rows of each COPY block, an empty one and one of a table without columns included', () => {
    const dump =
      'COPY public.a (id) FROM stdin;\n1\n2\n\\.\n\nCOPY public."B b" (id) FROM stdin;\n\\.\n\nCOPY public.c  FROM stdin;\n\n\n\\.\n'
    expect(rowsIn(dump)).toEqual({ 'public.a': 2, 'public."B b"': 0, 'public.c': 2 })
  })

  it.each([
    ['a string', "SELECT '\nCOPY public.x (id) FROM stdin;\n1\n\\.\n';\n"],
    ['a string with doubled quotes', "COMMENT ON TABLE a IS 'it''s; \nCOPY public.x (id) FROM stdin;\n';\n"],
    ['an escape string', "SELECT E'\\'\nCOPY public.x (id) FROM stdin;\n';\n"],
    ['a function', 'CREATE FUNCTION f() AS $$\nCOPY public.x (id) FROM stdin;\n\\! ls\n$$;\n'],
    ['a tagged function', 'CREATE FUNCTION f() AS $_X$ $$ ;\nCOPY public.x (id) FROM stdin;\n$_X$;\n'],
    ['a quoted name', 'SELECT 1 AS "\nCOPY public.x (id) FROM stdin;\n";\n'],
    ['a comment', '/* /* */ ;\nCOPY public.x (id) FROM stdin;\n*/\n'],
  ])('takes COPY inside of %s for what it is', (_, dump) => {
    const { tables, isComplete, oddities } = summaryOf(dump + END)
    expect([...tables]).toEqual([])
    expect({ isComplete, oddities }).toEqual({ isComplete: true, oddities: [] })
  })

  it('takes data for data: quotes, dollars and commands in rows change nothing', () => {
    expect(rowsIn("COPY public.a (t) FROM stdin;\nit's\n$$\n\\\\! rm\n-- x\n\\.x\n\\.\nSELECT 1;\n")).toEqual({
      'public.a': 5,
    })
  })

  it('spells a table alike however it is quoted', () => {
    expect(tableName('public', 'order')).toBe('public.order')
    expect(rowsIn('COPY public."order" (id) FROM stdin;\n1\n\\.\n')).toEqual({ 'public.order': 1 })
    expect(rowsIn('COPY "模式"."a.""b" (id) FROM stdin;\n1\n\\.\n')).toEqual({ [tableName('模式', 'a."b')]: 1 })
  })
})

describe('refusing', () => {
  it.each([
    ['a shell command', '\\! touch /tmp/x\n'],
    ['a command behind a statement', 'SELECT 1; \\! touch /tmp/x\n'],
    ['another database', '\\connect template1\n'],
    ['output to a program', '\\o |sh\n'],
    ['strings read otherwise', 'SET standard_conforming_strings = off;\n'],
    ['an encoding in which a backslash hides', "SET client_encoding = 'SJIS';\n"],
    ['the other spelling of that', "SET client_encoding TO 'gbk';\n"],
    ['COPY to a program', "COPY public.a (t) FROM PROGRAM 'sh';\n"],
    ['strings read otherwise, by a function', "SELECT set_config('standard_conforming_strings', 'off', false);\n"],
    ['a setting behind a megabyte of blanks', `SET standard_conforming_strings = ${' '.repeat(2 ** 21)}off;\n`],
    ['a command behind 5,000 blanks', `\\restrict tok${' '.repeat(5000)}\\! touch /tmp/x\n`],
    ['COPY into no schema', 'COPY a (t) FROM stdin;\n1\n\\.\n'],
  ])('D18: %s is no part of a dump', (_, text) => {
    expect(summaryOf(text + END).oddities).toHaveLength(1)
  })

  it('D18: a command is not hidden by where a chunk ends', () => {
    const dump = `\\restrict tok${' '.repeat(5000)}\\! touch /tmp/x\n\\unrestrict tok\n${END}`
    expect(summaryOf(dump, [13]).oddities.length).toBeGreaterThan(0)
  })

  it('leaves the restriction of a newer pg_dump alone', () => {
    expect(summaryOf(`\\restrict a1B2\n\nSELECT 1;\n${END}\n\\unrestrict a1B2\n\n`)).toMatchObject({
      isComplete: true,
      oddities: [],
    })
  })

  it('sees a statement behind the end', () => {
    expect(summaryOf(`${END}SELECT 1;\n`).isComplete).toBe(false)
  })
})

const whole = `\\restrict tok\nSET standard_conforming_strings = on;\nCREATE FUNCTION public.f() AS $_$ SELECT 'x;' $_$;\n/* c */ SELECT E'a\\'b', 'c''d';\nCOPY public."T t" (a) FROM stdin;\none\\\\.\n\\N\n\\.\n\nCOPY s.u (a) FROM stdin;\n${'x'.repeat(300)}\n\\.\n\nSELECT pg_catalog.lo_create('1');\nSELECT pg_catalog.lowrite(0, '\\x00ff');\n${END}\n\\unrestrict tok\n`

describe('streaming', () => {
  it('finds the same however the dump is cut into chunks', () => {
    const expected = summaryOf(whole)
    expect(expected).toMatchObject({ isComplete: true, oddities: [], largeObjects: 1 })
    expect([...expected.tables]).toEqual([
      ['public."T t"', 2],
      ['s.u', 1],
    ])
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 40 }), (cuts) => {
        expect(summaryOf(whole, cuts)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('D03: sees a dump that was cut at any byte', () => {
    // Blank lines at the end hold nothing.
    for (let end = 0; end < whole.trimEnd().length; end += 1) {
      expect(summaryOf(whole.slice(0, end)).isComplete, `cut at ${end}`).toBe(false)
    }
  })

  it('holds no more than a chunk of a row that does not end', () => {
    const counter = new DumpCounter()
    counter.push(Buffer.from('COPY public.a (t) FROM stdin;\n'))
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    for (let n = 0; n < 300; n += 1) counter.push(chunk)
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 ** 2)
    counter.push(Buffer.from(`\n\\.\n${END}`))
    expect([...counter.end().tables]).toEqual([['public.a', 1]])
  })
})

describe.skipIf(postgresBin === undefined)('what pg_dump writes', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  it('is counted to the row, with functions, quoted names, large objects and odd text', () => {
    server.query('CREATE DATABASE "商店"')
    server.query(
      `CREATE SCHEMA "S ""x"; CREATE TABLE "S ""x"."T.t"(id int, t text); INSERT INTO "S ""x"."T.t" SELECT n, E'a\\\\.\\n\\t''$$' FROM generate_series(1, 1234) n;
       CREATE TABLE plain(); INSERT INTO plain DEFAULT VALUES; INSERT INTO plain DEFAULT VALUES;
       CREATE TABLE "order"(v text); CREATE TABLE parted(id int) PARTITION BY RANGE (id);
       CREATE TABLE part1 PARTITION OF parted FOR VALUES FROM (0) TO (10); INSERT INTO parted SELECT n FROM generate_series(0, 6) n;
       CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 'x;'; END;
       CREATE FUNCTION g() RETURNS text LANGUAGE sql AS $b$ SELECT $$COPY public.no (id) FROM stdin;$$ $b$;
       SELECT lo_from_bytea(0, convert_to(repeat('blob''\\\\', 5000), 'UTF8'));`,
      '商店',
    )
    const dump = server.dump('商店')
    const found = summaryOf(
      dump,
      Array.from({ length: 50 }, (_, n) => n * 997),
    )
    expect(found).toMatchObject({ isComplete: true, oddities: [], largeObjects: 1 })
    expect(Object.fromEntries(found.tables)).toEqual({
      [tableName('S "x', 'T.t')]: 1234,
      'public.plain': 2,
      'public.order': 0,
      'public.part1': 7,
    })
  })

  it('in another encoding is named in that encoding', () => {
    server.query("CREATE DATABASE cn ENCODING 'EUC_CN' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    server.query('CREATE TABLE 订单(编号 int); INSERT INTO 订单 VALUES (1), (2)', 'cn')
    const dump = server.dump('cn')
    expect(dump.includes('订单')).toBe(false)
    expect(Object.fromEntries(summaryOf(dump).tables)).toEqual({ [tableName('public', '订单')]: 2 })
  })

  it('of roles and tablespaces is counted too', () => {
    server.query('CREATE ROLE clerk LOGIN')
    const dump = execFileSync(tool('pg_dumpall'), [
      '-w',
      '-g',
      '-h',
      server.socketDir,
      '-p',
      String(server.port),
      '-U',
      'postgres',
    ])
    expect(summaryOf(dump)).toMatchObject({ isComplete: true, oddities: [], roles: 2, tablespaces: 0 })
  })
})
