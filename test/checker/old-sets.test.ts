/** Sets that an earlier version wrote stay readable: by the checker, by the engine, and by a person with the page's own commands. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContentOf, Manifest } from '../../electron/contract/manifest.ts'
import { checkRoot } from '../helpers/checker.ts'
import { openSite } from '../helpers/open-site.ts'
import { postgresBin, startPostgres, type PostgresServer } from '../helpers/postgres-server.ts'
import { makeTempDir } from '../helpers/temp.ts'

const page = readFileSync(new URL('../../electron/engine/FORMAT.md', import.meta.url), 'utf8')
const archive = fileURLToPath(new URL('../fixtures/archives/v1-postgres.tar.gz', import.meta.url))

function unpacked(): { root: string; set: string; manifest: Manifest } {
  const root = makeTempDir()
  execFileSync('tar', ['-xpzf', archive, '--no-same-owner', '-C', root])
  const [set = ''] = execFileSync('find', [root, '-name', 'manifest.json'], { encoding: 'utf8' }).split(
    '/manifest.json',
  )
  return { root, set, manifest: JSON.parse(readFileSync(join(set, 'manifest.json'), 'utf8')) as Manifest }
}

/** What stands behind a fence of this name. */
function fenced(name: string): string {
  const text = new RegExp(`^\`\`\`${name}\\n([^]*?)\\n\`\`\`$`, 'm').exec(page)?.[1]
  if (text === undefined) throw new Error(`the page has no ${name}`)
  return text
}

/** The page's command with this word in it. */
function command(word: string): string {
  const line = fenced('sh postgres')
    .split('\n')
    .find((one) => one.includes(word))
  if (line === undefined) throw new Error(`the page has no command with ${word}`)
  return line
}

const settings = [
  'DateStyle = ISO',
  'IntervalStyle = postgres',
  "TimeZone = 'UTC'",
  'extra_float_digits = 3',
  'bytea_output = hex',
  'search_path = pg_catalog',
  'row_security = off',
]

it('by the checker, by its own rules alone', () => {
  const { root } = unpacked()
  const { status, sets, problems } = checkRoot(root)
  expect({ status, problems: [...problems, ...sets.flatMap((one) => one.problems)] }).toEqual({
    status: 0,
    problems: [],
  })
  expect(sets).toHaveLength(1)
})

describe.skipIf(postgresBin === undefined)('with the programs of PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  it('by the engine, matched', async () => {
    const { set } = unpacked()
    const site = await openSite({ dir: makeTempDir() })
    const record = await site.verify({ by: 'path', path: set })
    site.catalog.close()
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
  })

  it('by hand, with the commands of the page: roles first, then every database, to the last row', () => {
    const { set, manifest } = unpacked()
    const folder = makeTempDir()
    const run = (word: string, env: Record<string, string> = {}): void => {
      const connection = { PGHOST: server.socketDir, PGPORT: String(server.port), PGUSER: 'postgres' }
      const path = `${postgresBin ?? ''}:${process.env['PATH'] ?? ''}`
      const script = `set -e -o pipefail\n${command(word)}`
      execFileSync('bash', ['-c', script], { cwd: folder, env: { ...connection, PATH: path, ...env }, stdio: 'pipe' })
    }
    const named = (of: Manifest['files'][number], as: string): void =>
      copyFileSync(join(set, of.file), join(folder, as))
    named(
      manifest.files.find((one) => one.content.kind === 'globals')!,
      'globals.sql.gz',
    )
    run('globals.sql.gz')
    for (const [at, file] of manifest.files.entries()) {
      const { content } = file
      if (content.kind !== 'postgres') continue
      const { encoding, collate, ctype, owner, format } = content
      const NEW = `restored ${at}`
      run('createdb', { ENCODING: encoding, COLLATE: collate, CTYPE: ctype, OWNER: owner, NEW })
      const name = format === 'sql' ? 'database.sql.gz' : 'database.dump.gz'
      named(file, name)
      run(`-c ${name}`, { NEW })
      expect(found(NEW, content), NEW).toEqual(content.tables)
      expect(server.query('SELECT count(*) FROM pg_largeobject_metadata', NEW)).toBe(String(content.large_objects))
    }
  })

  /** Rows and digests by the page's own query. */
  function found(database: string, content: ContentOf<'postgres'>): ContentOf<'postgres'>['tables'] {
    const sets = settings.map((one) => `SET ${one};`).join(' ')
    return content.tables.map(({ name }) => ({
      name,
      rows: Number(server.query(`SELECT count(*) FROM ONLY ${name}`, database)),
      digest: server.query(`${sets} ${fenced('sql digest').replace('public.orders', () => name)}`, database),
    }))
  }
})
