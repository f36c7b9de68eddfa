/** A small shop that goes on selling: a process of its own that keeps committing to a SQLite database in WAL mode. */
import { setTimeout as sleep } from 'node:timers/promises'
import type Database from 'better-sqlite3'

/** What the shop says when it closes. */
export interface ShopReport {
  readonly commits: number
  readonly slowestMs: number
}

const PRODUCTS = [
  'Pen 笔',
  'Notebook 笔记本',
  'Lamp 台灯',
  'Cup 杯子',
  'Chair 椅子',
  'Desk 书桌',
  'Bag 书包',
  'Clock 时钟',
]
const OLD_SALES = 20_000
const PAUSE_MS = 5

const SCHEMA = `
  CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price INTEGER NOT NULL, stock INTEGER NOT NULL);
  CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
  CREATE TABLE sale (id INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES product, customer INTEGER NOT NULL
    REFERENCES customer, count INTEGER NOT NULL, note TEXT NOT NULL);
  CREATE INDEX sale_product ON sale (product);
`

/** Makes the database, prints `ready`, sells until standard input ends, then prints a ShopReport. */
export async function keepShop(path: string): Promise<void> {
  const { default: Sqlite } = await import('better-sqlite3')
  const database = new Sqlite(path)
  fill(database)
  process.stdout.write('ready\n')
  const closing = new AbortController()
  // The end of its input also comes when whoever started the shop has died: it never outlives the demo.
  process.stdin.on('end', () => closing.abort()).resume()
  // Ctrl-C reaches the whole group; the demo closes its shop itself.
  process.on('SIGINT', () => undefined)
  const report = await sell(database, closing.signal)
  database.close()
  process.stdout.write(`${JSON.stringify(report)}\n`)
}

function fill(database: Database.Database): void {
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.exec(SCHEMA)
  const product = database.prepare('INSERT INTO product (name, price, stock) VALUES (?, ?, 100000)')
  const customer = database.prepare('INSERT INTO customer (name, city) VALUES (?, ?)')
  database.transaction(() => {
    PRODUCTS.forEach((name, index) => product.run(name, 100 + 50 * index))
    for (let n = 1; n <= 500; n += 1) customer.run(`客户 Customer ${n}`, n % 2 === 0 ? '上海' : 'Hamburg')
    const sale = saleOf(database)
    for (let n = 0; n < OLD_SALES; n += 1) sale(n)
  })()
}

function saleOf(database: Database.Database): (n: number) => void {
  const sale = database.prepare('INSERT INTO sale (product, customer, count, note) VALUES (?, ?, ?, ?)')
  const stock = database.prepare('UPDATE product SET stock = stock - ? WHERE id = ?')
  return (n) => {
    const product = (n % PRODUCTS.length) + 1
    sale.run(product, (n % 500) + 1, (n % 3) + 1, `订单 order ${n}`)
    stock.run((n % 3) + 1, product)
  }
}

async function sell(database: Database.Database, closing: AbortSignal): Promise<ShopReport> {
  const sale = saleOf(database)
  const commit = database.transaction((n: number) => sale(n))
  let slowestMs = 0
  let commits = 0
  while (!closing.aborted) {
    const from = performance.now()
    commit(OLD_SALES + commits)
    slowestMs = Math.max(slowestMs, performance.now() - from)
    commits += 1
    await sleep(PAUSE_MS)
  }
  return { commits, slowestMs: Math.round(slowestMs * 10) / 10 }
}
