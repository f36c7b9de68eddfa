/** Reading a destination in: what cannot be read is shown as damaged, and what is told of an earlier set is not told of a later one. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeSite, type Site } from '../helpers/site.ts'
import { makeShopDb } from '../helpers/sqlite.ts'

const never = new AbortController().signal

async function siteWithJob(): Promise<Site> {
  const site = await makeSite()
  makeShopDb(join(site.dir, 'shop.sqlite3'))
  site.job([{ kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') }])
  return site
}

it('K05: a set whose manifest cannot be read is listed as damaged, though the catalog never knew it', async () => {
  const site = await siteWithJob()
  await site.backup(site.jobs[0]!)
  const good = await site.backup(site.jobs[0]!)
  const folder = join(site.root, 'shop', 'full')
  const [first] = readdirSync(folder).sort()
  writeFileSync(join(folder, first!, 'manifest.json'), '{')
  const fresh = await makeSite({ places: 0 })
  const place = site.destinations[0]!
  await fresh.engine.importDestination(place, never)
  const states = (): string[] =>
    fresh.catalog.sets({ limit: 9, offset: 0 }).sets.map(({ id, state, jobName }) => `${id} ${state} ${jobName}`)
  expect(states()).toEqual([`${good.sets[0]!.set} present shop`, `shop/${first} damaged shop`])
  expect(fresh.catalog.set(place.id, `shop/${first}`)).toMatchObject({ info: { proof: 'none', bytes: 0 }, proofs: [] })

  // Without the journal nothing tells whose it is, but it is there.
  rmSync(join(site.root, '.sitekeep', 'journal'), { recursive: true })
  const alone = await makeSite({ places: 0 })
  await alone.engine.importDestination(place, never)
  expect(alone.catalog.set(place.id, `shop/${first}`)?.info).toMatchObject({
    state: 'damaged',
    jobName: 'shop',
    sequence: 0,
  })

  rmSync(join(folder, first!), { recursive: true })
  await fresh.engine.lookAtSets(place, never)
  expect(states()).toEqual([`${good.sets[0]!.set} present shop`])
})

it('what the journal says of an earlier set of the same name neither removes nor damages the one that lies there', async () => {
  const site = await siteWithJob()
  await site.backup(site.jobs[0]!)
  const made = await site.backup(site.jobs[0]!)
  const { id } = site.destinations[0]!
  const { set } = made.sets[0]!
  const { sequence } = site.catalog.set(id, set)!.info
  const year = join(site.root, '.sitekeep', 'journal', String(new Date().getUTCFullYear()))
  const stamp = { sequence: sequence - 1, at: '2026-01-05T02:00:00.000+00:00', destination: id, set }
  const write = (name: string, record: object): void => {
    const number = String(stamp.sequence).padStart(12, '0')
    writeFileSync(join(year, `${number}-${name}.json`), JSON.stringify({ ...stamp, ...record }))
  }
  write('97-proof', { type: 'proof', run: 'run_earlier', level: 'stored', ok: false, findings: [] })
  write('98-pin', { type: 'pin', pinned: true })
  write('99-removed', { type: 'removed' })
  const fresh = await makeSite({ places: 0 })
  await fresh.engine.importDestination(site.destinations[0]!, never)
  expect(fresh.catalog.set(id, set)?.info).toMatchObject({ state: 'present', proof: 'matched', pinned: false })
  expect(readFileSync(join(year, readdirSync(year)[0]!), 'utf8')).toContain('sequence')
})

it('the plan of a restore tells the proof as it is now, not as it was on the day of the backup', async () => {
  const site = await siteWithJob()
  const made = await site.backup(site.jobs[0]!)
  const { set } = made.sets[0]!
  const destination = site.destinations[0]!
  const order = { from: { by: 'destination' as const, destination, set }, to: undefined, only: undefined }
  expect((await site.engine.planRestore(order, never)).set.proof).toBe('matched')
  await site.verify(order.from, 'restore')
  expect((await site.engine.planRestore(order, never)).set.proof).toBe('restored')
})
