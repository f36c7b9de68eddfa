/**
 * Makes test/fixtures/archives/v1-postgres.tar.gz, a place with one set of a PostgreSQL server: `node` this file. Run once, when
 * the format was new; the archive is what later versions must still read, so it is never made again over the old one.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSite } from '../helpers/open-site.ts'
import { startPostgres } from '../helpers/postgres-server.ts'
import { loadEverything, postgresSource } from '../helpers/postgres-site.ts'
import { removeTree } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

const archive = fileURLToPath(new URL('../fixtures/archives/v1-postgres.tar.gz', import.meta.url))

const server = await startPostgres()
const dir = mkdtempSync(join(tmpdir(), 'sitekeep-archive-'))
try {
  loadEverything(server)
  server.query(`CREATE DATABASE "Größe 1" TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`)
  server.query(`CREATE TABLE "Maß"(id int, text text); INSERT INTO "Maß" VALUES (1, 'Straße'), (2, NULL)`, 'Größe 1')
  server.query('CREATE DATABASE old TEMPLATE template0')
  server.query(
    `CREATE TABLE papers(id int PRIMARY KEY, title text); INSERT INTO papers SELECT n, 'paper ' || n FROM generate_series(1, 250) n;
     SELECT lo_from_bytea(0, convert_to('scan ' || n, 'UTF8')) FROM generate_series(1, 3) n`,
    'old',
  )
  const host = { hostname: 'shop-pc', user: 'root', platform: 'linux' } as const
  const site = await openSite({ dir, world: makeWorld({ host }) })
  const local = { via: 'host', host: '127.0.0.1', port: server.port, user: 'postgres', sslMode: 'prefer' } as const
  const sources = [
    postgresSource(server, ['everything', 'Größe 1'], { server: local, digests: true }),
    postgresSource(server, ['old'], {
      server: local,
      name: 'Archive',
      format: 'custom',
      globals: false,
      digests: true,
    }),
  ]
  const record = await site.backup(site.job(sources))
  site.catalog.close()
  if (record.outcome !== 'good') throw new Error(JSON.stringify(record))
  execFileSync('tar', ['-czf', archive, '--owner=root:0', '--group=root:0', '-C', site.root, '.'])
} finally {
  server.stop()
  removeTree(dir)
}
