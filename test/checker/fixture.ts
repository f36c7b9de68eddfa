/** What the checker's tests stand on: real sources, real sets made of them, and the checker as a child process. */
import { chmodSync, linkSync, mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Compression, Job } from '../../electron/contract/job.ts'
import type { SourceDraft } from '../../electron/contract/source.ts'
import { openSite, type Site } from '../helpers/open-site.ts'

function makeDatabase(path: string): void {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.exec(`create table orders (id integer primary key, what text, amount real);
    create index by_what on orders (what);
    create table "商品 ""x""" (id integer primary key, name text) without rowid;
    create table empty (id integer primary key autoincrement);
    create virtual table words using fts5 (body);
    create view dear as select * from orders where amount > 10`)
  const insert = db.prepare('insert into orders (what, amount) values (?, ?)')
  db.transaction(() => {
    for (let n = 0; n < 3000; n += 1) insert.run(`order ${n} 订单`, n / 7)
  })()
  db.prepare('insert into "商品 ""x""" values (1, ?)').run('螺丝')
  db.prepare('insert into words values (?)').run('so many words')
  db.close()
}

/** Every kind of entry that the format knows. */
function makeUploads(dir: string): void {
  mkdirSync(join(dir, '空目录'), { recursive: true })
  mkdirSync(join(dir, 'deep', 'd'.repeat(120), 'e'.repeat(120)), { recursive: true })
  writeFileSync(join(dir, 'deep', 'd'.repeat(120), 'e'.repeat(120), `${'长'.repeat(60)}.txt`), 'deep\n')
  writeFileSync(join(dir, '送货单.jpg'), Buffer.alloc(300_000, 7))
  writeFileSync(join(dir, 'empty'), '')
  writeFileSync(Buffer.concat([Buffer.from(`${dir}/latin-`), Buffer.from([0xe9, 0xff])]), 'not UTF-8\n')
  writeFileSync(join(dir, 'tool'), '#!/bin/sh\n')
  chmodSync(join(dir, 'tool'), 0o4755)
  symlinkSync('送货单.jpg', join(dir, 'newest'))
  symlinkSync(Buffer.concat([Buffer.from('to-'), Buffer.from([0xfe])]), join(dir, 'dangling'))
  linkSync(join(dir, 'tool'), join(dir, 'tool-too'))
  writeFileSync(join(dir, 'holes'), 'start')
  truncateSync(join(dir, 'holes'), 5_000_000)
  for (let n = 0; n < 40; n += 1) writeFileSync(join(dir, `file-${n}.txt`), `content ${n}\n`.repeat(n))
}

export interface Place {
  readonly dir: string
  readonly site: Site
  readonly sources: readonly SourceDraft[]
  /** Folder of the set that a backup with these changes to the job made. */
  backUp(compression: Compression, changes?: Partial<Job>, sources?: readonly SourceDraft[]): Promise<string>
}

/** A site with one destination, open until the caller closes its catalog. */
export async function openPlace(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'sitekeep-checker-'))
  const site = await openSite({ dir })
  makeDatabase(join(dir, 'shop.sqlite3'))
  makeUploads(join(dir, 'uploads'))
  mkdirSync(join(dir, 'app'))
  writeFileSync(join(dir, 'app', '.env'), '# 数据库\nDEBUG=false\nDB_PASSWORD=hunter2-very-secret\n')
  const sources: SourceDraft[] = [
    { kind: 'sqlite', name: 'shop', path: join(dir, 'shop.sqlite3') },
    { kind: 'files', name: 'uploads', roots: [join(dir, 'uploads')] },
    { kind: 'config', name: 'config', globs: [join(dir, 'app', '.env')] },
  ]
  return {
    dir,
    site,
    sources,
    backUp: async (compression, changes = {}, chosen = sources) => {
      const record = await site.backup(site.job(chosen, { ...changes, compression }))
      return site.folderOf(record)
    },
  }
}
