/** The folder destination: the contract every kind keeps, and what a folder alone must get right. */
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderKind } from '../../../electron/engine/destination/folder.ts'
import { errno } from '../../helpers/faulty-files.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'
import { configOf, makeFolder, reopen } from './folder-places.ts'
import { destinationSuite } from './suite.ts'
import { failureOf } from '../../helpers/failure.ts'
import { expectCode, listed, live, SET } from './suite-tools.ts'

describe('contract', () => {
  destinationSuite({
    kind: folderKind,
    makePlace: async () => ({ config: configOf(makeTempDir()), world: makeWorld() }),
    bigBytes: 9 * 1024 * 1024 + 1,
  })
})

describe('opening', () => {
  it('makes a new folder for its owner alone, but never its parent', async () => {
    const { root } = await makeFolder()
    expect((await fs.stat(root)).mode & 0o777).toBe(0o700)
    expect((await fs.stat(join(root, '.sitekeep'))).mode & 0o777).toBe(0o700)
    expect((await fs.stat(join(root, '.sitekeep/marker.json'))).mode & 0o777).toBe(0o600)
    const orphan = configOf(join(root, 'no', 'where'))
    await expectCode(
      folderKind.open(orphan, { mode: 'create', minGeneration: 1 }, makeWorld(), live),
      'destination-parent-missing',
    )
    await expect(fs.stat(join(root, 'no'))).rejects.toThrow('ENOENT')
  })

  it('never makes a folder where one is expected to exist', async () => {
    const root = join(makeTempDir(), 'gone')
    const opening = { mode: 'existing', minGeneration: 1 } as const
    await expectCode(folderKind.open(configOf(root), opening, makeWorld(), live), 'destination-missing')
    await expectCode(folderKind.open(configOf('relative'), opening, makeWorld(), live), 'invalid-input')
    await expect(fs.stat(root)).rejects.toThrow('ENOENT')
  })

  it('B18: lives beside foreign files and does not touch them', async () => {
    const root = makeTempDir()
    await fs.writeFile(join(root, 'holiday.jpg'), 'a picture')
    await fs.mkdir(join(root, 'lost+found'), { mode: 0o000 })
    await fs.mkdir(join(root, 'photos'))
    await fs.writeFile(join(root, 'photos', '.DS_Store'), '')
    const destination = await folderKind.open(configOf(root), { mode: 'create', minGeneration: 1 }, makeWorld(), live)
    expect((await listed(destination, '')).map((object) => object.key)).toEqual([
      '.sitekeep/marker.json',
      'holiday.jpg',
    ])
    expect(await destination.sweep(0, live)).toBe(0)
    expect(await fs.readFile(join(root, 'holiday.jpg'), 'utf8')).toBe('a picture')
  })

  it('B18: names a file that lies where a folder belongs', async () => {
    const { root, destination } = await makeFolder()
    await fs.writeFile(join(root, 'shop'), 'a file')
    const error = await expectCode(destination.beginSet(SET, live), 'destination-io')
    expect(error.message).toContain('a file lies where a folder is expected')
    const asFile = configOf(join(root, 'shop'))
    const opening = folderKind.open(asFile, { mode: 'create', minGeneration: 1 }, makeWorld(), live)
    await expectCode(opening, 'destination-not-folder')
  })

  it.each([
    ['not JSON', '{"format_ver'],
    ['empty', ''],
    ['of a newer format', '{"format_version":2,"id":"dst_abc123","generation":1,"created_at":""}'],
    ['without generation', '{"format_version":1,"id":"dst_abc123","created_at":""}'],
    ['absurdly large', ' '.repeat(70_000)],
  ])('refuses a marker that is %s, and does not replace it', async (_, text) => {
    const { root, world } = await makeFolder()
    const path = join(root, '.sitekeep/marker.json')
    await fs.writeFile(path, text)
    for (const mode of ['create', 'existing'] as const) {
      const opening = folderKind.open(configOf(root), { mode, minGeneration: 1 }, world, live)
      await expectCode(opening, 'destination-marker-damaged')
    }
    expect(await fs.readFile(path, 'utf8')).toBe(text)
  })
})

describe('logs', () => {
  it('appends one line per entry for the owner alone, and rotates by size', async () => {
    const { root, destination } = await makeFolder()
    await destination.appendLog('shop/logs/backup.log', 'first\r\nforged entry', live)
    await destination.appendLog('shop/logs/backup.log', 'second', live)
    const path = join(root, 'shop/logs/backup.log')
    expect(await fs.readFile(path, 'utf8')).toBe('first forged entry\nsecond\n')
    expect((await fs.stat(path)).mode & 0o777).toBe(0o600)
    for (let turn = 1; turn <= 7; turn += 1) {
      await fs.truncate(path, 10 * 1024 * 1024)
      await destination.appendLog('shop/logs/backup.log', `turn ${turn}`, live)
      expect(await fs.readFile(path, 'utf8')).toBe(`turn ${turn}\n`)
    }
    const names = ['', '.1', '.2', '.3', '.4'].map((end) => `backup.log${end}`)
    expect((await fs.readdir(join(root, 'shop/logs'))).sort()).toEqual(names)
    expect(await fs.readFile(`${path}.4`, 'latin1')).toMatch(/^turn 3/)
  })
})

describe('listing and reading', () => {
  it('I4: does not take a folder of ours that cannot be read for an empty one', async () => {
    const world = makeWorld()
    const { root, destination } = await makeFolder(world)
    const staged = await destination.beginSet(SET, live)
    await staged.publish(Buffer.from('{}'), live)
    for (const code of ['EACCES', 'EIO', 'ESTALE']) {
      const readdir = (async (path: string, options: never) => {
        if (path.endsWith('shop/full')) throw errno(code)
        return fs.readdir(path, options)
      }) as unknown as typeof fs.readdir
      const failing = await reopen(root, { ...world, files: faulty(world.files, { readdir }) })
      expect((await failureOf(listed(failing, ''))).code).toMatch(/^destination-(not-readable|read-error|unreachable)$/)
    }
  })

  it('B18: passes over foreign folders that may not be read', async () => {
    const world = makeWorld()
    const { root } = await makeFolder(world)
    await fs.mkdir(join(root, 'lost+found'))
    await fs.mkdir(join(root, 'shop/private'), { recursive: true })
    const readdir = (async (path: string, options: never) => {
      if (/lost\+found|private/.test(path)) throw errno('EACCES')
      return fs.readdir(path, options)
    }) as unknown as typeof fs.readdir
    const failing = await reopen(root, { ...world, files: faulty(world.files, { readdir }) })
    expect((await listed(failing, '')).map((object) => object.key)).toEqual(['.sitekeep/marker.json'])
  })

  it('neither lists nor follows links', async () => {
    const { root, destination } = await makeFolder()
    await fs.mkdir(join(root, 'suite'))
    await fs.symlink('/etc/passwd', join(root, 'suite/link'))
    await fs.symlink('/etc', join(root, 'linked'))
    expect((await listed(destination, '')).map((object) => object.key)).toEqual(['.sitekeep/marker.json'])
    await expectCode(destination.get('suite/link', live), 'destination-object-missing')
    await expectCode(destination.put('linked/x', Buffer.from('x'), live), 'destination-io')
    await expectCode(destination.get('suite', live), 'destination-object-missing')
  })

  it('says how much room there is', async () => {
    const { destination } = await makeFolder()
    const room = await destination.space()
    expect(room?.total).toBeGreaterThan(room?.free ?? Infinity)
    expect(room?.freeInodes).toBeGreaterThan(0)
  })

  it('tells in a probe what is wrong, and never throws', async () => {
    const root = makeTempDir()
    await fs.writeFile(join(root, 'file'), '')
    expect(await folderKind.probe(configOf(join(root, 'gone')), makeWorld(), live)).toMatchObject({
      ok: false,
      state: 'missing',
      error: { code: 'destination-missing' },
    })
    expect(await folderKind.probe(configOf(join(root, 'file')), makeWorld(), live)).toMatchObject({
      ok: false,
      error: { code: 'destination-not-folder' },
    })
    const world = makeWorld()
    const open: typeof fs.open = async (path, flags, mode) => {
      if (flags === 'wx') throw errno('EACCES')
      return fs.open(path, flags, mode)
    }
    expect(
      await folderKind.probe(configOf(root), { ...world, files: faulty(world.files, { open }) }, live),
    ).toMatchObject({
      ok: false,
      writable: false,
      state: 'new',
      error: { code: 'destination-denied' },
    })
    expect(await fs.readdir(root)).toEqual(['file'])
  })
})
