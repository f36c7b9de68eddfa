/** Death of the process between any two phases: what was good stays good, nothing half bears a final name, the next run works. */
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../electron/contract/manifest.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { runDriver } from '../helpers/driver.ts'
import { checkInvariants, type World } from '../helpers/invariants.ts'
import { openSite, type Site } from '../helpers/open-site.ts'
import { makeShopDb } from '../helpers/sqlite.ts'
import { mkdirSync, writeFileSync } from 'node:fs'

/** A site with one good set, made by a process that ended in peace. */
async function siteWithGoodSet(): Promise<{ dir: string; good: World['good'] }> {
  const dir = makeTempDir()
  makeShopDb(join(dir, 'shop.sqlite3'))
  mkdirSync(join(dir, 'uploads'))
  for (let n = 0; n < 20; n += 1) writeFileSync(join(dir, 'uploads', `${n}.txt`), `file ${n}`)
  const site = await openSite({ dir })
  site.job([
    { kind: 'sqlite', name: 'shop', path: join(dir, 'shop.sqlite3') },
    { kind: 'files', name: 'uploads', roots: [join(dir, 'uploads')] },
  ])
  site.catalog.close()
  const first = await runDriver({ dir })
  expect(first.record, first.stderr).toMatchObject({ outcome: 'good' })
  return { dir, good: first.record!.sets.map(({ set }) => ({ root: site.root, set })) }
}

async function reopened<T>(dir: string, look: (site: Site) => Promise<T> | T): Promise<T> {
  const site = await openSite({ dir })
  try {
    return await look(site)
  } finally {
    site.catalog.close()
  }
}

const phases = [
  'lock',
  'preflight',
  'snapshot',
  'encode',
  'read-back',
  'manifest',
  'publish',
  'journal',
  'catalog',
] as const

describe('A01: kill -9', () => {
  it.each(phases)('in phase %s', async (phase) => {
    const { dir, good } = await siteWithGoodSet()
    const killed = await runDriver({ dir, killAt: phase })
    expect(killed.signal).toBe('SIGKILL')
    expect(killed.phases.at(-1)).toBe(phase)

    const next = await runDriver({ dir })
    expect(next.record, next.stderr).toMatchObject({ outcome: 'good', proof: 'matched' })
    await reopened(dir, (site) => {
      expect(checkInvariants({ site, good })).toEqual([])
      expect(readdirSync(join(dir, 'work'))).toEqual([])
    })
  })

  it('names every phase that a run goes through', async () => {
    const { dir } = await siteWithGoodSet()
    const run = await runDriver({ dir })
    expect(new Set(run.phases)).toEqual(new Set(phases))
  })
})

it('A06: killed before the manifest, what was staged is no backup, and is swept after a day', async () => {
  const { dir, good } = await siteWithGoodSet()
  await runDriver({ dir, killAt: 'manifest' })
  await reopened(dir, async (site) => {
    const folder = join(site.root, 'shop/full')
    const staged = (): string[] => readdirSync(folder).filter((name) => name.startsWith('.partial-'))
    expect(staged()).toHaveLength(1)
    await site.backup(site.jobs[0]!)
    expect(staged(), 'kept for a day').toHaveLength(1)
    site.world.clock.advance(25 * 60 * 60 * 1000)
    await site.backup(site.jobs[0]!)
    expect(staged()).toEqual([])
    expect(checkInvariants({ site, good })).toEqual([])
  })
})

it.each(['journal', 'catalog'] as const)(
  'A07: killed after publishing, in phase %s, the set is adopted as good exactly once',
  async (phase) => {
    const { dir, good } = await siteWithGoodSet()
    await runDriver({ dir, killAt: phase })
    const recovered = await runDriver({ dir, action: 'recover' })
    expect(recovered.code, recovered.stderr).toBe(0)
    const again = await runDriver({ dir, action: 'recover' })
    expect(again.code).toBe(0)
    await reopened(dir, (site) => {
      const { runs } = site.catalog.runs({ limit: 100, offset: 0 })
      const adopted = runs.filter((run) => run.findings.some((finding) => finding.code === 'adopted'))
      expect(adopted).toHaveLength(1)
      expect(adopted[0]).toMatchObject({ outcome: 'good', proof: 'matched' })
      const { sets } = site.catalog.sets({ limit: 100, offset: 0 })
      expect(sets).toHaveLength(2)
      expect(sets.every((set) => set.proof === 'matched')).toBe(true)
      expect(checkInvariants({ site, good })).toEqual([])
    })
  },
)

it('A07: a run that an agent had entered as interrupted is adopted too, once its set is found', async () => {
  const { dir } = await siteWithGoodSet()
  await runDriver({ dir, killAt: 'catalog' })
  await reopened(dir, async (site) => {
    const newest = readdirSync(join(site.root, 'shop/full')).sort().at(-1)!
    const manifest = JSON.parse(readFileSync(join(site.root, 'shop/full', newest, 'manifest.json'), 'utf8')) as Manifest
    const { code, message, hint } = new BackupError('interrupted', { at: 'catalog' }).toData()
    const { runs } = site.catalog.runs({ limit: 1, offset: 0 })
    site.catalog.recordRun({
      ...runs[0]!,
      id: manifest.run,
      outcome: 'failed',
      sets: [],
      error: { code, message, hint },
    })
    await site.engine.importDestination(site.destinations[0]!, new AbortController().signal)
    expect(site.catalog.run(manifest.run)).toMatchObject({ outcome: 'good', proof: 'matched' })
  })
})

it('a run that was killed between two places is adopted as a warning: the second place has nothing', async () => {
  const { dir } = await siteWithGoodSet()
  const site = await openSite({ dir, places: 2 })
  site.job([{ kind: 'sqlite', name: 'shop', path: join(dir, 'shop.sqlite3') }], { name: 'both' })
  const both = site.jobs.at(-1)!
  const made = await site.backup(both)
  // As if the process had ended after the first place: the catalog never heard of the run, the second place has no set.
  const { run } = site.catalog.set(made.sets[0]!.destination, made.sets[0]!.set)!.info
  site.catalog.recordRun({ ...site.catalog.run(run!)!, outcome: undefined, sets: [] })
  await rm(join(site.destinations[0]!.path, '.sitekeep/journal'), { recursive: true })
  await site.engine.importDestination(site.destinations[0]!, new AbortController().signal)
  expect(site.catalog.run(run!)).toMatchObject({ outcome: 'warning' })
  site.catalog.close()
})
