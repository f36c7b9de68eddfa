/** Reading SQLite artifacts back: differences in words, and restores that stay inside their target. */
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { safeFileName } from '../../../electron/engine/source/safe-file-name.ts'
import { sqliteKind } from '../../../electron/engine/source/sqlite.ts'
import { contentHash, makeShopDb } from '../../helpers/sqlite.ts'
import { takeCopy, type SqliteContent, type Taken } from '../../helpers/sqlite-source.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { failureOf } from '../../helpers/failure.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'

const signal = new AbortController().signal

async function takeShop(journalMode: 'wal' | 'delete' = 'delete'): Promise<Taken> {
  const path = join(makeTempDir(), 'shop.db')
  makeShopDb(path, { journalMode })
  return takeCopy(path)
}

function inspect(copy: Readable, content: SqliteContent) {
  const world = makeWorld()
  return sqliteKind
    .reader(world)
    .inspect(copy, content, { world, signal, index: undefined, source: undefined, progress: () => undefined })
}

function restore(copy: Readable, content: SqliteContent, target: string, world = makeWorld()) {
  return sqliteKind.reader(world).restore(copy, content, {
    target,
    only: undefined,
    isTest: false,
    fileName: 'restored',
    verify: () => Promise.resolve(),
    into: undefined,
    source: undefined,
    index: undefined,
    signal,
    progress: () => undefined,
  })
}

describe('inspect', () => {
  it('finds nothing wrong with the bytes of a snapshot, in chunks of any size', async () => {
    const { file, content } = await takeShop()
    expect(await inspect(createReadStream(file), content)).toEqual([])
    const bytes = readFileSync(file)
    const crumbs = Readable.from([bytes.subarray(0, 3), bytes.subarray(3, 17), bytes.subarray(17)])
    expect(await inspect(crumbs, content)).toEqual([])
  })

  it('says what differs', async () => {
    const { file, content } = await takeShop()
    const bytes = readFileSync(file)
    expect(await inspect(Readable.from([bytes.subarray(0, -1)]), content)).toEqual([
      `it has ${bytes.length - 1} bytes, expected ${bytes.length}`,
    ])
    expect(await inspect(Readable.from([Buffer.alloc(bytes.length, 7)]), content)).toEqual([
      'it is not a SQLite database',
    ])
    expect(await inspect(Readable.from([]), content)).toEqual(['it is not a SQLite database'])
    expect(await inspect(createReadStream(file), { ...content, page_size: 512 })).toHaveLength(2)
  })

  it('ends with the error of the stream it reads', async () => {
    const { content } = await takeShop()
    const broken = new Readable({ read: () => broken.destroy(new Error('bad sector')) })
    expect((await failureOf(inspect(broken, content))).message).toContain('bad sector')
  })
})

describe('restore', () => {
  it.each(['delete', 'wal'] as const)('gives back a database in %s mode and compares every table', async (mode) => {
    const { file, content } = await takeShop(mode)
    const target = makeTempDir()
    const restored = await restore(createReadStream(file), content, target)
    expect(restored).toEqual({
      compared: {
        tables: [
          { name: 'orders', rows: 1000, expected: 1000 },
          { name: 'pictures', rows: 5, expected: 5 },
          { name: 'products', rows: 20, expected: 20 },
        ],
      },
      problems: [],
      places: ['shop.db'],
      level: 'restored',
    })
    expect(readdirSync(target)).toEqual(['shop.db'])
    expect(statSync(join(target, 'shop.db')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(target, 'shop.db')).equals(readFileSync(file))).toBe(true)
    expect(contentHash(join(target, 'shop.db'))).toBe(contentHash(file))
  })

  it('names tables that are missing, too many, or have other rows', async () => {
    const { file, content } = await takeShop()
    const tables = [
      { name: 'orders', rows: 1001 },
      { name: 'products', rows: 20 },
      { name: 'customers', rows: 7 },
    ]
    const { problems, compared } = await restore(createReadStream(file), { ...content, tables }, makeTempDir())
    expect(problems).toEqual([
      'table "orders" has 1000 rows, expected 1001',
      'table "customers" is missing',
      'table "pictures" was not in the backup',
    ])
    expect(compared.tables).toContainEqual({ name: 'customers', rows: 0, expected: 7 })
  })

  it('finds damage that the bytes alone do not show', async () => {
    const { file, content } = await takeShop()
    const bytes = readFileSync(file)
    bytes.fill(0xff, 4096 * 5, 4096 * 6)
    const { problems } = await restore(Readable.from([bytes]), content, makeTempDir())
    expect(problems.join()).toContain('the database is damaged')
  })

  it('writes nothing outside its target, whatever the manifest calls the file', async () => {
    const { file, content } = await takeShop()
    const parent = makeTempDir()
    const target = join(parent, 'target')
    mkdirSync(target)
    const { places } = await restore(createReadStream(file), { ...content, name: '../../escaped.db' }, target)
    expect(places).toEqual(['escaped.db'])
    expect(readdirSync(parent)).toEqual(['target'])
    expect(readdirSync(target)).toEqual(['escaped.db'])
  })

  it('never overwrites, and removes its half-written file when the disk fills up', async () => {
    const { file, content } = await takeShop()
    const target = makeTempDir()
    await restore(createReadStream(file), content, target)
    expect((await failureOf(restore(createReadStream(file), content, target))).code).toBe('target-not-empty')
    expect(existsSync(join(target, 'shop.db'))).toBe(true)
    const full = makeTempDir()
    const broken = new Readable({
      read: () => broken.destroy(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    })
    expect((await failureOf(restore(broken, content, full))).code).toBe('target-full')
    expect(readdirSync(full)).toEqual([])
  })

  it('refuses a target with too little room before it writes', async () => {
    const { file, content } = await takeShop()
    const real = makeWorld()
    const statfs = (async () => ({ bavail: 1, bsize: 512 })) as unknown as typeof real.files.statfs
    const target = makeTempDir()
    const world = makeWorld({ files: faulty(real.files, { statfs }) })
    expect((await failureOf(restore(createReadStream(file), content, target, world))).code).toBe('target-full')
    expect(readdirSync(target)).toEqual([])
  })
})

describe('safeFileName', () => {
  it.each([
    ['shop.db', 'shop.db'],
    ['仓库.sqlite3', '仓库.sqlite3'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\win.ini', 'win.ini'],
    ['..', 'database.sqlite3'],
    ['', 'database.sqlite3'],
    ['a/', 'database.sqlite3'],
    ['a\0b\nc', 'a_b_c'],
    ['shop.db:stream', 'shop.db_stream'],
    ['con.db', '_con.db'],
    ['shop.db. .', 'shop.db'],
  ])('turns %j into %j', (name, expected) => {
    expect(safeFileName(name, 'database.sqlite3')).toBe(expected)
  })

  it('keeps the end of a very long name, in whole characters', () => {
    const name = safeFileName(`${'库'.repeat(300)}.db`, 'x')
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
    expect(name).toMatch(/^库+\.db$/)
  })
})
