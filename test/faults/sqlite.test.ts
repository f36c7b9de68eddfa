/** Faults of SQLite sources (faults.md C): locks, logs, journals, replaced, emptied and damaged files. */
import {
  copyFileSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { contentHash, footprint, makeShopDb, startWriter } from '../helpers/sqlite.ts'
import { makeSource, makeWorkDir, rowsOf, snapshotOf, takeCopy } from '../helpers/sqlite-source.ts'
import { failureOf } from '../helpers/failure.ts'
import { makeTempDir } from '../helpers/temp.ts'

function makeShop(journalMode: 'wal' | 'delete', orders = 1000): string {
  const path = join(makeTempDir(), 'shop.db')
  makeShopDb(path, { journalMode, orders })
  return path
}

/** Does something once, the first time that a snapshot tells of progress. */
function atFirstProgress(work: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}

describe('locks', () => {
  it('C01: waits for a program that holds the database, then copies it', async () => {
    const path = makeShop('delete')
    const writer = startWriter(path, 'lock')
    await writer.ready
    const progress = atFirstProgress(() => void writer.kill())
    const { content } = await takeCopy(path, { config: { lockWaitSeconds: 10 }, context: { progress } })
    expect(rowsOf(content, 'orders')).toBe(1000)
  })

  it('C01: gives up after three attempts, says how long it waited, and has copied nothing', async () => {
    const path = makeShop('delete')
    await startWriter(path, 'lock').ready
    const before = footprint(path)
    const workDir = makeWorkDir()
    const error = await failureOf(snapshotOf(path, { config: { lockWaitSeconds: 1 }, context: { workDir } }))
    expect(error.code).toBe('source-locked')
    expect(error.detail['seconds']).toBeGreaterThanOrEqual(3)
    expect(readdirSync(workDir)).toEqual([])
    expect(footprint(path)).toEqual(before)
  })

  it('C14: gives a read transaction up after its limit, and the lock is free again', async () => {
    const path = makeShop('delete', 20_000)
    const error = await failureOf(snapshotOf(path, { limits: { holdMilliseconds: 0, stepBytes: 4096 } }))
    expect(error.code).toBe('timed-out')
    const db = new Database(path, { timeout: 0 })
    db.exec('BEGIN EXCLUSIVE; COMMIT')
    db.close()
  })

  it('C17: takes the last committed state beside a huge open transaction', async () => {
    const path = makeShop('wal')
    const writer = startWriter(path, 'huge')
    await writer.ready
    const { file, content } = await takeCopy(path)
    expect(rowsOf(content, 'orders')).toBe(1000)
    await writer.kill()
    expect(contentHash(file)).toBe(contentHash(path))
  })
})

describe('500 commits a second', () => {
  it('C02: in WAL mode the copy is a committed state and the writer never meets a lock', async () => {
    const path = makeShop('wal', 20_000)
    const writer = startWriter(path, 'commit')
    await writer.ready
    const { content, findings } = await takeCopy(path)
    const { commits, busy } = await writer.stop()
    expect(busy).toBe(0)
    expect(commits).toBeGreaterThan(0)
    expect(rowsOf(content, 'orders')).toBeGreaterThan(20_000)
    expect(rowsOf(content, 'orders')).toBeLessThanOrEqual(20_000 + commits)
    expect(content.quick_check).toBe('ok')
    expect(findings).toEqual([])
  })

  it('C02: a short step size does not make the copy start again (M4)', async () => {
    const path = makeShop('wal', 20_000)
    const writer = startWriter(path, 'commit')
    await writer.ready
    const { content } = await takeCopy(path, { limits: { stepBytes: 40_960, maxRestarts: 0 } })
    expect(content.quick_check).toBe('ok')
    expect((await writer.stop()).busy).toBe(0)
  })

  it('C03: in rollback mode one lock suffices, and how long writers waited is told', async () => {
    const path = makeShop('delete', 20_000)
    const writer = startWriter(path, 'commit')
    await writer.ready
    const { content, findings } = await takeCopy(path)
    const { busy } = await writer.stop()
    expect(busy).toBe(0)
    expect(content.quick_check).toBe('ok')
    expect(findings.map(({ code }) => code)).toEqual(['writer-stalled'])
    expect(findings[0]!.detail!['milliseconds']).toBeGreaterThan(0)
  })

  it('C03: a larger database is tried step by step, at most so often, then refused in words', async () => {
    const path = makeShop('delete', 20_000)
    const writer = startWriter(path, 'commit')
    await writer.ready
    const limits = { oneLockBytes: 1024, maxRestarts: 5, stepBytes: 8192 }
    const error = await failureOf(snapshotOf(path, { limits }))
    expect(error.code).toBe('source-busy-too-long')
    expect(error.detail['restarts']).toBe(5)
    expect((await writer.stop()).busy).toBe(0)
  })

  it('C03: a larger database that is left alone is copied step by step, with no stall to tell of', async () => {
    const path = makeShop('delete', 20_000)
    const { file, findings } = await takeCopy(path, { limits: { oneLockBytes: 1024, stepBytes: 65_536 } })
    expect(contentHash(file)).toBe(contentHash(path))
    expect(findings).toEqual([])
  })
})

describe('crashed programs', () => {
  it('C04: rows that lie only in the log of a killed program are in the copy, and the log stays as it is', async () => {
    const path = makeShop('wal')
    const writer = startWriter(path, 'crash-wal')
    await writer.ready
    await writer.kill()
    const before = footprint(path)
    expect(before['-wal']).toBeDefined()
    const { file, content } = await takeCopy(path)
    expect(rowsOf(content, 'orders')).toBe(1500)
    expect(footprint(path)).toEqual(before)
    expect(contentHash(file)).toBe(contentHash(path))
  })

  it('C04: also where the -shm is gone, as after a reboot with /dev/shm or a copied folder', async () => {
    const path = makeShop('wal')
    const writer = startWriter(path, 'crash-wal')
    await writer.ready
    await writer.kill()
    rmSync(`${path}-shm`)
    const before = footprint(path)
    const { content } = await takeCopy(path)
    expect(rowsOf(content, 'orders')).toBe(1500)
    expect(footprint(path)).toEqual(before)
  })

  it('C05: a hot journal is refused and neither it nor the database is touched', async () => {
    const path = makeShop('delete', 20_000)
    const writer = startWriter(path, 'crash-journal')
    await writer.ready
    await writer.kill()
    const before = footprint(path)
    expect(before['-journal']).toBeDefined()
    expect((await failureOf(snapshotOf(path))).code).toBe('source-hot-journal')
    expect(
      (await failureOf(makeSource(path).check({ workDir: makeTempDir(), signal: new AbortController().signal }))).code,
    ).toBe('source-hot-journal')
    expect(footprint(path)).toEqual(before)
    expect(contentHash(path)).toHaveLength(64)
  })
})

describe('files that change hands', () => {
  it.each(['delete', 'wal'] as const)('C06: a %s database replaced half-way is no mixture of two', async (mode) => {
    const path = makeShop(mode, 20_000)
    const writer = startWriter(path, 'open')
    await writer.ready
    const progress = atFirstProgress(() => {
      renameSync(path, `${path}.old`)
      copyFileSync(`${path}.old`, path)
    })
    const error = await failureOf(snapshotOf(path, { limits: { stepBytes: 4096 }, context: { progress } }))
    expect(error.code).toBe('source-replaced')
  })

  it('C06: a database removed half-way is an error, not a backup', async () => {
    const path = makeShop('delete', 20_000)
    const progress = atFirstProgress(() => rmSync(path))
    const error = await failureOf(snapshotOf(path, { limits: { stepBytes: 4096 }, context: { progress } }))
    expect(error.code).toBe('source-replaced')
  })

  it('C06: a closed WAL database that is written to while its files are copied is copied again', async () => {
    const path = makeShop('wal')
    const progress = atFirstProgress(() => {
      const db = new Database(path)
      db.exec(`INSERT INTO orders (note) VALUES ('late')`)
      db.close()
    })
    const { content } = await takeCopy(path, { context: { progress } })
    expect([1000, 1001]).toContain(rowsOf(content, 'orders'))
    expect(content.quick_check).toBe('ok')
  })

  it('C07: an emptied file is refused, with what the previous backup had', async () => {
    const path = makeShop('delete')
    const { content } = await takeCopy(path)
    truncateSync(path)
    const error = await failureOf(snapshotOf(path, { context: { previous: [content] } }))
    expect(error.code).toBe('source-empty')
    expect(error.message).toContain('the previous backup had 3 tables, 1025 rows')
    expect((await failureOf(snapshotOf(path))).code).toBe('source-empty')
    expect(statSync(path).size).toBe(0)
  })

  it('C08: half of the rows gone is told as suspicious, and the copy is taken', async () => {
    const path = makeShop('delete')
    const { content: previous } = await takeCopy(path)
    const db = new Database(path)
    db.exec('DELETE FROM orders WHERE id % 3 > 0')
    db.close()
    const { findings, content } = await takeCopy(path, { context: { previous: [previous] } })
    expect(rowsOf(content, 'orders')).toBe(333)
    const shrunk = findings.find(({ code }) => code === 'source-shrunk')
    expect(shrunk).toMatchObject({ weight: 'suspicious', source: 'Shop' })
    expect(shrunk!.message).toContain('358 rows in 3 tables instead of 1025 rows in 3 tables')
    const again = await takeCopy(path, { context: { previous: [content] } })
    expect(again.findings.map(({ code }) => code)).not.toContain('source-shrunk')
  })

  it('C08: a table gone that held rows is told by its name; an empty one is not', async () => {
    const path = makeShop('delete')
    const db = new Database(path)
    db.exec('CREATE TABLE empty (a); CREATE TABLE one (a); CREATE TABLE two (a)')
    const { content: previous } = await takeCopy(path)
    db.exec('PRAGMA foreign_keys = OFF; DROP TABLE pictures; DROP TABLE empty')
    db.close()
    const { findings } = await takeCopy(path, { context: { previous: [previous] } })
    const gone = findings.find(({ code }) => code === 'tables-gone')
    expect(gone).toMatchObject({ weight: 'warning', detail: { count: 1, tables: 'pictures' } })
  })

  it('C08: half of the tables gone is told as well', async () => {
    const path = makeShop('delete')
    const { content: previous } = await takeCopy(path)
    const db = new Database(path)
    db.exec('PRAGMA foreign_keys = OFF; DROP TABLE products; DROP TABLE pictures')
    db.close()
    const { findings } = await takeCopy(path, { context: { previous: [previous] } })
    expect(findings.map(({ code }) => code)).toContain('source-shrunk')
  })
})

describe('damage', () => {
  it.each(['delete', 'wal'] as const)(
    'C09: a damaged %s database is copied as it is, and said to be damaged',
    async (mode) => {
      const path = makeShop(mode)
      const bytes = readFileSync(path)
      bytes.fill(0xff, 4096 * 5, 4096 * 7)
      writeFileSync(path, bytes)
      const { file, content, findings } = await takeCopy(path)
      expect(content.quick_check).not.toBe('ok')
      expect(findings.find(({ code }) => code === 'source-damaged')).toMatchObject({ weight: 'suspicious' })
      expect(
        readFileSync(file)
          .subarray(4096 * 5, 4096 * 7)
          .equals(bytes.subarray(4096 * 5, 4096 * 7)),
      ).toBe(true)
    },
  )

  it.each(['delete', 'wal'] as const)('C09: so is a %s database that was cut short inside a page', async (mode) => {
    const path = makeShop(mode)
    truncateSync(path, statSync(path).size - 4096 * 3 - 1000)
    const { file, content, findings } = await takeCopy(path)
    expect(content.quick_check).not.toBe('ok')
    expect(findings.map(({ code }) => code)).toContain('source-damaged')
    expect(readFileSync(file).subarray(4096, 8192).equals(readFileSync(path).subarray(4096, 8192))).toBe(true)
  })

  it.each([
    ['random bytes, as an encrypted database', Buffer.alloc(8192, 0xa7)],
    ['a text', Buffer.from('not a database\n')],
    ['the name and nothing else', Buffer.from('SQLite format 3\0')],
    ['a header without sense', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8000, 0xff)])],
  ])('C10: %s is no SQLite database', async (_what, bytes) => {
    const path = join(makeTempDir(), 'shop.db')
    writeFileSync(path, bytes)
    expect((await failureOf(snapshotOf(path))).code).toBe('source-not-sqlite')
    expect(
      (await failureOf(makeSource(path).check({ workDir: makeTempDir(), signal: new AbortController().signal }))).code,
    ).toBe('source-not-sqlite')
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })
})
