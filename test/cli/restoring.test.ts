/** What somebody who restores is told: which backup it was, what is masked in it, and where its files are. Each command is a process on real files. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { makePlace, type Place } from './place.ts'

vi.setConfig({ testTimeout: 180_000 })

async function backedUp(...args: readonly string[]): Promise<Place> {
  const place = makePlace()
  mkdirSync(join(place.dir, 'up/2026/may'), { recursive: true })
  writeFileSync(join(place.dir, 'up/2026/may/photo.jpg'), 'picture')
  writeFileSync(join(place.dir, '.env'), 'DB_PASSWORD=hunter22hunter\nDB_HOST=db\n')
  const added = await place.json('job', 'add', 'shop', '--sqlite', 'shop.db', '--files', 'up', ...args, '--to', './b')
  expect(added.code).toBe(0)
  expect((await place.json('backup', 'shop')).code).toBe(0)
  return place
}

it('masked values that come back masked are a warning, in the plan and in the result, with file and key', async () => {
  const { dir, json, sitekeep } = await backedUp('--config', './.env')
  const masked = { code: 'masked-restored', weight: 'warning', paths: ['config/.env: DB_PASSWORD'] }
  const plan = await json('restore', 'latest', '--to', 'r', '--dry-run')
  expect(plan).toMatchObject({ code: 3, document: { warnings: [masked] } })
  const restored = await json('restore', 'latest', '--to', 'r')
  expect(restored).toMatchObject({ code: 3, document: { outcome: 'warning', findings: [masked] } })
  expect(readFileSync(join(dir, 'r/config/.env'), 'utf8')).toContain('DB_PASSWORD=***MASKED***')

  const told = await sitekeep('restore', 'latest', '--to', 'r2')
  expect(told.out).toContain('config/.env: DB_PASSWORD')
  expect(told.out).toContain('by hand')

  expect((await json('restore', 'latest', '--to', 'r3', '--only', 'up')).code, 'no masked file is in it').toBe(0)
  expect((await json('restore', 'latest', '--to', 'r4', '--only', '.env')).code).toBe(3)
  expect((await json('restore', 'latest', '--test-mode')).code, 'a rehearsal').toBe(0)
  expect((await json('verify', 'latest', '--level', 'restore')).code).toBe(0)
})

it('verify, restore and pin name the backup and its date', async () => {
  const { dir, json, sitekeep } = await backedUp()
  const [listed] = (await json('list')).document['sets'] as { id: string; at: string; path: string }[]
  const { id: set, at, path } = listed!
  expect((await json('verify', 'latest')).document).toMatchObject({ set, at })
  expect((await json('verify', path)).document, 'by its folder').toMatchObject({ set, at })
  expect((await json('restore', 'latest', '--to', 'r')).document).toMatchObject({ set, at })
  expect((await json('restore', 'latest', '--test-mode')).document).toMatchObject({ set, at })
  expect((await json('pin', 'latest')).document).toEqual({ set, at, pinned: true })
  const day = at.slice(0, 10)
  expect((await sitekeep('verify', 'latest')).out).toContain(`${set} (${day}`)
  expect((await sitekeep('restore', 'latest', '--to', 'r1')).out).toContain(`${set} (${day}`)
  expect((await sitekeep('unpin', 'latest')).out).toContain(`${set} (${day}`)

  rmSync(join(dir, 'b/shop/full', set.slice('shop/'.length), 'files.tar.gz'))
  const failed = await json('restore', 'latest', '--to', 'r5')
  expect(failed).toMatchObject({ code: 1, document: { set, at } })
  const { runs } = (await json('history')).document as { runs: { jobName: string }[] }
  expect(runs.map(({ jobName }) => jobName)).toEqual(runs.map(() => 'shop'))
})

it('a place that is away is told in words about reading, and not as a backup that is not proven', async () => {
  const { dir, sitekeep, json } = await backedUp()
  renameSync(join(dir, 'b'), join(dir, 'away'))
  for (const command of [
    ['verify', 'latest'],
    ['restore', 'latest', '--to', 'r'],
  ]) {
    const ended = await sitekeep(...command)
    expect(ended.code).toBe(1)
    expect(ended.out).toMatch(/could not be read/)
    expect(ended.out).toMatch(/Connect .*, then try again/)
    expect(ended.out + ended.err).not.toMatch(/NOT proven|back up again|thrown away/)
  }
  const { runs } = (await json('history')).document as { runs: { jobName: string }[] }
  expect(runs.map(({ jobName }) => jobName)).toEqual(['shop', 'shop', 'shop'])
})

it('the files of a backup are listed, and a bare name is found anywhere in the tree', async () => {
  const { dir, json, sitekeep } = await backedUp()
  const shown = await sitekeep('show', 'latest')
  expect(shown.code).toBe(0)
  for (const name of ['shop.db', 'up/发票.txt', 'up/2026/may/photo.jpg']) expect(shown.out).toContain(name)
  const { document } = await json('show', 'latest')
  expect(document['files']).toContainEqual(expect.objectContaining({ path: 'up/2026/may/photo.jpg', bytes: 7 }))
  expect((await json('restore', 'latest', '--only', 'photo.jpg', '--to', 'r')).code).toBe(0)
  expect(readFileSync(join(dir, 'r/up/2026/may/photo.jpg'), 'utf8')).toBe('picture')
  expect(existsSync(join(dir, 'r/up/发票.txt'))).toBe(false)
})

it('the folder that a restore without one goes to is told before it starts', async () => {
  const { dir, sitekeep } = await backedUp()
  const ended = await sitekeep('restore', 'latest')
  expect(ended.code).toBe(0)
  expect(ended.err).toContain(join(dir, 'restored-latest'))
  expect((await sitekeep('restore', '--help')).out).toMatch(/restored-/)
})
