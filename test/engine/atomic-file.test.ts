/** The one way to write a file: whole or absent, durable in the right order, whatever the disk does. */
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createFile, renameRetrying, replaceFile, syncFolder, writeSynced } from '../../electron/engine/atomic-file.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import type { Files, World } from '../../electron/engine/world.ts'
import { errno, faultyHandles, type HandleFaults } from '../helpers/faulty-files.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { faulty, makeWorld } from '../helpers/world.ts'

function worldWith(files: Files, platform: NodeJS.Platform = 'linux'): World & { slept: number[] } {
  const real = makeWorld()
  const slept: number[] = []
  const clock = {
    now: () => real.clock.now(),
    monotonic: () => real.clock.monotonic(),
    sleep: async (milliseconds: number) => void slept.push(milliseconds),
  }
  return { ...real, files, clock, host: { ...real.host, platform }, slept }
}

function handleFaults(faults: HandleFaults): World {
  return worldWith(faultyHandles(fs, (path) => path.includes('.partial-'), faults))
}

const text = (path: string): Promise<string> => fs.readFile(path, 'utf8')

describe('writing', () => {
  it('creates a file for its owner alone and never overwrites it', async () => {
    const dir = makeTempDir()
    const path = join(dir, 'file')
    expect(await createFile(makeWorld(), path, Buffer.from('first'))).toBe(5)
    await expect(createFile(makeWorld(), path, Buffer.from('second'))).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await text(path)).toBe('first')
    expect((await fs.stat(path)).mode & 0o777).toBe(0o600)
    expect((await fs.stat(path)).nlink).toBe(1)
    expect(await fs.readdir(dir)).toEqual(['file'])
  })

  it('replaces a file in one step, or makes it', async () => {
    const dir = makeTempDir()
    const path = join(dir, 'file')
    await replaceFile(makeWorld(), path, Buffer.from('old'))
    await replaceFile(makeWorld(), path, Readable.from([Buffer.from('ne'), Buffer.from('w')]))
    expect(await text(path)).toBe('new')
    expect(await fs.readdir(dir)).toEqual(['file'])
  })

  it('syncs and closes the file before it gets its name, and the folder after', async () => {
    const steps: string[] = []
    const dir = makeTempDir()
    const note = (step: string) => async (real: () => Promise<void>) => {
      steps.push(step)
      await real()
    }
    const handles = faultyHandles(fs, (path) => path !== dir, { sync: note('sync'), close: note('close') })
    const files = faulty(
      faultyHandles(handles, (path) => path === dir, { sync: note('sync folder') }),
      {
        link: async (from, to) => {
          steps.push('link')
          await fs.link(from, to)
        },
        rename: async (from, to) => {
          steps.push('rename')
          await fs.rename(from, to)
        },
      },
    )
    await createFile(worldWith(files), join(dir, 'a'), Buffer.from('x'))
    expect(steps).toEqual(['sync', 'close', 'link', 'sync folder'])
    steps.length = 0
    await replaceFile(worldWith(files), join(dir, 'a'), Buffer.from('x'))
    expect(steps).toEqual(['sync', 'close', 'rename', 'sync folder'])
  })

  it('never takes a name by overwriting where there are no hard links either', async () => {
    const dir = makeTempDir()
    for (const code of ['EPERM', 'ENOTSUP', 'ENOSYS']) {
      const world = worldWith(faulty(fs, { link: () => Promise.reject(errno(code)) }))
      const path = join(dir, code)
      await createFile(world, path, Buffer.from('first'))
      await expect(createFile(world, path, Buffer.from('second'))).rejects.toMatchObject({ code: 'EEXIST' })
      expect(await text(path)).toBe('first')
    }
    expect((await fs.readdir(dir)).sort()).toEqual(['ENOSYS', 'ENOTSUP', 'EPERM'])
  })
})

describe('faults of the disk', () => {
  it('B17: completes a short write', async () => {
    const dir = makeTempDir()
    const data = Buffer.from('a rather longer text than seven bytes')
    let calls = 0
    const world = handleFaults({
      write: (_, { handle, data: bytes, offset, length }) => {
        calls += 1
        return handle.write(bytes, offset, Math.min(7, length), null)
      },
    })
    expect(await createFile(world, join(dir, 'file'), data)).toBe(data.length)
    expect((await fs.readFile(join(dir, 'file'))).equals(data)).toBe(true)
    expect(calls).toBe(6)
  })

  it.each(['write', 'sync', 'close'] as const)(
    'B03, B08: leaves nothing where %s fails, and does not try it again',
    async (step) => {
      for (const code of ['ENOSPC', 'EIO', 'EDQUOT']) {
        const dir = makeTempDir()
        await fs.writeFile(join(dir, 'kept'), 'old')
        let calls = 0
        const fail = async (real: () => Promise<unknown>): Promise<never> => {
          calls += 1
          if (step === 'close') await real()
          throw errno(code)
        }
        const world = handleFaults({ [step]: fail })
        await expect(createFile(world, join(dir, 'new'), Buffer.from('x'))).rejects.toMatchObject({ code })
        await expect(replaceFile(world, join(dir, 'kept'), Buffer.from('x'))).rejects.toMatchObject({ code })
        expect(calls, 'once for each file').toBe(2)
        expect(await fs.readdir(dir)).toEqual(['kept'])
        expect(await text(join(dir, 'kept'))).toBe('old')
      }
    },
  )

  it('notices a disk that took fewer bytes than it said', async () => {
    const dir = makeTempDir()
    const world = handleFaults({ write: async (_, { length }) => ({ bytesWritten: length }) })
    await expect(createFile(world, join(dir, 'file'), Buffer.from('x'))).rejects.toMatchObject({ code: 'EIO' })
    const stuck = handleFaults({ write: async () => ({ bytesWritten: 0 }) })
    await expect(createFile(stuck, join(dir, 'file'), Buffer.from('x'))).rejects.toMatchObject({ code: 'EIO' })
    expect(await fs.readdir(dir)).toEqual([])
  })

  it('leaves nothing where the name cannot be given', async () => {
    const dir = makeTempDir()
    for (const code of ['EIO', 'EXDEV', 'EROFS']) {
      const world = worldWith(
        faulty(fs, { link: () => Promise.reject(errno(code)), rename: () => Promise.reject(errno(code)) }),
      )
      await expect(createFile(world, join(dir, 'file'), Buffer.from('x'))).rejects.toMatchObject({ code })
      await expect(replaceFile(world, join(dir, 'file'), Buffer.from('x'))).rejects.toMatchObject({ code })
    }
    expect(await fs.readdir(dir)).toEqual([])
  })

  it('does not report success where the folder could not be synced', async () => {
    const dir = makeTempDir()
    const failing = (code: string): Files =>
      faultyHandles(fs, (path) => path === dir, { sync: () => Promise.reject(errno(code)) })
    await expect(syncFolder(worldWith(failing('EIO')), dir)).rejects.toMatchObject({ code: 'EIO' })
    await expect(syncFolder(worldWith(failing('EPERM')), dir)).rejects.toMatchObject({ code: 'EPERM' })
    await expect(createFile(worldWith(failing('EIO')), join(dir, 'x'), Buffer.from(''))).rejects.toThrow('EIO')
    await syncFolder(worldWith(failing('EPERM'), 'win32'), dir)
    await syncFolder(worldWith(failing('EINVAL')), dir)
  })
})

describe('B15: names that another program holds', () => {
  const held = (code: string, times: number): Files => {
    let left = times
    return faulty(fs, {
      rename: async (from, to) => {
        left -= 1
        if (left >= 0) throw errno(code)
        await fs.rename(from, to)
      },
    })
  }

  it.each([
    ['EPERM', 'win32'],
    ['EACCES', 'win32'],
    ['EBUSY', 'win32'],
    ['EBUSY', 'linux'],
  ] as const)('waits for %s on %s to pass', async (code, platform) => {
    const path = join(makeTempDir(), 'file')
    const world = worldWith(held(code, 5), platform)
    await replaceFile(world, path, Buffer.from('x'))
    expect(await text(path)).toBe('x')
    expect(world.slept).toEqual([50, 100, 200, 400, 800])
  })

  it('gives up within a minute', async () => {
    const path = join(makeTempDir(), 'file')
    const world = worldWith(held('EBUSY', Infinity))
    await expect(renameRetrying(world, path, `${path}2`)).rejects.toMatchObject({ code: 'EBUSY' })
    const waited = world.slept.reduce((sum, pause) => sum + pause, 0)
    expect(waited).toBeGreaterThan(50_000)
    expect(waited).toBeLessThanOrEqual(60_000)
  })

  it.each([
    ['EPERM', 'linux'],
    ['EACCES', 'linux'],
    ['EXDEV', 'win32'],
    ['ENOSPC', 'win32'],
  ] as const)('takes %s on %s at its word', async (code, platform) => {
    const world = worldWith(held(code, 1), platform)
    await expect(replaceFile(world, join(makeTempDir(), 'file'), Buffer.from('x'))).rejects.toMatchObject({ code })
    expect(world.slept).toEqual([])
  })
})

describe('bodies', () => {
  it('tells an error of the body as the body’s, even one that looks like the disk’s', async () => {
    const dir = makeTempDir()
    const dying = (error: Error): Readable =>
      Readable.from(
        (async function* () {
          yield Buffer.from('some')
          throw error
        })(),
      )
    const own = new BackupError('source-read-error', { path: 'a', reason: 'b' })
    await expect(createFile(makeWorld(), join(dir, 'a'), dying(own))).rejects.toBe(own)
    await expect(createFile(makeWorld(), join(dir, 'a'), dying(errno('EIO')))).rejects.toMatchObject({
      name: 'BackupError',
      code: 'internal',
    })
    expect(await fs.readdir(dir)).toEqual([])
  })

  it('stops on abort, ends the body, and leaves nothing', async () => {
    const dir = makeTempDir()
    const abort = new AbortController()
    const body = new Readable({ read: () => undefined })
    body.push(Buffer.from('some'))
    const writing = createFile(makeWorld(), join(dir, 'a'), body, { signal: abort.signal })
    abort.abort(new BackupError('timed-out'))
    await expect(writing).rejects.toMatchObject({ code: 'timed-out' })
    expect(body.destroyed).toBe(true)
    expect(await fs.readdir(dir)).toEqual([])
  })

  it('does not take an abort during the last piece for a whole file', async () => {
    const dir = makeTempDir()
    const abort = new AbortController()
    const world = handleFaults({
      write: async (real) => {
        abort.abort(new BackupError('cancelled'))
        return real()
      },
    })
    const writing = createFile(world, join(dir, 'a'), Readable.from([Buffer.from('all')]), { signal: abort.signal })
    await expect(writing).rejects.toMatchObject({ code: 'cancelled' })
    expect(await fs.readdir(dir)).toEqual([])
  })

  it('ends the body where the disk fails', async () => {
    const body = Readable.from([Buffer.alloc(10), Buffer.alloc(10)])
    const world = handleFaults({ write: () => Promise.reject(errno('ENOSPC')) })
    await expect(writeSynced(world, join(makeTempDir(), '.partial-x'), body)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(body.destroyed).toBe(true)
  })
})
