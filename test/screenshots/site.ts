/** A small shop for pictures: twelve weeks of real backups by a real agent whose wall clock is moved from night to night. */
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { createAgent } from '../../electron/agent/agent.ts'
import { connectAgent, type AgentClient } from '../../electron/client/client.ts'
import { makeWorld, type TestWorld } from '../helpers/world.ts'
import type { Names } from './names.ts'

export interface PictureSite {
  readonly agent: Awaited<ReturnType<typeof createAgent>>
  readonly client: AgentClient
  readonly world: TestWorld
  readonly home: string
  readonly folder: string
}

const NIGHTS = 84
/** Nights before today: one on which the disk was not there, one on which the computer was off. */
const FAILED_NIGHT = 33
const MISSED_NIGHT = 47
const PHOTO_BYTES = 24_000

/** Opens an agent in `folder`, with two places and three jobs whose history ends on the morning of `today`. */
export async function openPictureSite(folder: string, names: Names, today: Date): Promise<PictureSite> {
  const world = { ...makeWorld(), host: { hostname: 'SHUNDA-SRV', user: 'sitekeep', platform: process.platform } }
  const home = join(folder, 'home')
  const places = names.places.map((name) => join(folder, name))
  const data = join(folder, names.data)
  for (const path of [data, ...places, ...names.folders.map((name) => join(data, name))])
    mkdirSync(path, { recursive: true })
  const till = makeTill(join(data, 'pos.db'))
  const shop = makeTill(join(data, 'webshop.db'))
  writeFileSync(join(data, '.env'), 'SHOP_NAME=Shunda\nDB_PASSWORD=correct-horse\n')
  world.clock.set(nightOf(today, NIGHTS, 1))
  const pagesDir = join(import.meta.dirname, '../../out/renderer')
  const agent = await createAgent({
    home,
    world,
    version: '0.1.0',
    mode: 'agent',
    http: { host: '127.0.0.1', port: 0 },
    allowHosts: [],
    pagesDir,
  })
  const client = await connectAgent({ home, client: 'cli' })
  const jobs = await addJobs(client, data, places, names)
  for (let night = NIGHTS - 1; night >= 0; night -= 1) {
    sell(till, NIGHTS - night)
    sell(shop, NIGHTS - night)
    for (const name of names.folders) addPhotos(join(data, name), NIGHTS - night)
    if (night === MISSED_NIGHT) continue
    const place = places[0] ?? ''
    if (night === FAILED_NIGHT) renameSync(place, `${place}-away`)
    for (const [index, job] of jobs.entries()) {
      world.clock.set(nightOf(today, night, 2, index * 20))
      const { run } = await client.call('backup.start', { job, type: 'full' })
      await client.call('run.wait', { run })
    }
    if (night === FAILED_NIGHT) renameSync(`${place}-away`, place)
  }
  till.close()
  shop.close()
  world.clock.set(today)
  return { agent, client, world, home, folder }
}

async function addJobs(client: AgentClient, data: string, places: readonly string[], names: Names): Promise<string[]> {
  const ids: string[] = []
  for (const [index, path] of places.entries()) {
    const name = names.places[index] ?? path
    ids.push((await client.call('destination.add', { kind: 'folder', path, name })).id)
  }
  const [photos = '', shared = ''] = names.folders.map((name) => join(data, name))
  const drafts = [
    {
      name: names.jobs[0] ?? '',
      prove: 'restored' as const,
      sources: [
        { kind: 'sqlite' as const, name: 'pos.db', path: join(data, 'pos.db') },
        { kind: 'files' as const, name: names.folders[0] ?? '', roots: [photos] },
        { kind: 'config' as const, name: '.env', globs: [join(data, '.env')] },
      ],
      schedule: { full: '0 2 * * *' },
    },
    {
      name: names.jobs[1] ?? '',
      prove: 'restored' as const,
      sources: [{ kind: 'sqlite' as const, name: 'webshop.db', path: join(data, 'webshop.db') }],
      schedule: { full: '20 2 * * *' },
    },
    {
      name: names.jobs[2] ?? '',
      prove: 'matched' as const,
      sources: [{ kind: 'files' as const, name: names.folders[1] ?? '', roots: [shared] }],
      schedule: { full: '40 2 * * *' },
      rtoMinutes: 120,
    },
  ]
  const jobs: string[] = []
  for (const [index, draft] of drafts.entries()) {
    // What a shop cannot do without lies at both places.
    const destinations = index === 0 ? ids : ids.slice(-1)
    jobs.push((await client.call('job.add', { draft: { ...draft, destinations } })).id)
  }
  return jobs
}

function nightOf(today: Date, nightsAgo: number, hour: number, minute = 0): Date {
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - nightsAgo, hour, minute, 4)
}

const TABLES = [
  'sales',
  'sale_items',
  'payments',
  'customers',
  'products',
  'stock_moves',
  'suppliers',
  'staff',
] as const

function makeTill(path: string): Sqlite.Database {
  const db = new Sqlite(path)
  db.pragma('journal_mode = WAL')
  for (const table of TABLES)
    db.exec(
      `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, at TEXT NOT NULL, name TEXT NOT NULL, amount INTEGER NOT NULL)`,
    )
  db.transaction(() => {
    for (const [index, table] of TABLES.entries())
      fill(db, table, [4200, 11_800, 4200, 860, 1240, 5300, 42, 9][index] ?? 0)
  })()
  return db
}

function sell(db: Sqlite.Database, day: number): void {
  db.transaction(() => {
    fill(db, 'sales', 40 + (day % 7) * 6)
    fill(db, 'sale_items', 110 + (day % 7) * 14)
    fill(db, 'payments', 40 + (day % 7) * 6)
    fill(db, 'stock_moves', 18)
    fill(db, 'customers', day % 3)
  })()
}

function fill(db: Sqlite.Database, table: string, rows: number): void {
  const insert = db.prepare(`INSERT INTO ${table} (at, name, amount) VALUES (?, ?, ?)`)
  for (let row = 0; row < rows; row += 1) insert.run(`2026-${row % 12}-${row % 28}`, `${table} ${row * 7919}`, row * 31)
}

/** Bytes that do not compress, as pictures do not; the same in every run. */
function addPhotos(folder: string, day: number): void {
  const photo = Buffer.alloc(PHOTO_BYTES)
  let state = day * 2_654_435_761 + folder.length
  for (let at = 0; at < photo.length; at += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    photo[at] = state >> 16
  }
  const known = readdirSync(folder).length
  for (let n = 0; n < 4; n += 1) writeFileSync(join(folder, `IMG_${1000 + known + n}.jpg`), photo)
}
