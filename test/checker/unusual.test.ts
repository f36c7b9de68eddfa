/** The independent checker accepts the less usual sets too. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removeTree } from '../helpers/temp.ts'
import { checkRoot, checkSet } from '../helpers/checker.ts'
import { openPlace, type Place } from './fixture.ts'
import { copyOf, editEntry } from './forge.ts'

let place: Place

beforeAll(async () => {
  place = await openPlace()
}, 60_000)

afterAll(() => {
  place.site.catalog.close()
  removeTree(place.dir)
})

it('where a type occurs twice', async () => {
  cpSync(join(place.dir, 'shop.sqlite3'), join(place.dir, 'second.sqlite3'))
  mkdirSync(join(place.dir, '第二'))
  writeFileSync(join(place.dir, '第二', 'a'), 'a')
  const folder = await place.backUp('gzip', { name: 'twice' }, [
    ...place.sources,
    { kind: 'sqlite', name: '第二 db', path: join(place.dir, 'second.sqlite3') },
    { kind: 'files', name: '第二', roots: [join(place.dir, '第二')] },
  ])
  expect(checkSet(folder).problems).toEqual([])
})

it('where a source is missing', async () => {
  const folder = await place.backUp('zstd', { name: 'missing' }, [
    { kind: 'sqlite', name: 'absent', path: join(place.dir, 'absent.sqlite3') },
    ...place.sources.slice(1),
  ])
  expect(checkSet(folder).problems).toEqual([])
})

it('where all files of config and roots overlap or lie apart', async () => {
  mkdirSync(join(place.dir, 'etc/conf.d'), { recursive: true })
  writeFileSync(join(place.dir, 'etc/app.yaml'), 'a: 1\npassword: hunter2-very-secret\n')
  writeFileSync(join(place.dir, 'etc/conf.d/b.json'), '{"token":"abcdefghijklmnop"}')
  symlinkSync('../app.yaml', join(place.dir, 'etc/conf.d/link.yaml'))
  const folder = await place.backUp('none', { name: 'many' }, [
    { kind: 'files', name: 'two', roots: [join(place.dir, 'uploads'), join(place.dir, 'app'), join(place.dir, 'etc')] },
    { kind: 'config', name: 'c', globs: [join(place.dir, 'etc/**/*'), join(place.dir, 'app/.env')] },
  ])
  expect(checkSet(folder).problems).toEqual([])
})

it('where configuration files have nothing in common but the root', async () => {
  writeFileSync(join(place.dir, 'lonely.ini'), 'a=1\n')
  const globs = [join(place.dir, 'lonely.ini'), '/etc/hosts']
  const folder = await place.backUp('gzip', { name: 'root' }, [{ kind: 'config', name: 'c', globs }])
  expect(checkSet(folder).problems).toEqual([])
  editEntry(copyOf(folder, place.dir), 'config.tar.gz', (entry) => {
    expect(entry.content['roots']).toEqual([{ path: '/', prefix: '', name: 'config' }])
  })
})

it('where the name that a type would have is taken by another source', async () => {
  const folder = await place.backUp('gzip', { name: 'taken' }, [
    { kind: 'sqlite', name: 'files', path: join(place.dir, 'shop.sqlite3') },
    { kind: 'sqlite', name: 'manifest', path: join(place.dir, 'shop.sqlite3') },
    ...place.sources.slice(1, 2),
  ])
  expect(readdirSync(folder).sort()).toEqual([
    'files-2.index.gz',
    'files-2.tar.gz',
    'files.sqlite3.gz',
    'manifest-2.sqlite3.gz',
    'manifest.json',
  ])
  expect(checkSet(folder).problems).toEqual([])
})

it('where the database is damaged, told by the manifest: its table is too damaged to count', async () => {
  const path = join(place.dir, 'broken.sqlite3')
  const db = new Database(path)
  db.exec('create table lost (id integer primary key, what text); create table kept (id integer primary key)')
  const insert = db.prepare('insert into lost (what) values (?)')
  db.transaction(() => {
    for (let n = 0; n < 3000; n += 1) insert.run(`lost ${n}`)
  })()
  db.close()
  const data = readFileSync(path)
  writeFileSync(path, data.fill(0xa5, 12 * 4096, 13 * 4096))
  const folder = await place.backUp('gzip', { name: 'broken' }, [{ kind: 'sqlite', name: 'broken', path }])
  editEntry(copyOf(folder, place.dir), 'database.sqlite3.gz', (entry) => {
    expect(entry.content['quick_check']).not.toBe('ok')
    expect(entry.content['tables']).toEqual([{ name: 'kept', rows: 0 }])
  })
  expect(checkSet(folder).problems).toEqual([])
  const healthy = copyOf(folder, place.dir)
  editEntry(healthy, 'database.sqlite3.gz', (entry) => (entry.content['quick_check'] = 'ok'))
  expect(checkSet(healthy).problems.join('\n')).toContain("table 'lost' cannot be counted, yet quick_check is ok")
})

it('where sets were made hot, again and again', async () => {
  const job = place.site.job(place.sources.slice(0, 1), { name: 'again' })
  for (const type of ['full', 'hot', 'hot', 'full'] as const) await place.site.backup(job, type)
  const { status, sets, problems } = checkRoot(place.site.root)
  expect(problems).toEqual([])
  expect(sets.filter((one) => !one.ok)).toEqual([])
  expect(sets.filter((one) => one.set.startsWith('again/hot_backup_'))).toHaveLength(2)
  expect(status).toBe(0)
})
