/** Back up, destroy, restore, compare — for every source and every compression. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Compression } from '../electron/contract/job.ts'
import { BackupError } from '../electron/engine/errors.ts'
import { makeSite, type Site } from './helpers/site.ts'

function makeShop(path: string, rows = 500): void {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.exec(
    'create table orders (id integer primary key, what text, amount real); create table "商品" (id integer, name text)',
  )
  const insert = db.prepare('insert into orders (what, amount) values (?, ?)')
  db.transaction(() => {
    for (let n = 0; n < rows; n += 1) insert.run(`order ${n} 订单`, n / 7)
  })()
  db.prepare('insert into "商品" values (1, ?)').run('螺丝')
  db.close()
}

function dump(path: string): string {
  return execFileSync('sqlite3', [path, '.dump'], { encoding: 'utf8', maxBuffer: 100_000_000 })
}

function makeUploads(dir: string): void {
  mkdirSync(join(dir, '空目录'), { recursive: true })
  mkdirSync(join(dir, 'photos/2026'), { recursive: true })
  writeFileSync(join(dir, 'photos/2026/送货单.jpg'), Buffer.alloc(200_000, 7))
  writeFileSync(join(dir, 'empty'), '')
  for (let n = 0; n < 50; n += 1) writeFileSync(join(dir, `file-${n}.txt`), `content ${n}\n`.repeat(n))
}

const compressions: readonly Compression[] = ['gzip', 'zstd', 'none']

describe.each(compressions)('%s', (compression) => {
  it('sqlite: the restored database dumps the same, after the original is gone', async () => {
    const site = await makeSite()
    const db = join(site.dir, 'shop.sqlite3')
    makeShop(db)
    const before = dump(db)
    const job = site.job([{ kind: 'sqlite', name: 'shop', path: db }], { compression })
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    rmSync(db)
    const { record: restore, to } = await site.restore(site.setOf(record))
    expect(restore).toMatchObject({ outcome: 'good', proof: 'restored' })
    expect(restore.compared?.tables).toContainEqual({ name: 'orders', rows: 500, expected: 500 })
    expect(dump(join(to, 'shop.sqlite3'))).toBe(before)
  })

  it('files: the restored folder equals the original, after the original is gone', async () => {
    const site = await makeSite()
    const uploads = join(site.dir, 'uploads')
    makeUploads(uploads)
    const copy = join(site.dir, 'copy')
    cpSync(uploads, copy, { recursive: true, preserveTimestamps: true })
    const job = site.job([{ kind: 'files', name: 'uploads', roots: [uploads] }], { compression })
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    rmSync(uploads, { recursive: true })
    const { record: restore, to } = await site.restore(site.setOf(record))
    expect(restore).toMatchObject({ outcome: 'good' })
    expect(restore.compared?.files?.count).toBe(restore.compared?.files?.expected)
    expect(execFileSync('diff', ['-r', copy, join(to, 'uploads')], { encoding: 'utf8' })).toBe('')
    expect(existsSync(join(to, 'uploads', '空目录'))).toBe(true)
  })

  it('config: files come back with their secrets masked and everything else as it was', async () => {
    const site = await makeSite()
    const app = join(site.dir, 'app')
    mkdirSync(app)
    writeFileSync(join(app, '.env'), '# 数据库\nDEBUG=false\nDB_PASSWORD=hunter2-very-secret\n')
    const job = site.job([{ kind: 'config', name: 'config', globs: [join(app, '.env')] }], { compression })
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    const { record: restore, to } = await site.restore(site.setOf(record))
    expect(restore).toMatchObject({ outcome: 'warning', findings: [{ code: 'masked-restored' }] })
    const found = execFileSync('find', [to, '-name', '.env'], { encoding: 'utf8' }).trim()
    const text = readFileSync(found, 'utf8')
    expect(text).toContain('# 数据库\nDEBUG=false\nDB_PASSWORD=')
    expect(text).not.toContain('hunter2')
  })
})

describe('a set', () => {
  async function backUpBoth(places = 1): Promise<{ site: Site; record: Awaited<ReturnType<Site['backup']>> }> {
    const site = await makeSite({ places })
    makeShop(join(site.dir, 'shop.sqlite3'))
    makeUploads(join(site.dir, 'uploads'))
    const job = site.job([
      { kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') },
      { kind: 'files', name: 'uploads', roots: [join(site.dir, 'uploads')] },
    ])
    return { site, record: await site.backup(job) }
  }

  it('is named, laid out and protected as DESIGN §5 says', async () => {
    const { site, record } = await backUpBoth()
    const folder = site.folderOf(record)
    expect(folder).toMatch(/shop\/full\/full_backup_\d{8}_\d{6}$/)
    for (const file of ['manifest.json', 'database.sqlite3.gz', 'files.tar.gz', 'files.index.gz']) {
      expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600)
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readFileSync(join(site.root, 'shop/logs/backup.log'), 'utf8')).toContain('good proof=matched')
    execFileSync('gunzip', ['-t', join(folder, 'database.sqlite3.gz')])
    execFileSync('tar', ['-tzf', join(folder, 'files.tar.gz')])
  })

  it.each(['read', 'decode', 'match', 'restore'] as const)('verifies at level %s', async (level) => {
    const { site, record } = await backUpBoth()
    const verified = await site.verify(site.setOf(record), level)
    expect(verified).toMatchObject({
      outcome: 'good',
      proof: { read: 'read', decode: 'decoded', match: 'matched', restore: 'restored' }[level],
    })
  })

  it('N23: at two places is a warning where one of them fails, and whole at the other', async () => {
    const site = await makeSite({ places: 2 })
    makeShop(join(site.dir, 'shop.sqlite3'))
    const job = site.job([{ kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') }])
    rmSync(site.destinations[1]!.path, { recursive: true })
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'warning', error: { code: 'destination-missing' }, proof: 'matched' })
    expect(record.findings.map((finding) => finding.code)).toContain('destination-failed')
    expect(existsSync(site.destinations[1]!.path)).toBe(false)
    expect(await site.verify(site.setOf(record))).toMatchObject({ outcome: 'good' })
  })

  it('is written to both of two places, each with its own manifest', async () => {
    const { site, record } = await backUpBoth(2)
    expect(record).toMatchObject({ outcome: 'good' })
    expect(record.sets).toHaveLength(2)
    for (const made of record.sets) {
      const destination = site.destinations.find((one) => one.id === made.destination)!
      expect(await site.verify({ by: 'destination', destination, set: made.set })).toMatchObject({ outcome: 'good' })
    }
  })

  it('goes to one place where the other can hold no set, and leaves nothing half-made', async () => {
    const site = await makeSite({ places: 2 })
    makeShop(join(site.dir, 'shop.sqlite3'))
    const job = site.job([{ kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') }])
    // Not a folder: no set can be begun below it, though the place itself opens.
    writeFileSync(join(site.destinations[1]!.path, 'shop'), 'in the way')
    const record = await site.backup(job)
    const sets = [{ destination: site.destinations[0]!.id }]
    expect(record).toMatchObject({ outcome: 'warning', proof: 'matched', sets, error: { code: 'destination-io' } })
    expect(record.findings).toContainEqual(expect.objectContaining({ code: 'destination-failed' }))
    rmSync(join(site.destinations[1]!.path, 'shop'))
    expect(await site.backup(job)).toMatchObject({ outcome: 'good' })
  })

  it('is as good as it is where the catalog cannot be written, and is noted once', async () => {
    const site = await makeSite()
    makeShop(join(site.dir, 'shop.sqlite3'))
    const job = site.job([{ kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') }])
    const faulty = {
      recordRun: () => {
        throw new BackupError('catalog-unusable', { path: 'catalog.db', reason: 'disk full' })
      },
    }
    Object.assign(site.catalog, faulty)
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(readFileSync(join(site.root, 'shop/logs/backup.log'), 'utf8').trim().split('\n')).toHaveLength(1)
    expect(await site.verify(site.setOf(record))).toMatchObject({ outcome: 'good' })
    expect((await site.restore(site.setOf(record))).record).toMatchObject({ outcome: 'good', proof: 'restored' })
    expect(site.log.filter((line) => line.includes('disk full'))).toHaveLength(3)
  })

  it('B07: lacks a source that failed, says so, and is not proven', async () => {
    const site = await makeSite()
    makeUploads(join(site.dir, 'uploads'))
    const job = site.job([
      { kind: 'sqlite', name: 'shop', path: join(site.dir, 'absent.sqlite3') },
      { kind: 'files', name: 'uploads', roots: [join(site.dir, 'uploads')] },
    ])
    const record = await site.backup(job)
    expect(record).toMatchObject({ outcome: 'failed', proof: 'none', error: { code: 'source-missing' } })
    expect(site.catalog.newestMatched(job.id, site.destinations[0]!.id)).toBeUndefined()
    const { record: restore, to } = await site.restore(site.setOf(record), { only: 'uploads' })
    expect(restore.outcome).toBe('good')
    expect(execFileSync('diff', ['-r', join(site.dir, 'uploads'), join(to, 'uploads')], { encoding: 'utf8' })).toBe('')
  })

  it('B07: is not proven by restoring or verifying what it does hold', async () => {
    const site = await makeSite()
    makeUploads(join(site.dir, 'uploads'))
    const job = site.job([
      { kind: 'sqlite', name: 'shop', path: join(site.dir, 'absent.sqlite3') },
      { kind: 'files', name: 'uploads', roots: [join(site.dir, 'uploads')] },
    ])
    const from = site.setOf(await site.backup(job))
    const lacking = { outcome: 'warning', proof: 'none', findings: [{ code: 'source-failed', source: 'shop' }] }
    expect(await site.verify(from)).toMatchObject(lacking)
    const { record } = await site.restore(from)
    expect(record).toMatchObject({
      outcome: lacking.outcome,
      findings: lacking.findings,
      compared: { files: { count: 52 } },
    })
    // A restore claims a proof only where it gives one.
    expect(record.proof).toBeUndefined()
    expect(site.catalog.sets({ limit: 1, offset: 0 }).sets[0]?.proof).toBe('none')
    expect(site.catalog.measuredRestoreSeconds(job.id)).toBeUndefined()
  })

  it('is neither proven nor measured by restoring a part of it', async () => {
    const { site, record } = await backUpBoth()
    const job = site.jobs[0]!
    const { record: part } = await site.restore(site.setOf(record), { only: 'uploads' })
    expect(part.outcome).toBe('good')
    expect(part.proof).toBeUndefined()
    expect(site.catalog.measuredRestoreSeconds(job.id)).toBeUndefined()
    await site.restore(site.setOf(record))
    expect(site.catalog.measuredRestoreSeconds(job.id)).toBeGreaterThan(0)
  })

  it('can be restored from its folder alone, on a machine that knows nothing', async () => {
    const { site, record } = await backUpBoth()
    const stranger = await makeSite()
    const { record: restore, to } = await stranger.restore({ by: 'path', path: site.folderOf(record) })
    expect(restore).toMatchObject({ outcome: 'good' })
    expect(dump(join(to, 'shop.sqlite3'))).toBe(dump(join(site.dir, 'shop.sqlite3')))
  })

  it('S07: is not restored into a folder that is not empty, and nothing there changes', async () => {
    const { site, record } = await backUpBoth()
    const to = join(site.dir, 'full')
    mkdirSync(to)
    writeFileSync(join(to, 'mine.txt'), 'mine')
    const { record: restore } = await site.restore(site.setOf(record), { to })
    expect(restore).toMatchObject({ outcome: 'failed', error: { code: 'target-not-empty' } })
    expect(readFileSync(join(to, 'mine.txt'), 'utf8')).toBe('mine')
  })

  it('S14: gives one file of a folder back, byte for byte', async () => {
    const { site, record } = await backUpBoth()
    const { record: restore, to } = await site.restore(site.setOf(record), { only: '**/送货单.jpg' })
    expect(restore).toMatchObject({ outcome: 'good' })
    const found = execFileSync('find', [to, '-type', 'f'], { encoding: 'utf8' }).trim().split('\n')
    expect(found).toHaveLength(1)
    expect(readFileSync(found[0]!).equals(readFileSync(join(site.dir, 'uploads/photos/2026/送货单.jpg')))).toBe(true)
  })

  it('proves itself restored in the run where the job says so', async () => {
    const site = await makeSite()
    makeShop(join(site.dir, 'shop.sqlite3'))
    const job = site.job([{ kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') }], {
      prove: 'restored',
    })
    expect(await site.backup(job)).toMatchObject({ outcome: 'good', proof: 'restored' })
    expect(site.catalog.newestMatched(job.id, site.destinations[0]!.id)?.proof).toBe('restored')
  })
})
