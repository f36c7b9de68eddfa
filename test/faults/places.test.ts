/** Destinations that are not what they were: absent, emptied, older, another's — and how a user takes one over. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkInvariants } from '../helpers/invariants.ts'
import { makeSite, type Site } from '../helpers/site.ts'
import { makeShopDb } from '../helpers/sqlite.ts'

const never = new AbortController().signal

/** With modes, as a disk image is copied. */
function copyTree(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to])
}

async function siteWithJob(): Promise<Site> {
  const site = await makeSite()
  makeShopDb(join(site.dir, 'shop.sqlite3'))
  site.job([{ kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') }])
  return site
}

it('B11: an unmounted disk is not an empty one: nothing is written, what is known stays known', async () => {
  const site = await siteWithJob()
  const good = await site.backup(site.jobs[0]!)
  copyTree(site.root, `${site.root}.away`)
  for (const name of readdirSync(site.root)) rmSync(join(site.root, name), { recursive: true })
  const failed = await site.backup(site.jobs[0]!)
  expect(failed).toMatchObject({ outcome: 'failed', error: { code: 'destination-marker-missing' } })
  expect(readdirSync(site.root)).toEqual([])
  expect(site.catalog.set(site.destinations[0]!.id, good.sets[0]!.set)).toBeDefined()
  rmSync(site.root, { recursive: true })
  expect(await site.backup(site.jobs[0]!)).toMatchObject({ error: { code: 'destination-missing' } })
  expect(existsSync(site.root)).toBe(false)
})

it('B12: an older clone of a place is refused until the user adopts it, and then goes on above what was seen', async () => {
  const site = await siteWithJob()
  const first = await site.backup(site.jobs[0]!)
  copyTree(site.root, `${site.root}.clone`)
  const second = await site.backup(site.jobs[0]!)
  rmSync(site.root, { recursive: true })
  copyTree(`${site.root}.clone`, site.root)

  const refused = await site.backup(site.jobs[0]!)
  expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'destination-rolled-back' } })
  await site.engine.initDestination(site.destinations[0]!, { adopt: true }, never)
  const third = await site.backup(site.jobs[0]!)
  expect(third).toMatchObject({ outcome: 'good' })
  const { sets } = site.catalog.sets({ limit: 10, offset: 0 })
  const states = Object.fromEntries(sets.map((set) => [set.id, set.state]))
  expect(states).toMatchObject({
    [first.sets[0]!.set]: 'present',
    [second.sets[0]!.set]: 'missing',
    [third.sets[0]!.set]: 'present',
  })
  const good = [first, third].map((record) => ({ root: site.root, set: record.sets[0]!.set }))
  expect(checkInvariants({ site, good })).toEqual([])
})

it('F08: two installations at one place: the second import finds what the first made, neither loses a set', async () => {
  const one = await siteWithJob()
  const made = await one.backup(one.jobs[0]!)
  const other = await makeSite({ places: 0 })
  const config = { ...one.destinations[0]!, id: 'dst_00000000000000' }
  const adopted = await other.engine.initDestination(config, { adopt: true }, never)
  expect(adopted.id).toBe(one.destinations[0]!.id)
  expect(other.catalog.sets({ limit: 10, offset: 0 }).sets.map((set) => set.id)).toEqual([made.sets[0]!.set])
  const again = await one.backup(one.jobs[0]!)
  expect(again).toMatchObject({ outcome: 'good' })
  const good = [made, again].map((record) => ({ root: one.root, set: record.sets[0]!.set }))
  expect(checkInvariants({ site: one, good })).toEqual([])
})

it('G01, G04: a catalog that is gone is rebuilt from the place: sets, proofs, pins and jobs', async () => {
  const site = await siteWithJob()
  const made = await site.backup(site.jobs[0]!)
  await site.verify(site.setOf(made), 'restore')
  const { id } = site.destinations[0]!
  await site.engine.pin(site.destinations[0]!, made.sets[0]!.set, true, never)
  const before = site.catalog.set(id, made.sets[0]!.set)

  const fresh = await makeSite({ places: 0 })
  const imported = await fresh.engine.importDestination(site.destinations[0]!, never)
  expect(imported).toMatchObject({ sets: 1, jobs: [site.jobs[0]] })
  const after = fresh.catalog.set(id, made.sets[0]!.set)
  expect(after?.info).toMatchObject({ proof: 'restored', pinned: true, provenAt: before?.info.provenAt })
  const again = await fresh.engine.importDestination(site.destinations[0]!, never)
  expect(again.sets).toBe(1)
  expect(fresh.catalog.set(id, made.sets[0]!.set)?.proofs).toEqual(after?.proofs)
})

it('B18, R10: foreign files at the place are left alone and disturb nothing', async () => {
  const site = await siteWithJob()
  mkdirSync(join(site.root, 'lost+found'))
  mkdirSync(join(site.root, 'shop/full/my-own-folder'), { recursive: true })
  writeFileSync(join(site.root, 'shop/full/my-own-folder/manifest.json'), 'not ours')
  writeFileSync(join(site.root, 'notes.txt'), 'mine')
  const made = await site.backup(site.jobs[0]!)
  expect(made).toMatchObject({ outcome: 'good' })
  expect(await site.engine.importDestination(site.destinations[0]!, never)).toMatchObject({ sets: 1 })
  expect(existsSync(join(site.root, 'shop/full/my-own-folder/manifest.json'))).toBe(true)
})
