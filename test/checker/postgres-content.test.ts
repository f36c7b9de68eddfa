/** The independent checker looks into custom archives by pg_restore, and holds what the manifest says of dumps against them. */
import { execFileSync, spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresBin, tool } from '../helpers/postgres-server.ts'
import { editManifest, editPlain } from './forge.ts'
import { content, CUSTOM, GLOBALS, openPostgresPlace, TEXT, type Damage, type PostgresPlace } from './postgres-place.ts'

const tables = (change: (tables: Record<string, unknown>[]) => void) =>
  content(TEXT, (of) => {
    change(of['tables'] as Record<string, unknown>[])
  })

let place: PostgresPlace

describe.skipIf(postgresBin === undefined)('PostgreSQL', () => {
  beforeAll(async () => {
    place = await openPostgresPlace()
  }, 180_000)
  afterAll(() => place.close())

  it.each<[string, Damage, string]>([
    [
      'another number of rows',
      content(CUSTOM, (of) => ((of['tables'] as { rows: number }[])[0]!.rows += 1)),
      'rows, the manifest says',
    ],
    [
      'a table less in the manifest',
      content(CUSTOM, (of) => (of['tables'] as unknown[]).pop()),
      'is not in the manifest',
    ],
    [
      'another number of large objects',
      content(CUSTOM, (of) => (of['large_objects'] = 1)),
      '0 large objects, the manifest says 1',
    ],
    ['an archive cut off', (f) => editPlain(f, CUSTOM, (b) => b.subarray(0, b.length >> 1)), 'pg_restore says '],
    ['text for an archive', (f) => editPlain(f, CUSTOM, () => Buffer.from('SELECT 1;')), 'does not begin with PGDMP'],
    [
      'other rows',
      (f) => editPlain(f, CUSTOM, () => chinookWithout()),
      'table public.playlist_track has 8714 rows, the manifest says 8715',
    ],
  ])('an archive: %s is told', (_, damage, told) => {
    const said = place.toldOf(damage)
    expect(said).toContain(`${CUSTOM}: `)
    expect(said).toContain(told)
    expect(said).not.toContain('could not go on')
  })

  it('says that it could not look into an archive where there is no pg_restore', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const script = `import os, sys; sys.path.insert(0, sys.argv[1]); os.environ['PATH'] = ''
import check, postgres; postgres.PROGRAMS = '/nowhere'; sys.exit(check.main(['set', sys.argv[2]]))`
    const { status, stdout } = spawnSync('python3', ['-c', script, folder, place.good], { encoding: 'utf8' })
    expect(stdout).toBe(
      `shop/${basename(place.good)}: ${CUSTOM}: could not be looked into: there is no pg_restore here\n`,
    )
    expect(status).toBe(1)
  })

  it.each<[string, Damage, string]>([
    ['another format', content(TEXT, (of) => (of['format'] = 'tar')), 'format is not one of sql, custom'],
    [
      'a format that the name does not have',
      content(TEXT, (of) => (of['format'] = 'custom')),
      'the extension does not fit',
    ],
    ['a table of no schema', tables((all) => (all[0]!['name'] = 'animal')), 'name is not schema.table'],
    [
      'a table spelled otherwise',
      tables((all) => (all[0]!['name'] = 'erp."animal"')),
      'of the manifest is not in the dump',
    ],
    ['a table twice', tables((all) => all.push({ ...all[0] })), 'stands twice in the manifest'],
    ['a digest that is none', tables((all) => (all[0]!['digest'] = 'abc')), 'digest is not two whole numbers'],
    [
      'digests of some tables',
      tables((all) => delete all[0]!['digest']),
      'some tables have a digest, others have none',
    ],
    [
      'a right that is none',
      content(TEXT, (of) => ((of['privileges'] as object[])[0] = { role: null, privilege: 'ALL', grantable: false })),
      'privilege is not one of CREATE',
    ],
    [
      'a setting without a value',
      content(TEXT, (of) => (of['settings'] = [{ role: null, setting: 'work_mem' }])),
      'setting is not name=value',
    ],
    ['no owner', content(TEXT, (of) => delete of['owner']), 'content: owner is missing'],
    ['a field that nobody knows', content(GLOBALS, (of) => (of['colour'] = 'red')), "unknown field 'colour'"],
    [
      'globals of another source',
      (f) =>
        editManifest(
          f,
          (m) => ((m.files.find((one) => one.file === GLOBALS)!['source'] as { kind: string }).kind = 'sqlite'),
        ),
      'content.kind and source.kind do not fit',
    ],
    [
      'another database in a file',
      content(TEXT, (of) => (of['database'] = 'other')),
      'not named by its source and database',
    ],
    [
      'a database twice',
      content('erp-größe-1.sql.gz', (of) => (of['database'] = 'everything')),
      'its source has a database twice',
    ],
  ])('of the manifest: %s', (_, damage, told) => {
    expect(place.toldOf(damage)).toContain(told)
  })
})

/** The custom dump of the same database with a row less. */
function chinookWithout(): Buffer {
  place.server.query('CREATE DATABASE less TEMPLATE chinook')
  place.server.query(
    'DELETE FROM playlist_track WHERE (playlist_id, track_id) IN (SELECT playlist_id, track_id FROM playlist_track LIMIT 1)',
    'less',
  )
  const args = [
    '-h',
    place.server.socketDir,
    '-p',
    String(place.server.port),
    '-U',
    'postgres',
    '-Fc',
    '--compress=0',
    'less',
  ]
  return execFileSync(tool('pg_dump'), args, { maxBuffer: 100_000_000 })
}
