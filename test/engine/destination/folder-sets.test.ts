/** Sets of a folder destination on disk: publishing, removing, sweeping. */
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errno } from '../../helpers/faulty-files.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'
import { makeFolder, reopen } from './folder-places.ts'
import { bodyOf, expectCode, listed, live, readAll, SET } from './suite-tools.ts'

const DAY = 24 * 3600 * 1000

describe('sets on disk', () => {
  it('is for its owner alone, and hidden until it is published', async () => {
    const { root, destination } = await makeFolder()
    const staged = await destination.beginSet(SET, live)
    await staged.put('database.gz', bodyOf('x'), live)
    const [hidden, ...others] = await fs.readdir(join(root, 'shop/full'))
    expect(others).toEqual([])
    expect(hidden).toMatch(/^\.partial-full_backup_20260105_020000-/)
    await staged.publish(Buffer.from('{}'), live)
    expect(await fs.readdir(join(root, 'shop/full'))).toEqual(['full_backup_20260105_020000'])
    for (const folder of ['shop', 'shop/full', SET])
      expect((await fs.stat(join(root, folder))).mode & 0o777).toBe(0o700)
    for (const file of ['database.gz', 'manifest.json'])
      expect((await fs.stat(join(root, SET, file))).mode & 0o777).toBe(0o600)
  })

  it('I13: does not take over an empty folder that has the set’s name', async () => {
    const { root, destination } = await makeFolder()
    const staged = await destination.beginSet(SET, live)
    await fs.mkdir(join(root, SET))
    await expectCode(staged.publish(Buffer.from('{}'), live), 'destination-object-exists')
    expect(await fs.readdir(join(root, SET))).toEqual([])
  })

  it('I13: the system itself refuses a name that was taken after the last look', async () => {
    const { root, world, destination } = await makeFolder()
    let isTaken = false
    const rename: typeof fs.rename = async (from, to) => {
      if (String(to).endsWith('_020000') && !isTaken) {
        isTaken = true
        await fs.mkdir(to)
        await fs.writeFile(join(String(to), 'manifest.json'), 'another’s')
      }
      await fs.rename(from, to)
    }
    const raced = await reopen(root, { ...world, files: faulty(world.files, { rename }) })
    const staged = await raced.beginSet(SET, live)
    await expectCode(staged.publish(Buffer.from('{}'), live), 'destination-object-exists')
    expect(isTaken).toBe(true)
    expect(String(await readAll(await destination.get(`${SET}/manifest.json`, live)))).toBe('another’s')
  })

  it('notices an artifact that changed its size before publishing', async () => {
    const { root, destination } = await makeFolder()
    const staged = await destination.beginSet(SET, live)
    await staged.put('database.gz', bodyOf('whole'), live)
    const [hidden = ''] = await fs.readdir(join(root, 'shop/full'))
    await fs.truncate(join(root, 'shop/full', hidden, 'database.gz'), 2)
    await expectCode(staged.publish(Buffer.from('{}'), live), 'destination-io')
    expect(await listed(destination, 'shop')).toEqual([])
  })

  it('I10: removes the manifest before anything else of a set', async () => {
    const steps: string[] = []
    const real = makeWorld()
    const world = {
      ...real,
      files: faulty(real.files, {
        unlink: async (path) => {
          steps.push(`unlink ${String(path).split('/').at(-1) ?? ''}`)
          await fs.unlink(path)
        },
        open: async (...args) => {
          const handle = await fs.open(...args)
          if ((await handle.stat()).isDirectory()) steps.push('sync')
          return handle
        },
      }),
    }
    const { root, destination } = await makeFolder(world)
    const staged = await destination.beginSet(SET, live)
    await staged.put('a.gz', bodyOf('x'), live)
    await staged.publish(Buffer.from('{}'), live)
    steps.length = 0
    await destination.removeSet(SET, live)
    expect(steps).toEqual(['unlink manifest.json', 'sync', 'unlink a.gz', 'sync'])
    expect(await fs.readdir(join(root, 'shop/full'))).toEqual([])
  })

  it('A08: hides and later sweeps what a killed removal leaves', async () => {
    const { root, world } = await makeFolder()
    const unlink: typeof fs.unlink = async (path) => {
      if (String(path).endsWith('a.gz')) throw errno('EIO')
      await fs.unlink(path)
    }
    const failing = await reopen(root, { ...world, files: faulty(world.files, { unlink }) })
    const staged = await failing.beginSet(SET, live)
    await staged.put('a.gz', bodyOf('x'), live)
    await staged.publish(Buffer.from('{}'), live)
    await expectCode(failing.removeSet(SET, live), 'destination-io')
    expect(await listed(failing, 'shop')).toEqual([])
    expect(await fs.readdir(join(root, 'shop/full'))).toHaveLength(1)
    const healthy = await reopen(root, world)
    await healthy.removeSet(SET, live)
    expect(await healthy.sweep(-1000, live)).toBe(1)
    expect(await fs.readdir(join(root, 'shop/full'))).toEqual([])
  })

  it('leaves a foreign folder inside a set alone', async () => {
    const { root, destination } = await makeFolder()
    const staged = await destination.beginSet(SET, live)
    await staged.publish(Buffer.from('{}'), live)
    await fs.mkdir(join(root, SET, 'notes'))
    await fs.writeFile(join(root, SET, 'notes', 'mine.txt'), 'keep')
    await destination.removeSet(SET, live)
    expect(await fs.readFile(join(root, SET, 'notes', 'mine.txt'), 'utf8')).toBe('keep')
    expect((await listed(destination, SET)).map((object) => object.key)).toEqual([`${SET}/notes/mine.txt`])
  })
})

describe('sweeping', () => {
  it('A06: removes only what is older than the grace, by its name and by its times', async () => {
    const world = makeWorld()
    const { root, destination } = await makeFolder(world)
    const old = new Date(Date.now() - 3 * DAY)
    for (const [name, time] of [
      ['.partial-full_backup_20260105_020000-aa', old],
      ['.partial-full_backup_20260105_020000-bb', new Date()],
      ['.partial-full_backup_29990105_020000-cc', old],
      ['full_backup_20260105_030000', old],
      ['.other', old],
    ] as const) {
      const folder = join(root, 'shop/full', name)
      await fs.mkdir(folder, { recursive: true })
      await fs.writeFile(join(folder, 'a.gz'), 'x')
      await fs.utimes(join(folder, 'a.gz'), time, time)
      await fs.utimes(folder, time, time)
    }
    const youngInside = join(root, 'shop/full/.partial-full_backup_20260105_020000-dd')
    await fs.mkdir(youngInside)
    await fs.writeFile(join(youngInside, 'a.gz'), 'x')
    await fs.utimes(youngInside, old, old)
    await fs.writeFile(join(root, '.sitekeep/.partial-0011'), 'x')
    await fs.utimes(join(root, '.sitekeep/.partial-0011'), old, old)
    expect(await destination.sweep(DAY, live)).toBe(2)
    expect((await fs.readdir(join(root, 'shop/full'))).sort()).toEqual([
      '.other',
      '.partial-full_backup_20260105_020000-bb',
      '.partial-full_backup_20260105_020000-dd',
      '.partial-full_backup_29990105_020000-cc',
      'full_backup_20260105_030000',
    ])
  })

  it('A06: removes nothing while another holds the lease', async () => {
    const world = makeWorld()
    const { root, destination } = await makeFolder(world)
    const old = new Date(Date.now() - 3 * DAY)
    const folder = join(root, 'shop/full/.partial-full_backup_20200105_020000-aa')
    await fs.mkdir(folder, { recursive: true })
    await fs.utimes(folder, old, old)
    await fs.writeFile(join(root, '.sitekeep/lease.json'), 'held by one that we cannot read')
    expect(await destination.sweep(DAY, live)).toBe(0)
    await fs.rm(join(root, '.sitekeep/lease.json'))
    expect(await destination.sweep(DAY, live)).toBe(1)
  })
})
