/** SQLite databases for tests, and other programs that use them: real processes, as the site's application would be. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'

const writerEntry = fileURLToPath(new URL('sqlite-writer.ts', import.meta.url))

export interface ShopOptions {
  readonly journalMode?: 'wal' | 'delete'
  readonly orders?: number
  readonly pageSize?: number
}

/** A small shop: products, orders with an index, and a table of blobs. Closed again, so that WAL mode leaves no side files. */
export function makeShopDb(path: string, options: ShopOptions = {}): void {
  const { journalMode = 'delete', orders = 1000, pageSize = 4096 } = options
  const db = new Database(path)
  db.pragma(`page_size = ${pageSize}`)
  db.pragma(`journal_mode = ${journalMode}`)
  db.exec(`
    CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL CHECK (price >= 0));
    CREATE TABLE orders (id INTEGER PRIMARY KEY, product INTEGER REFERENCES products(id), note TEXT);
    CREATE INDEX orders_by_note ON orders(note);
    CREATE TABLE pictures (name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;
  `)
  const product = db.prepare('INSERT INTO products (name, price) VALUES (?, ?)')
  const order = db.prepare('INSERT INTO orders (product, note) VALUES (?, ?)')
  const picture = db.prepare('INSERT INTO pictures VALUES (?, zeroblob(?))')
  db.transaction(() => {
    for (let n = 1; n <= 20; n += 1) product.run(`茶 ${n}`, n * 100)
    for (let n = 1; n <= orders; n += 1) order.run((n % 20) + 1, `order ${n} ${'x'.repeat(n % 200)}`)
    for (let n = 1; n <= 5; n += 1) picture.run(`p${n}`, n * 1000)
  })()
  db.close()
}

/** Every row of every ordinary table, as one hash: equal content, whatever the bytes. */
export function contentHash(path: string): string {
  // Not read-only: as the application would open it, so that a crashed program's journal or log is applied.
  const db = new Database(path)
  try {
    const hash = createHash('sha256')
    const tables = db.prepare(`SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name`)
    for (const { name, sql } of tables.all() as { name: string; sql: string }[]) {
      hash.update(`${name}\n${sql}\n`)
      for (const row of db.prepare(`SELECT * FROM "${name}"`).raw().iterate()) hash.update(JSON.stringify(row))
    }
    return hash.digest('hex')
  } finally {
    db.close()
  }
}

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** Bytes and, where they are promised to stay, the side files of a database; for "nothing was changed". */
export function footprint(path: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const suffix of ['', '-wal', '-journal'])
    if (statSync(path + suffix, { throwIfNoEntry: false }) !== undefined)
      found[suffix || 'main'] = sha256Of(path + suffix)
  found['shm'] = statSync(`${path}-shm`, { throwIfNoEntry: false }) === undefined ? 'absent' : 'present'
  return found
}

export type WriterMode = 'commit' | 'lock' | 'huge' | 'crash-wal' | 'crash-journal' | 'open'

export interface WriterReport {
  readonly commits: number
  readonly busy: number
  /** Slowest commit, in milliseconds. */
  readonly slowest: number
}

export interface Writer {
  /** Resolves when the writer is in the state that its mode names. */
  readonly ready: Promise<void>
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  /** Ends the writer in good order and returns what it counted. */
  stop(): Promise<WriterReport>
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
}

export interface WriterOptions {
  readonly perSecond?: number
  readonly uid?: number
  readonly busyTimeout?: number
}

/**
 * Another program with the database open: `commit` commits `perSecond` times a second; `lock` holds BEGIN EXCLUSIVE; `huge`
 * holds an uncommitted transaction of many pages; `open` is connected and idle; `crash-wal` has committed rows that lie only
 * in the log; `crash-journal` is in the middle of writing a transaction to the main file.
 */
export function startWriter(path: string, mode: WriterMode, options: WriterOptions = {}): Writer {
  const { perSecond = 500, uid, busyTimeout = 20_000 } = options
  const child = spawn(process.execPath, [writerEntry, path, mode, String(perSecond), String(busyTimeout)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const lines: string[] = []
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') resolve()
      else lines.push(line)
    })
    void closed.then(() => reject(new Error(`writer "${mode}" ended early`)))
  })
  // A test that does not wait for `ready` is not to be failed by the writer's end.
  ready.catch(() => undefined)
  const kill = async () => {
    child.kill('SIGKILL')
    await closed
  }
  onTestFinished(kill)
  return {
    ready,
    child,
    kill,
    stop: async () => {
      child.stdin.end()
      await closed
      return JSON.parse(lines.at(-1) ?? '{"commits":-1,"busy":-1,"slowest":-1}') as WriterReport
    },
  }
}
