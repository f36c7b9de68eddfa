/** A PostgreSQL database: our whole run, with the proof `matched`, beside `pg_dump | gzip` and `pg_dump -Fc`, which prove nothing. */
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startPostgres, tool, type PostgresServer } from '../helpers/postgres-server.ts'
import { rounds, timed, type Bench, type Measured, type Measurement } from './measurement.ts'

/** As measured. */
const BYTES_PER_ROW = 157

const cli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

export const postgres: Measurement = {
  name: 'postgres',
  title: 'PostgreSQL, full backup and restore',
  megabytes: 600,
  run: async (bench) => {
    const server = await startPostgres({ settings: { shared_buffers: '256MB', max_wal_size: '4GB' } })
    try {
      fill(server, bench.megabytes)
      const bytes = Number(server.query("SELECT pg_database_size('erp')"))
      const size = `${Math.round(bytes / 1e6)} MB in the server`
      return [
        { title: `backup of ${size}`, rows: backups(server, bench) },
        { title: `restore of ${size}`, rows: restores(server, bench) },
      ]
    } finally {
      server.stop()
    }
  },
}

/** Lines of sales: numbers, times, short texts and a note that compresses as such notes do. */
function fill(server: PostgresServer, megabytes: number): void {
  server.query('CREATE DATABASE erp')
  server.query(
    `CREATE TABLE sale (id bigint PRIMARY KEY, at timestamptz, customer int, sku text, quantity int, price numeric(12, 2), note text);
     CREATE TABLE stock (sku text PRIMARY KEY, place text, quantity int)`,
    'erp',
  )
  // Of the rows and their index.
  const rows = Math.round((megabytes * 1e6) / BYTES_PER_ROW)
  server.query(
    `INSERT INTO sale SELECT n, timestamptz '2024-01-01' + n * interval '41 s', (random() * 20000)::int, 'SKU-' || (random() * 5000)::int,
       1 + (random() * 20)::int, round((random() * 900)::numeric, 2), 'order ' || n || ' ' || substr(md5(random()::text), 1, 12) || ' paid in cash'
       FROM generate_series(1, ${rows}) n;
     INSERT INTO stock SELECT 'SKU-' || n, 'R' || n % 40 || '-' || n % 9, (random() * 500)::int FROM generate_series(0, 5000) n; ANALYZE`,
    'erp',
  )
}

function backups(server: PostgresServer, { dir, rounds: count }: Bench): Measured[] {
  const at = `-h ${server.socketDir} -p ${server.port} -U postgres -d erp`
  const dump = `${tool('pg_dump')} ${at}`
  const home = { SITEKEEP_HOME: join(dir, 'home') }
  const ours = (command: string) => `${process.execPath} ${cli} --yes ${command}`
  const url = `postgresql:///erp?host=${server.socketDir}&port=${server.port}&user=postgres`
  for (const kind of ['gzip', 'zstd'])
    timed(
      ours(
        `job add ${kind} --postgres '${url}' --no-globals --compression ${kind} --to ${join(dir, `place-${kind}`)}/`,
      ),
      home,
    )
  const plain = join(dir, 'plain.sql.gz')
  const custom = join(dir, 'custom.dump')
  const [gzip = 0, fc = 0, gzipChecked = 0, fcChecked = 0, ourGzip = 0, ourZstd = 0] = rounds(count, [
    () => timed(`${dump} | gzip > ${plain}; sync ${plain}`),
    () => timed(`${dump} -Fc -f ${custom}; sync ${custom}`),
    () => timed(`${dump} | gzip > ${plain}; sync ${plain}; gunzip -t ${plain}`),
    () => timed(`${dump} -Fc -f ${custom}; sync ${custom}; ${tool('pg_restore')} -f /dev/null ${custom}`),
    () => timed(ours('backup gzip'), home),
    () => timed(ours('backup zstd'), home),
  ])
  return [
    { what: 'pg_dump | gzip', seconds: gzip, bytes: statSync(plain).size, isPeer: true },
    { what: 'pg_dump -Fc', seconds: fc, bytes: statSync(custom).size, isPeer: true },
    { what: 'pg_dump | gzip, then gunzip -t', seconds: gzipChecked, isPeer: false },
    { what: 'pg_dump -Fc, then pg_restore -f /dev/null', seconds: fcChecked, isPeer: false },
    { what: 'sitekeep backup, gzip, data matched', seconds: ourGzip, bytes: newest(dir, 'gzip'), isPeer: false },
    { what: 'sitekeep backup, zstd, data matched', seconds: ourZstd, bytes: newest(dir, 'zstd'), isPeer: false },
  ]
}

function restores(server: PostgresServer, { dir, rounds: count }: Bench): Measured[] {
  const psql = `${tool('psql')} -X -q -h ${server.socketDir} -p ${server.port} -U postgres`
  const home = { SITEKEEP_HOME: join(dir, 'home') }
  const url = `postgresql:///again?host=${server.socketDir}&port=${server.port}&user=postgres`
  const fresh = () => void timed(`${psql} -d postgres -c 'DROP DATABASE IF EXISTS again'`)
  const [peer = 0, ours = 0] = rounds(count, [
    () => {
      fresh()
      return timed(
        `${psql} -d postgres -c 'CREATE DATABASE again'; gunzip -c ${join(dir, 'plain.sql.gz')} | ${psql} -d again -1 -v ON_ERROR_STOP=1 -o /dev/null`,
      )
    },
    () => {
      fresh()
      return timed(`${process.execPath} ${cli} --yes restore gzip/latest --to '${url}'`, home)
    },
  ])
  rmSync(join(dir, 'plain.sql.gz'))
  return [
    { what: 'gunzip | psql -1', seconds: peer, isPeer: true },
    { what: 'sitekeep restore, rows compared', seconds: ours, isPeer: false },
  ]
}

/** Bytes of the newest set's database. */
function newest(dir: string, job: string): number {
  const full = join(dir, `place-${job}`, job, 'full')
  const last = readdirSync(full).sort().at(-1) ?? ''
  const file = readdirSync(join(full, last)).find((name) => name.startsWith('database.sql')) ?? ''
  return statSync(join(full, last, file)).size
}
