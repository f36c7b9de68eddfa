/** Reading when things are not as they were: the newest backup damaged, the place an older copy of itself. Each command is a process. */
import { chmodSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { makePlace, type Place } from '../cli/place.ts'

vi.setConfig({ testTimeout: 180_000 })

interface MadeSet {
  readonly id: string
  readonly path: string
}

async function backUp({ json }: Place): Promise<MadeSet> {
  const { document } = await json('backup', 'shop')
  return (document['sets'] as MadeSet[])[0]!
}

async function placeWithJob(): Promise<Place> {
  const place = makePlace()
  expect((await place.json('job', 'add', 'shop', '--sqlite', 'shop.db', '--to', './b')).code).toBe(0)
  return place
}

function flipBit({ path }: MadeSet, name = readdirSync(path).find((file) => file.includes('sqlite'))!): void {
  const file = join(path, name)
  const bytes = readFileSync(file)
  bytes[bytes.length >> 1]! ^= 1
  chmodSync(file, 0o600)
  writeFileSync(file, bytes)
}

describe('latest, where the newest backup is damaged', () => {
  it('I4: names the older one that it used and warns, in text and as data', async () => {
    const place = await placeWithJob()
    const { json, sitekeep } = place
    const older = await backUp(place)
    const newest = await backUp(place)
    flipBit(newest)
    expect(await json('verify', 'latest')).toMatchObject({ code: 1, document: { set: newest.id } })

    const warned = { code: 'newer-set-passed-over', detail: { newest: newest.id, set: older.id } }
    const restored = await json('restore', 'latest', '--to', 'r1')
    expect(restored).toMatchObject({ code: 3, document: { set: older.id, outcome: 'warning', findings: [warned] } })
    const verified = await json('verify', 'shop/latest')
    expect(verified).toMatchObject({ code: 3, document: { set: older.id, outcome: 'warning', findings: [warned] } })
    expect((await json('restore', 'latest', '--dry-run')).document).toMatchObject({ warnings: [warned] })
    const told = await sitekeep('restore', 'shop/latest', '--to', 'r2')
    expect(told.code).toBe(3)
    expect(told.out).toContain(older.id)
    expect(told.out).toContain(`! The newest backup, ${newest.id}, is damaged.`)

    const named = await json('restore', older.id, '--to', 'r3')
    expect(named, 'asked for by its name, it is what was asked for').toMatchObject({ code: 0 })
  })
})

describe('an older copy of a place', () => {
  it('B12: can be read, with a warning, and is not written to', async () => {
    const place = await placeWithJob()
    const { dir, json, sitekeep } = place
    const older = await backUp(place)
    cpSync(join(dir, 'b'), join(dir, 'clone'), { recursive: true })
    const newer = await backUp(place)
    renameSync(join(dir, 'b'), join(dir, 'unplugged'))
    renameSync(join(dir, 'clone'), join(dir, 'b'))
    const marker = readFileSync(join(dir, 'b/.sitekeep/marker.json'), 'utf8')

    const warned = { code: 'destination-older' }
    expect(await json('verify', older.id)).toMatchObject({ code: 3, document: { findings: [warned] } })
    const restored = await json('restore', older.path, '--to', 'r')
    expect(restored).toMatchObject({ code: 3, document: { set: older.id, findings: [warned] } })
    expect((await json('list')).document['sets']).toHaveLength(2)
    expect(await json('verify', newer.id)).toMatchObject({ document: { error: { code: 'destination-rolled-back' } } })
    expect(await json('backup', 'shop')).toMatchObject({
      code: 1,
      document: { error: { code: 'destination-rolled-back' } },
    })
    expect(readFileSync(join(dir, 'b/.sitekeep/marker.json'), 'utf8')).toBe(marker)

    rmSync(join(dir, 'b'), { recursive: true })
    renameSync(join(dir, 'unplugged'), join(dir, 'b'))
    const { sets } = (await json('list')).document as { sets: { state: string; proof: string }[] }
    expect(sets.map(({ state, proof }) => [state, proof])).toEqual([
      ['present', 'matched'],
      ['present', 'matched'],
    ])
    expect((await sitekeep('verify', newer.id)).code).toBe(0)
  })
})

describe('what is not a backup', () => {
  it.each([
    ['a file', '../'.repeat(12) + 'etc/passwd'],
    ['a path that is not there', './nowhere/full_backup_20260101_020000'],
  ])('%s is not found, and nothing is said of writing', async (_, typed) => {
    const { sitekeep } = makePlace()
    for (const command of ['restore', 'verify']) {
      const ended = await sitekeep(command, typed)
      expect(ended.code).toBe(4)
      expect(ended.out + ended.err).toContain('There is no backup "')
      expect(ended.out + ended.err).not.toMatch(/writ|thrown away/)
    }
  })

  it('B11: a set that may not be read is told in words about reading', async (context) => {
    const place = await placeWithJob()
    const { path, id } = await backUp(place)
    const artifact = join(
      path,
      readdirSync(path).find((file) => file.includes('sqlite'))!,
    )
    rmSync(artifact)
    // A folder in the file's place cannot be read by anybody, whatever rights the test has.
    cpSync(join(place.dir, 'up'), artifact, { recursive: true })
    for (const typed of [path, id]) {
      const ended = await place.sitekeep('verify', typed)
      expect(ended.code).toBe(1)
      expect(ended.out + ended.err, context.task.name).not.toMatch(/may not write|thrown away|No new backup/)
    }
  })

  it('K06: a flipped bit in the version of a manifest is damage, not a newer Sitekeep', async () => {
    const place = await placeWithJob()
    const { path } = await backUp(place)
    const manifest = join(path, 'manifest.json')
    const text = readFileSync(manifest, 'utf8')
    chmodSync(manifest, 0o600)
    writeFileSync(manifest, text.replace('"format_version": 1', '"format_version": 5'))
    expect(await place.json('verify', path)).toMatchObject({ document: { error: { code: 'manifest-edited' } } })
    writeFileSync(manifest, text.replace('"format_version": 1', '"format_version": 2').replace('"run"', '"later"'))
    expect(await place.json('verify', path)).toMatchObject({ document: { error: { code: 'manifest-newer' } } })
  })
})
