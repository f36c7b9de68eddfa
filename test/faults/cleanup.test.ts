/** Clean-ups on real folders: what goes, what stays whatever happens, and what a fault in the middle leaves. */
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Job } from '../../electron/contract/job.ts'
import { runChecker } from '../helpers/checker.ts'
import { checkInvariants } from '../helpers/invariants.ts'
import { listedAt, makeNightJob, NIGHT, nightsOf } from '../helpers/nights.ts'
import { makeSite, type Site } from '../helpers/site.ts'
import { faulty, makeWorld } from '../helpers/world.ts'

const never = new AbortController().signal
const codes = (record: { findings: readonly { code: string }[] }): string[] => record.findings.map(({ code }) => code)
const folders = (site: Site): string[] => readdirSync(join(site.root, 'shop/full')).sort()
const namesOf = (sets: readonly string[]): string[] => sets.map((set) => set.slice(set.indexOf('/') + 1)).sort()

/** Six nights of which the oldest three may go. */
async function sixNights(
  options: { places?: number; job?: Partial<Job> } = {},
): Promise<{ site: Site; job: Job; sets: string[] }> {
  const site = await makeSite({ places: options.places ?? 1 })
  const job = makeNightJob(site, options.job)
  const sets = await nightsOf(site, job, 6)
  return { site, job, sets }
}

function expectWhole(site: Site, kept: readonly string[]): void {
  expect(checkInvariants({ site, good: kept.map((set) => ({ root: site.root, set })) })).toEqual([])
}

describe('a clean-up', () => {
  it('removes what its policy lets go, says of each why, and leaves the rest whole', async () => {
    const { site, job, sets } = await sixNights()
    const record = await site.cleanup(job)
    expect(record).toMatchObject({ kind: 'cleanup', outcome: 'good', job: job.id })
    expect(record.removed?.map(({ set }) => set)).toEqual(sets.slice(0, 3).reverse())
    expect(record.removed?.at(-1)?.reasons).toEqual([{ code: 'delete-age', detail: { days: 5, limit: 3 } }])
    expect(record.findings).toMatchObject([{ code: 'sets-removed', detail: { count: 3 } }])
    expect(listedAt(site)).toEqual(sets.slice(3))
    expect(folders(site)).toEqual(namesOf(sets.slice(3)))
    expect(site.events.filter(({ type }) => type === 'set.removed')).toHaveLength(3)
    expect(site.catalog.run(record.id)).toMatchObject({ kind: 'cleanup', outcome: 'good' })
    const log = readFileSync(join(site.root, 'shop/logs/backup.log'), 'utf8')
    expect(log).toContain(`removed ${sets[0]} (5 days old, kept 3)`)
    expectWhole(site, sets.slice(3))
  })

  it('is the same to a catalog that is rebuilt, and the checker takes it all', async () => {
    const { site, job, sets } = await sixNights()
    await site.cleanup(job)
    const fresh = await makeSite({ places: 0 })
    await fresh.engine.importDestination(site.destinations[0]!, never)
    const { sets: found } = fresh.catalog.sets({ limit: 99, offset: 0 })
    expect(found.map(({ id, state }) => `${id} ${state}`)).toEqual(
      sets
        .slice(3)
        .map((set) => `${set} present`)
        .reverse(),
    )
    expect(fresh.catalog.runs({ kind: 'cleanup', limit: 9, offset: 0 }).total).toBe(1)
    expect(runChecker('root', site.root).status).toBe(0)
  })

  it('does what its preview says, which changes nothing', async () => {
    const { site, job, sets } = await sixNights()
    const before = readdirSync(site.root, { recursive: true }).length
    const preview = await site.engine.previewCleanup(job, site.destinations, { inUse: () => new Set() }, never)
    expect(readdirSync(site.root, { recursive: true })).toHaveLength(before)
    expect(preview[0]).toMatchObject({ frozen: [], deletes: 3, total: 6 })
    const going = preview[0]!.sets.filter(({ action }) => action === 'delete').map(({ set }) => set)
    const record = await site.cleanup(job)
    expect(record.removed?.map(({ set }) => set)).toEqual(going)
    expect(going).toEqual(sets.slice(0, 3).reverse())
    expect(site.engine.removalsInSight(job, site.destinations, { inUse: () => new Set() })).toBe(0)
  })

  it('R04: a preview asks about a policy that is not saved', async () => {
    const { site, job } = await sixNights({ job: { keep: { full: 30, incremental: 7, hot: 3 } } })
    const asked = { ...job, keep: { ...job.keep, full: 1 } }
    const [plan] = await site.engine.previewCleanup(asked, site.destinations, { inUse: () => new Set() }, never)
    expect(plan?.deletes).toBe(4)
    expect((await site.cleanup(job)).removed).toBeUndefined()
  })

  it('leaves pins alone, and what somebody reads', async () => {
    const { site, job, sets } = await sixNights()
    await site.engine.pin(site.destinations[0]!, sets[0]!, true, never)
    await site.cleanup(job, [sets[1]!])
    expect(listedAt(site)).toEqual([sets[0], sets[1], ...sets.slice(3)])
    await site.engine.pin(site.destinations[0]!, sets[0]!, false, never)
    await site.cleanup(job)
    expect(listedAt(site)).toEqual(sets.slice(3))
  })
})

describe('nothing goes', () => {
  it('while the newest run failed', async () => {
    const { site, job, sets } = await sixNights()
    renameSync(join(site.dir, 'shop.sqlite3'), join(site.dir, 'away.sqlite3'))
    expect(await site.backup(job)).toMatchObject({ outcome: 'failed' })
    const record = await site.cleanup(job)
    expect(record).toMatchObject({ outcome: 'warning' })
    expect(record.findings).toMatchObject([{ code: 'retention-frozen', detail: { reason: 'frozen-last-run' } }])
    expect(record.findings[0]!.message).toContain('the newest backup run failed')
    expect(listedAt(site)).toEqual(sets)
  })

  it('F01: while the clock is behind', async () => {
    const { site, job, sets } = await sixNights()
    site.world.clock.advance(-30 * NIGHT)
    const record = await site.cleanup(job)
    expect(record.findings).toMatchObject([{ code: 'retention-frozen', detail: { reason: 'frozen-clock' } }])
    expect(listedAt(site)).toEqual(sets)
  })

  it('F03: because the clock jumped ahead: one step, and no more', async () => {
    const { site, job, sets } = await sixNights({ job: { keep: { full: 30, incremental: 7, hot: 3 } } })
    site.world.clock.advance(4000 * NIGHT)
    await site.backup(job)
    expect((await site.cleanup(job)).removed).toBeUndefined()
    expect(listedAt(site).slice(0, 6)).toEqual(sets)
  })

  it('where the place cannot be listed', async () => {
    const { site, job, sets } = await sixNights()
    renameSync(site.root, `${site.root}.away`)
    const record = await site.cleanup(job)
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'destination-missing' } })
    expect(codes(record)).toContain('retention-frozen')
    renameSync(`${site.root}.away`, site.root)
    expect(folders(site)).toEqual(namesOf(sets))
  })

  it('where sets have vanished since the last look', async () => {
    const { site, job, sets } = await sixNights()
    rmSync(join(site.root, 'shop/full', namesOf(sets)[3]!), { recursive: true })
    const record = await site.cleanup(job)
    expect(record.findings).toMatchObject([{ detail: { reason: 'frozen-shrank', count: 1 } }])
    expect(folders(site)).toHaveLength(5)
  })

  it('G04: a catalog that is older than the place takes in what lies there first', async () => {
    const site = await makeSite()
    const job = makeNightJob(site)
    const first = await nightsOf(site, job, 4)
    const path = join(site.dir, 'catalog.db')
    const old = `${path}.old`
    site.catalog.close()
    await fs.cp(path, old)
    const later = await makeSite({ dir: site.dir })
    later.world.clock.advance(3 * NIGHT)
    later.world.clock.advance(NIGHT)
    const more = await nightsOf(later, later.jobs[0]!, 4)
    later.catalog.close()
    for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
    renameSync(old, path)
    const rolledBack = await makeSite({ dir: site.dir })
    rolledBack.world.clock.advance(7 * NIGHT)
    await rolledBack.cleanup(rolledBack.jobs[0]!)
    // Judged by the eight that lie there, not by the four that the catalog remembered.
    expect(listedAt(rolledBack)).toEqual(more.slice(1))
    expect(first).toHaveLength(4)
    expectWhole(rolledBack, more.slice(1))
  })

  it('R10: in a folder that holds anything else, and of a set whose manifest was edited', async () => {
    const { site, job, sets } = await sixNights()
    const [first, second] = namesOf(sets)
    writeFileSync(join(site.root, 'shop/full', first!, 'notes.txt'), 'mine')
    const manifest = join(site.root, 'shop/full', second!, 'manifest.json')
    chmodSync(manifest, 0o600)
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"linux"', '"linuy"'))
    await site.cleanup(job)
    expect(folders(site)).toEqual(namesOf([sets[0]!, sets[1]!, ...sets.slice(3)]))
  })

  it('R11: of another installation in a folder of the same name', async () => {
    const { site, job, sets } = await sixNights()
    const other = await makeSite({ places: 0 })
    other.world.clock.advance(5 * NIGHT)
    const place = site.destinations[0]!
    await other.engine.importDestination(place, never)
    const theirs = makeNightJob(other, { destinations: [place.id] })
    expect(await other.engine.backup(theirs, 'full', [place], other.hooks())).toMatchObject({ outcome: 'good' })
    const record = await other.engine.cleanup(theirs, [place], { inUse: () => new Set() }, other.hooks())
    expect(record.removed).toBeUndefined()
    expect(folders(site)).toHaveLength(7)
    // Nor does this one touch theirs.
    await site.cleanup(job)
    expect(listedAt(site).slice(0, 3)).toEqual(sets.slice(3))
    expect(folders(site)).toHaveLength(4)
  })

  it('A12: once another holds the place', async () => {
    const { site, job, sets } = await sixNights()
    const lease = join(site.root, '.sitekeep/lease.json')
    const steal = (): void => {
      // As whoever takes an expired lease over: the file is set aside, and there is a new one.
      if (!existsSync(lease)) return
      const text = readFileSync(lease, 'utf8')
      renameSync(lease, `${lease}.stolen`)
      writeFileSync(lease, text.replace(/"nonce":"[0-9a-f]{8}/, '"nonce":"00000000'), { mode: 0o600 })
    }
    let looks = 0
    const inUse = (): ReadonlySet<string> => {
      looks += 1
      // Asked once for the plan and once before each removal.
      if (looks === 3) steal()
      return new Set()
    }
    const record = await site.engine.cleanup(job, site.destinations, { inUse }, site.hooks())
    expect(record).toMatchObject({ outcome: 'failed', error: { code: 'destination-busy' } })
    expect(record.removed).toHaveLength(1)
    expect(listedAt(site)).toEqual(sets.filter((set) => set !== sets[2]))
  })
})

describe('a place that refuses', () => {
  it('R14: keeps the set listed, says so, and is tried again', async () => {
    let refuses = true
    const unlink: typeof fs.unlink = async (path) => {
      if (refuses && String(path).endsWith('manifest.json'))
        throw Object.assign(new Error('locked'), { code: 'EACCES' })
      await fs.unlink(path)
    }
    const site = await makeSite({ world: makeWorld({ files: faulty(fs, { unlink }) }) })
    const job = makeNightJob(site)
    const sets = await nightsOf(site, job, 6)
    const record = await site.cleanup(job)
    expect(record).toMatchObject({ outcome: 'warning' })
    expect(codes(record)).toEqual(['set-not-removed'])
    expect(record.findings[0]!.detail).toMatchObject({ set: sets[2] })
    expect(listedAt(site)).toEqual(sets)
    expectWhole(site, sets)
    // Noted as removed, and there: it is a backup as before, also to a catalog that is rebuilt.
    const fresh = await makeSite({ places: 0 })
    await fresh.engine.importDestination(site.destinations[0]!, never)
    expect(fresh.catalog.sets({ limit: 99, offset: 0 }).total).toBe(6)
    refuses = false
    expect((await site.cleanup(job)).removed).toHaveLength(3)
    expectWhole(site, sets.slice(3))
  })

  it('R12: does not keep another from being cleaned', async () => {
    const { site, job, sets } = await sixNights({ places: 2 })
    const second = site.destinations[1]!.path
    renameSync(second, `${second}.away`)
    const record = await site.cleanup(job)
    renameSync(`${second}.away`, second)
    expect(record).toMatchObject({ outcome: 'warning' })
    expect(codes(record).sort()).toEqual(['destination-failed', 'retention-frozen', 'sets-removed'])
    expect(listedAt(site, 0)).toEqual(sets.slice(3))
    expect(listedAt(site, 1)).toEqual(sets)
  })
})
