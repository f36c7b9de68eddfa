/** The sqlite source in ordinary use: snapshots, reports, and what stays as it was. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { sqliteKind } from '../../../electron/engine/source/sqlite.ts'
import { contentHash, footprint, makeShopDb, startWriter } from '../../helpers/sqlite.ts'
import { makeSource, makeWorkDir, rowsOf, snapshotOf, sqliteConfig, takeCopy } from '../../helpers/sqlite-source.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { failureOf } from '../../helpers/failure.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'

const signal = new AbortController().signal

describe('snapshot', () => {
  it.each(['delete', 'wal'] as const)(
    'copies a closed database in %s mode and leaves no trace',
    async (journalMode) => {
      const path = join(makeTempDir(), 'shop.db')
      makeShopDb(path, { journalMode })
      const before = footprint(path)
      const files = readdirSync(join(path, '..'))
      const { file, content, snapshot } = await takeCopy(path)
      expect(footprint(path)).toEqual(before)
      expect(readdirSync(join(path, '..'))).toEqual(files)
      expect(contentHash(file)).toBe(contentHash(path))
      expect(content).toMatchObject({ name: 'shop.db', journal_mode: journalMode, quick_check: 'ok', page_size: 4096 })
      expect(content.tables).toEqual([
        { name: 'orders', rows: 1000 },
        { name: 'pictures', rows: 5 },
        { name: 'products', rows: 20 },
      ])
      expect(snapshot.origin).toBe(path)
    },
  )

  it('copies a WAL database that an application has open, with what lies only in its log', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path, { journalMode: 'wal' })
    const writer = startWriter(path, 'crash-wal')
    await writer.ready
    const before = footprint(path)
    const { file, content, findings } = await takeCopy(path)
    expect(rowsOf(content, 'orders')).toBe(1500)
    expect(footprint(path)).toEqual(before)
    expect(findings).toEqual([])
    await writer.stop()
    expect(contentHash(file)).toBe(contentHash(path))
  })

  it('keeps the journal mode of the database in the copy', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path, { journalMode: 'wal' })
    const { file } = await takeCopy(path)
    const db = new Database(file)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    db.close()
  })

  it('removes every trace from the work folder when released, also after a failure', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path)
    const workDir = makeWorkDir()
    const snapshot = await snapshotOf(path, { context: { workDir } })
    expect(readdirSync(workDir)).toEqual(['snapshot.sqlite3'])
    await snapshot.release()
    expect(readdirSync(workDir)).toEqual([])
    const controller = new AbortController()
    const stopped = snapshotOf(path, {
      context: { workDir, signal: controller.signal, progress: () => controller.abort() },
    })
    expect((await failureOf(stopped)).code).toBe('cancelled')
    expect(readdirSync(workDir)).toEqual([])
  })

  it('refuses before it starts where the work folder has too little room', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path)
    const real = makeWorld()
    const statfs = (async () => ({ bavail: 10, bsize: 4096 })) as unknown as typeof real.files.statfs
    const world = makeWorld({ files: faulty(real.files, { statfs }) })
    const error = await failureOf(snapshotOf(path, { world }))
    expect(error.code).toBe('work-full')
    expect(error.detail).toMatchObject({ free: '40K' })
  })

  it('tells how far it is, up to the whole', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path, { orders: 20_000 })
    const told: [number, number | undefined][] = []
    const progress = (bytes: number, total?: number) => told.push([bytes, total])
    await takeCopy(path, { limits: { stepBytes: 256 * 1024 }, context: { progress } })
    expect(told.length).toBeGreaterThan(3)
    expect(told.at(-1)![0]).toBeLessThanOrEqual(told.at(-1)![1]!)
  })

  it('says it in words when the child process dies without one', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path)
    const world = makeWorld({
      workerCommand: [process.execPath, '-e', 'process.stderr.write("oh no"); process.exit(7)'],
    })
    const error = await failureOf(snapshotOf(path, { world }))
    expect(error.code).toBe('internal')
    expect(error.message).toContain('exit code 7 oh no')
  })

  it('ends an artifact stream with an error where the snapshot file is cut short meanwhile', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path)
    const workDir = makeWorkDir()
    const snapshot = await snapshotOf(path, { context: { workDir } })
    writeFileSync(join(workDir, 'snapshot.sqlite3'), 'short')
    const stream = await snapshot.artifacts[0]!.open(signal)
    const error = await failureOf(
      (async () => {
        for await (const chunk of stream) expect(chunk).toBeDefined()
      })(),
    )
    expect(error.code).toBe('internal')
  })
})

describe('check', () => {
  it.each(['delete', 'wal'] as const)(
    'reports tables, rows and mode of a %s database and changes nothing',
    async (journalMode) => {
      const path = join(makeTempDir(), 'shop.db')
      makeShopDb(path, { journalMode })
      const files = readdirSync(join(path, '..'))
      const before = footprint(path)
      const report = await sqliteKind.create(sqliteConfig(path), makeWorld()).check({ workDir: makeTempDir(), signal })
      expect(report).toMatchObject({ kind: 'sqlite', tables: 3, rows: 1025, journalMode, notes: [] })
      expect(footprint(path)).toEqual(before)
      expect(readdirSync(join(path, '..'))).toEqual(files)
    },
  )

  it('counts what lies only in the log of an application that crashed, even without its -shm', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path, { journalMode: 'wal' })
    const writer = startWriter(path, 'crash-wal')
    await writer.ready
    await writer.kill()
    rmSync(`${path}-shm`)
    const before = footprint(path)
    expect(await makeSource(path).check({ workDir: makeTempDir(), signal })).toMatchObject({
      tables: 3,
      rows: 1525,
      journalMode: 'wal',
    })
    expect(footprint(path)).toEqual(before)
  })

  it('reports a database that another program holds as locked, within seconds', async () => {
    const path = join(makeTempDir(), 'shop.db')
    makeShopDb(path)
    await startWriter(path, 'lock').ready
    expect((await failureOf(makeSource(path).check({ workDir: makeTempDir(), signal }))).code).toBe('source-locked')
  })
})

describe('paths', () => {
  it('names the real file behind a link, and still answers where there is none', async () => {
    const dir = makeTempDir()
    mkdirSync(join(dir, 'data'))
    makeShopDb(join(dir, 'data', 'shop.db'))
    symlinkSync(join(dir, 'data', 'shop.db'), join(dir, 'link.db'))
    expect(await makeSource(join(dir, 'link.db')).paths()).toEqual([join(dir, 'data', 'shop.db')])
    expect(await makeSource(join(dir, 'absent.db')).paths()).toEqual([join(dir, 'absent.db')])
  })
})
