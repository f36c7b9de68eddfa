/** Places as a newcomer meets them: mistyped, empty, away and back again. Each command is a process on real files. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { makePlace, type Place } from './place.ts'

vi.setConfig({ testTimeout: 180_000 })

async function placeWithJob(): Promise<Place> {
  const place = makePlace()
  expect((await place.json('job', 'add', 'shop', '--sqlite', 'shop.db', '--to', './b')).code).toBe(0)
  return place
}

it('adopt of a path that is not there, or bears no marker, is refused and makes nothing', async () => {
  const { dir, json } = makePlace()
  mkdirSync(join(dir, 'empty'))
  for (const path of ['./nowhere', './empty', './no/where']) {
    expect(await json('adopt', path), path).toMatchObject({
      code: 4,
      document: { error: { code: 'nothing-to-adopt' } },
    })
    expect(await json('destination', 'add', path, '--adopt'), path).toMatchObject({ code: 4 })
  }
  expect(existsSync(join(dir, 'nowhere'))).toBe(false)
  expect(readdirSync(join(dir, 'empty'))).toEqual([])
  expect((await json('destination', 'list')).document).toEqual({ destinations: [] })
})

it('a known place that is away is not made anew by adopt; one that has lost its marker is', async () => {
  const { dir, json } = await placeWithJob()
  renameSync(join(dir, 'b'), join(dir, 'away'))
  expect(await json('adopt', './b')).toMatchObject({ code: 1, document: { error: { code: 'destination-missing' } } })
  expect(existsSync(join(dir, 'b'))).toBe(false)
  mkdirSync(join(dir, 'b'))
  expect((await json('adopt', './b')).code).toBe(0)
  expect(existsSync(join(dir, 'b/.sitekeep/marker.json'))).toBe(true)
})

it('the test of a known place whose marker is gone fails as a backup does, and writes nothing', async () => {
  const { dir, json } = await placeWithJob()
  renameSync(join(dir, 'b'), join(dir, 'away'))
  mkdirSync(join(dir, 'b'))
  const backup = (await json('backup', 'shop')).document['findings']
  const tested = await json('destination', 'test', 'b')
  expect(tested).toMatchObject({ code: 1, document: { ok: false, error: { code: 'destination-marker-missing' } } })
  const { error } = tested.document as { error: { message: string } }
  expect(JSON.stringify(backup) + JSON.stringify((await json('backup', 'shop')).document)).toContain(
    JSON.stringify(error.message).slice(1, -1),
  )
  expect(readdirSync(join(dir, 'b'))).toEqual([])
  expect((await json('status')).code, 'not taken for there by a look').toBe(1)
  expect(readdirSync(join(dir, 'b'))).toEqual([])
})

it('sets that were missing come back with their place: at the next look, and at the next backup', async () => {
  for (const command of [['status'], ['backup', 'shop']]) {
    const { dir, json } = await placeWithJob()
    await json('backup', 'shop')
    const states = async (): Promise<unknown[]> =>
      ((await json('list')).document['sets'] as { state: string }[]).map(({ state }) => state)
    renameSync(join(dir, 'b/shop/full'), join(dir, 'aside'))
    await json('status')
    expect(await states()).toEqual(['missing'])
    renameSync(join(dir, 'aside'), join(dir, 'b/shop/full'))
    await json(...command)
    expect(await states(), command.join(' ')).not.toContain('missing')
  }
})

it('a place that cannot be one is refused in words that speak of no backup', async () => {
  const { dir, sitekeep } = makePlace()
  writeFileSync(join(dir, 'file'), '')
  for (const path of ['./file', './no/where']) {
    for (const args of [
      ['destination', 'add', path],
      ['job', 'add', 'x', '--sqlite', 'shop.db', '--to', path],
    ]) {
      const ended = await sitekeep(...args)
      expect(ended.code, args.join(' ')).toBe(1)
      expect(ended.err).toContain('Nothing was changed')
      expect(ended.err).not.toMatch(/thrown away|back up again|written anywhere/)
    }
  }
  rmSync(join(dir, 'file'))
})
