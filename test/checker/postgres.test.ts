/** The independent checker reads dumps of real servers by the page alone, and says of a damaged one what is wrong. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkRoot, checkSet } from '../helpers/checker.ts'
import { postgresBin } from '../helpers/postgres-server.ts'
import { postgresSource } from '../helpers/postgres-site.ts'
import { editPlain, type LooseManifest } from './forge.ts'
import {
  content,
  GLOBALS,
  instead,
  openPostgresPlace,
  TEXT,
  type Damage,
  type PostgresPlace,
} from './postgres-place.ts'

const tableOfOne = 'erp.animal'
const inText = (from: string | RegExp, to: string) => instead(TEXT, from, to)
/** In front of the last comment: what stands there is still within the dump. */
const inserted = (text: string) =>
  inText('--\n-- PostgreSQL database dump complete', `${text}--\n-- PostgreSQL database dump complete`)

let place: PostgresPlace

describe.skipIf(postgresBin === undefined)('PostgreSQL', () => {
  beforeAll(async () => {
    place = await openPostgresPlace()
  }, 180_000)
  afterAll(() => place.close())

  it.each(['gzip', 'zstd', 'none'] as const)(
    'is accepted as the engine wrote it, compressed by %s',
    async (compression) => {
      const folder = await place.backUp(compression)
      expect(checkSet(folder)).toMatchObject({ status: 0, problems: [] })
      const end = { gzip: '.gz', zstd: '.zst', none: '' }[compression]
      const stems = ['archive.dump', 'erp-everything.sql', 'erp-globals.sql', 'erp-größe-1.sql']
      expect(readdirSync(folder).sort()).toEqual([...stems.map((stem) => stem + end), 'manifest.json'])
    },
  )

  it('is accepted with its journal, whether a job has one database, or all of a server', async () => {
    const one = await place.site.backup(place.site.job([postgresSource(place.server, ['chinook'])], { name: 'one' }))
    const all = await place.site.backup(
      place.site.job([postgresSource(place.server, 'all', { scratch: 'same' })], { name: 'all' }),
    )
    expect(readdirSync(place.site.folderOf(one)).sort()).toEqual(['database.sql.gz', 'globals.sql.gz', 'manifest.json'])
    expect(readdirSync(place.site.folderOf(all))).toContain('database-größe-1.sql.gz')
    const { status, sets, problems } = checkRoot(place.site.root)
    expect({ problems, told: sets.flatMap((set) => set.problems) }).toEqual({ problems: [], told: [] })
    expect(status).toBe(0)
  })

  it('spells every table of every encoding as the engine does', () => {
    const names = (file: string): unknown => {
      const manifest = JSON.parse(readFileSync(join(place.good, 'manifest.json'), 'utf8')) as LooseManifest
      return (manifest.files.find((one) => one.file === file)?.content['tables'] as { name: string }[]).map(
        (t) => t.name,
      )
    }
    expect(names('erp-größe-1.sql.gz')).toEqual(['public."Maß"'])
    expect(names(TEXT)).toContain('"订 单"."Order ""lines"""')
  })

  it.each<[string, Damage, string]>([
    ['a row lost', inText('\nany\n\\.\n', '\n\\.\n'), `table ${tableOfOne} has 0 rows, the manifest says 1`],
    [
      'a row too many',
      inText('\nany\n\\.\n', '\nany\nsecond\n\\.\n'),
      `table ${tableOfOne} has 2 rows, the manifest says 1`,
    ],
    [
      'a table lost',
      inText(/COPY erp\.animal [^]*?\n\\\.\n/, ''),
      `table ${tableOfOne} of the manifest is not in the dump`,
    ],
    ['a table too many', inserted('COPY erp.more (a) FROM stdin;\n\\.\n'), 'table erp.more is not in the manifest'],
    ['rows of a table twice', inserted('COPY erp.animal (name) FROM stdin;\n\\.\n'), 'table erp.animal twice'],
    [
      'an end cut off',
      (f) => editPlain(f, TEXT, (b) => b.subarray(0, -200)),
      'does not end as a dump of a database does',
    ],
    [
      'rows cut off',
      (f) => editPlain(f, TEXT, (b) => b.subarray(0, b.indexOf('Kunde 77'))),
      'it breaks off within the rows of a table, after',
    ],
    [
      'a text cut off',
      (f) => editPlain(f, TEXT, (b) => b.subarray(0, b.indexOf('-- COPY public.nothing'))),
      'it breaks off within a quoted text',
    ],
    ['nothing', (f) => editPlain(f, TEXT, () => Buffer.alloc(0)), 'does not end as a dump of a database does'],
    [
      'a statement behind the end',
      (f) => editPlain(f, TEXT, (b) => Buffer.concat([b, Buffer.from('SELECT 1;\n')])),
      'does not end as a dump',
    ],
    [
      'half a statement behind the end',
      (f) => editPlain(f, TEXT, (b) => Buffer.concat([b, Buffer.from('SELECT 1\n')])),
      'does not end as a dump',
    ],
    ['a shell command', inserted('\\! touch /tmp/x\n'), 'it holds what no dump holds: the command \\! touch /tmp/x'],
    [
      'a shell command behind a row that looks like the end',
      inText('\nany\n\\.\n', '\nany\n\\.\n\\! id\n\\.\n'),
      'the command \\! id',
    ],
    [
      'a large object lost',
      inText("SELECT pg_catalog.lo_create('4711');\n", ''),
      '0 large objects, the manifest says 1',
    ],
    [
      'another number of large objects',
      content(TEXT, (of) => (of['large_objects'] = 2)),
      '1 large objects, the manifest says 2',
    ],
    ['a role in a database', inserted('CREATE ROLE more;\n'), 'holds what belongs into another kind of dump'],
    [
      'the end of another kind',
      inText('database dump complete', 'database cluster dump complete'),
      'does not end as a dump of a database',
    ],
  ])('%s is told, and of which artifact', (_, damage, told) => {
    const said = place.toldOf(damage)
    expect(said).toContain(told)
    expect(said.split('\n').filter((line) => !line.startsWith(TEXT))).toEqual([])
  })

  it.each<[string, Damage, string]>([
    ['a role lost', instead(GLOBALS, 'CREATE ROLE reader;\n', ''), '3 roles, the manifest says 4'],
    [
      'a role too many',
      instead(GLOBALS, 'CREATE ROLE reader;\n', 'CREATE ROLE reader;\nCREATE ROLE r2;\n'),
      '5 roles, the manifest says 4',
    ],
    [
      'a tablespace',
      instead(GLOBALS, 'CREATE ROLE reader;\n', "CREATE ROLE reader;\nCREATE TABLESPACE t LOCATION '/t';\n"),
      '1 tablespaces, the manifest says 0',
    ],
    [
      'passwords that are not told',
      (f) => {
        instead(GLOBALS, 'ALTER ROLE reader WITH', "ALTER ROLE reader PASSWORD 'md5x';\nALTER ROLE reader WITH")(f)
        content(GLOBALS, (of) => (of['passwords'] = false))(f)
      },
      'has passwords, the manifest says that it has none',
    ],
    [
      'an end cut off',
      (f) => editPlain(f, GLOBALS, (b) => b.subarray(0, b.indexOf('-- PostgreSQL database cluster dump complete'))),
      'does not end as a dump of a cluster does',
    ],
    [
      'rows',
      instead(GLOBALS, 'CREATE ROLE reader;\n', 'CREATE ROLE reader;\nCOPY public.a (a) FROM stdin;\n\\.\n'),
      'holds what belongs into another kind of dump',
    ],
    [
      'another database',
      instead(GLOBALS, 'CREATE ROLE reader;\n', 'CREATE ROLE reader;\n\\connect template1\n'),
      'the command \\connect template1',
    ],
  ])('globals: %s is told', (_, damage, told) => {
    const said = place.toldOf(damage)
    expect(said).toContain(`${GLOBALS}: `)
    expect(said).toContain(told)
  })
})
