/** Faults between versions of the catalog: newer, flipped, killed or failing in a migration. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { copyName, migrate, migrations, type Migration } from '../../electron/engine/catalog/migrations.ts'
import { openCatalog } from '../../electron/engine/catalog/open.ts'
import {
  codeOf,
  makeFilledCatalog,
  makeJob,
  makeNames,
  makeRun,
  makeSet,
  PLACE,
  withCatalog,
} from '../helpers/catalog.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

const all = { limit: 1000, offset: 0 }
const names = makeNames([makeJob()])
const world = makeWorld()
const at = '2026-01-05T02:00:00.000+00:00'

/** A second schema step, as a later version might bring. */
const addNote: Migration = (raw) => {
  raw.exec('ALTER TABLE runs ADD COLUMN note TEXT')
}

describe('of another version', () => {
  it('G05: written by a newer Sitekeep it is read, never written', () => {
    const path = makeFilledCatalog()
    const raw = new Database(path)
    migrate(raw, path, [...migrations, addNote])
    raw.close()
    const before = readFileSync(path)
    withCatalog(path, (catalog) => {
      expect(catalog.notices).toMatchObject([{ code: 'catalog-newer' }])
      expect(catalog.readOnly).toBe(true)
      expect(catalog.runs(all).total).toBe(30)
      for (const write of [
        () => catalog.recordRun(makeRun(99)),
        () => catalog.recordSet(makeSet({ sequence: 99, at })),
        () => catalog.setPinned(PLACE, 'shop/full_backup_20260105_020000', true),
        () => catalog.forgetSet(PLACE, 'shop/full_backup_20260105_020000'),
        () => catalog.recordGeneration(PLACE, 99),
        () => catalog.noteJob('job_other0', at),
        () => catalog.transaction(() => catalog.recordRun(makeRun(99))),
      ]) {
        expect(codeOf(write)).toBe('catalog-newer')
      }
    })
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('G05: what an older Sitekeep cannot read of a newer catalog is an error, never an empty list', () => {
    const path = makeFilledCatalog()
    const raw = new Database(path)
    migrate(raw, path, [...migrations, (database) => void database.exec('ALTER TABLE runs RENAME TO executions')])
    raw.close()
    withCatalog(path, (catalog) => expect(codeOf(() => catalog.runs(all))).toBe('catalog-newer'))
  })

  it('G05: a flipped bit in the version is damage, not a newer Sitekeep', () => {
    const path = makeFilledCatalog()
    const raw = new Database(path)
    raw.pragma(`user_version = ${migrations.length + 2}`)
    raw.close()
    expect(withCatalog(path, (catalog) => catalog.notices)).toMatchObject([{ code: 'catalog-rebuilt' }])
  })

  it('G06: a copy is kept before each step, three at most', () => {
    const path = makeFilledCatalog()
    const steps: Migration[] = [...migrations]
    for (let n = 2; n <= 6; n += 1) {
      steps.push((raw) => void raw.exec(`ALTER TABLE runs ADD COLUMN note${n} TEXT`))
      const catalog = openCatalog({ path, names, world, steps })
      expect(catalog.runs(all).total).toBe(30)
      catalog.close()
    }
    const copies = readdirSync(join(path, '..')).filter((name) => name.includes('.before-'))
    const newest = steps.length
    expect(copies).toEqual([newest - 2, newest - 1, newest].map((version) => copyName('catalog.db', version)))
    const last = new Database(copyName(path, newest), { readonly: true })
    expect(last.pragma('user_version', { simple: true })).toBe(newest - 1)
    expect(last.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(30)
    last.close()
  })

  it('G07: of the first version it is brought up to date with all that it holds, and notes what falls due', () => {
    const path = join(makeTempDir(), 'catalog.db')
    const old = openCatalog({ path, names, world, steps: migrations.slice(0, 1) })
    old.recordRun(makeRun(1))
    old.recordSet(makeSet({ sequence: 1, at }))
    old.close()
    withCatalog(path, (catalog) => {
      expect(catalog.notices).toEqual([])
      expect([catalog.runs(all).total, catalog.sets(all).total]).toEqual([1, 1])
      const slot = '2026-01-05T02:00:00.000Z'
      const facts = {
        state: 'begun',
        why: 'due',
        run: 'run_1',
        attempts: 1,
        at,
        missed: 0,
        missedSince: undefined,
      } as const
      const note = { job: 'job_other0', type: 'full', slot, timetable: '0 2 * * *', ...facts } as const
      catalog.noteSlot(note)
      expect(catalog.slotNote('job_other0', 'full', new Date(slot))).toEqual(note)
      expect(catalog.newestSlotNote('job_other0', 'full', new Date('2026-01-05T01:59Z'))).toBeUndefined()
      expect(catalog.newestSlotNote('job_other0', 'full', new Date('2027-01-05T01:59Z'))).toEqual(note)
    })
    expect(readdirSync(join(path, '..'))).toContain(copyName('catalog.db', 2))
  })

  it('G06: a step that fails half-way leaves the old catalog as it was', () => {
    const path = makeFilledCatalog()
    const failing: Migration = (raw) => {
      addNote(raw)
      raw.exec('DELETE FROM runs')
      throw new Error('the disk is full')
    }
    expect(codeOf(() => openCatalog({ path, names, world, steps: [...migrations, failing] }))).toBe('catalog-unusable')
    withCatalog(path, (catalog) => {
      expect(catalog.notices).toEqual([])
      expect(catalog.runs(all).total).toBe(30)
    })
  })

  it('G06: killed in the middle of a step, the catalog is the old one or the new one, whole', async () => {
    const path = makeFilledCatalog()
    const entry = new URL('../../electron/engine/catalog/migrations.ts', import.meta.url).href
    for (const moment of ['before', 'inside']) {
      const copy = join(makeTempDir(), 'catalog.db')
      copyFileSync(path, copy)
      const script = `import { migrate, migrations } from '${entry}'; import Database from 'better-sqlite3';
        const die = () => process.kill(process.pid, 'SIGKILL');
        migrate(new Database('${copy}'), '${copy}', [...migrations, (raw) => {
          ${moment === 'before' ? 'die();' : ''} raw.exec('ALTER TABLE runs ADD COLUMN note TEXT'); raw.exec('DELETE FROM sets'); die()
        }])`
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
      const [, signal] = (await once(child, 'exit')) as [number | null, string]
      expect(signal).toBe('SIGKILL')
      expect(existsSync(copyName(copy, migrations.length + 1))).toBe(true)
      withCatalog(copy, (catalog) => {
        expect(catalog.notices).toEqual([])
        expect(catalog.sets(all).total).toBe(30)
      })
      const catalog = openCatalog({ path: copy, names, world, steps: [...migrations, addNote] })
      expect(catalog.sets(all).total).toBe(30)
      catalog.close()
    }
  })

  it('G06: a kill while the very first schema is made leaves nothing that stops the next start', () => {
    for (const content of ['', readFileSync(emptyWal())]) {
      const path = join(makeTempDir(), 'catalog.db')
      writeFileSync(path, content)
      withCatalog(path, (catalog) => {
        catalog.recordRun(makeRun(1))
        expect(catalog.runs(all).total).toBe(1)
      })
    }
  })
})

/** What a kill between `journal_mode = WAL` and the first step leaves. */
function emptyWal(): string {
  const path = join(makeTempDir(), 'catalog.db')
  const raw = new Database(path)
  raw.pragma('journal_mode = WAL')
  raw.close()
  return path
}
