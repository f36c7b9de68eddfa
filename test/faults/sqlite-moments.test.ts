/** Faults that strike a SQLite snapshot at one exact moment: the child's work is done here, and what it tells is the cue. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import type { SqliteSnapshotOrder, WorkerMessage } from '../../electron/engine/worker/protocol.ts'
import { snapshotSqlite } from '../../electron/engine/worker/sqlite-snapshot.ts'
import { contentHash, makeShopDb } from '../helpers/sqlite.ts'
import { snapshotOf } from '../helpers/sqlite-source.ts'
import { failureOf } from '../helpers/failure.ts'
import { makeTempDir } from '../helpers/temp.ts'

function makeOrder(journalMode: 'wal' | 'delete', oneLockBytes: number): SqliteSnapshotOrder {
  const path = join(makeTempDir(), 'shop.db')
  makeShopDb(path, { journalMode })
  const limits = { oneLockBytes, maxRestarts: 5, holdMilliseconds: 60_000, stepBytes: 4096 }
  return { path, copy: join(makeTempDir(), 'copy.sqlite3'), lockWaitSeconds: 5, ...limits }
}

it('C06: a closed WAL database that changes after its bytes were copied is copied again', async () => {
  const order = makeOrder('wal', 1024 ** 3)
  let told = 0
  await snapshotSqlite(order, (message: WorkerMessage) => {
    if (message.type !== 'progress' || told > 0) return
    told += 1
    const db = new Database(order.path)
    db.exec(`INSERT INTO orders (note) VALUES ('late')`)
    db.close()
  })
  const copy = new Database(order.copy)
  expect(copy.prepare('SELECT count(*) FROM orders').pluck().get()).toBe(1001)
  copy.close()
})

it('C01: a lock that strikes between two steps is waited for; a copy of nothing is never taken for a whole one', async () => {
  const order = makeOrder('delete', 1)
  const other = new Database(order.path)
  let holds = 0
  await snapshotSqlite(order, (message: WorkerMessage) => {
    if (message.type === 'hold') holds += 1
    if (message.type === 'hold' && holds === 1) other.exec('BEGIN EXCLUSIVE')
    if (message.type === 'progress' && other.inTransaction) other.exec('COMMIT')
  })
  other.close()
  expect(holds).toBe(2)
  expect(contentHash(order.copy)).toBe(contentHash(order.path))
})

it('C05: a journal beside a closed WAL database is refused as well', async () => {
  const { path } = makeOrder('wal', 1)
  writeFileSync(`${path}-journal`, Buffer.alloc(512, 0xd9))
  expect((await failureOf(snapshotOf(path))).code).toBe('source-hot-journal')
})
