/** E01–E13, E17, E21: what can go wrong with single files while a folder is backed up. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { realClock, type Files } from '../../electron/engine/world.ts'
import { linesOf, makeRoot, someFiles as some } from '../helpers/folder-root.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { expectSameTree, makeTree } from '../helpers/tree.ts'
import { codesOf, filesConfig, inspectTaken, restoreTaken, takeFiles, type Taken } from '../helpers/tree-backup.ts'
import { faulty, makeWorld } from '../helpers/world.ts'

const MB = 1024 * 1024

/** Runs `act` after the first read of a file named `name`, the first `times` times that it is opened. */
function onOpen(name: string, act: () => void, times = 1): Files {
  const { files } = makeWorld()
  let left = times
  return faulty(files, {
    open: async (...args) => {
      const handle = await files.open(...args)
      if (!String(args[0]).endsWith(name) || left === 0) return handle
      left -= 1
      let isFirst = true
      return new Proxy(handle, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key, target)
          if (typeof value !== 'function') return value
          return async (...rest: unknown[]): Promise<unknown> => {
            const result: unknown = await Reflect.apply(value, target, rest)
            if (key === 'read' && isFirst) act()
            if (key === 'read') isFirst = false
            return result
          }
        },
      })
    },
  })
}

async function expectWhole(taken: Taken): Promise<void> {
  const world = makeWorld()
  expect(await inspectTaken(world, taken)).toEqual([])
  expect((await restoreTaken(world, taken)).problems).toEqual([])
}

describe('reading', () => {
  it('E01: what may not be read is listed and counted, and accepted by name', async () => {
    const root = makeRoot()
    makeTree(root, [
      { kind: 'file', name: 'locked/in.txt', content: 'x' },
      { kind: 'file', name: 'no.txt', content: 'x' },
    ])
    chmodSync(join(root, 'locked'), 0o000)
    chmodSync(join(root, 'no.txt'), 0o000)
    const script = join(makeTempDir(), 'take.ts')
    const out = join(makeTempDir(), 'out')
    mkdirSync(out)
    for (const dir of [out, join(out, '..'), root, join(root, '..')]) chmodSync(dir, 0o755)
    const repository = join(import.meta.dirname, '../..')
    writeFileSync(
      script,
      `
      import { filesKind } from '${repository}/electron/engine/source/files.ts'
      import { realWorld } from '${repository}/electron/engine/world.ts'
      const config = ${JSON.stringify({ ...filesConfig([root]), accepted: [] })}
      const findings = async (accepted) => {
        const source = filesKind.create({ ...config, accepted }, realWorld(['node']))
        const snapshot = await source.snapshot({ workDir: ${JSON.stringify(out)}, previous: undefined, previousIndex: undefined, signal: new AbortController().signal, progress: () => undefined })
        for await (const _ of await snapshot.artifacts[0].open(new AbortController().signal));
        await snapshot.release()
        return snapshot.findings().map(({ code, weight, detail, paths }) => ({ code, weight, count: detail.count, paths }))
      }
      console.log(JSON.stringify([await findings([]), await findings([${JSON.stringify(join(root, 'locked'))}, ${JSON.stringify(join(root, 'no.txt'))}])]))
    `,
    )
    chmodSync(join(script, '..'), 0o755)
    chownSync(out, 65534, 65534)
    const isRoot = process.getuid?.() === 0
    const node = [process.execPath, script] as const
    const command = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...node] : [...node]
    const text = execFileSync(command[0]!, command.slice(1), { encoding: 'utf8' })
    const [open, accepted] = JSON.parse(text) as { code: string; weight: string; count: number; paths: string[] }[][]
    expect(open).toMatchObject([{ code: 'files-unreadable', weight: 'warning', count: 2 }])
    expect(open![0]!.paths.sort()).toEqual([join(root, 'locked'), join(root, 'no.txt')])
    expect(accepted).toMatchObject([{ code: 'files-accepted', weight: 'note', count: 2 }])
  })

  it('E02: a small file that grows while it is read is read again, and whole', async () => {
    const root = makeRoot([{ kind: 'file', name: 'log', content: 'one\n' }])
    const world = makeWorld({ files: onOpen('/log', () => appendFileSync(join(root, 'log'), 'two\n')) })
    const taken = await takeFiles(world, filesConfig([root]))
    expect(taken.findings).toEqual([])
    await expectWhole(taken)
    expect(linesOf(taken).find(({ path }) => path.endsWith('/log'))!.size).toBe(8)
  })

  it('E02, E03: a large file that grows or shrinks is stored again, and the later entry holds', async () => {
    for (const change of [
      (path: string) => appendFileSync(path, 'more'),
      (path: string) => truncateSync(path, 2 * MB),
    ]) {
      const root = makeRoot([{ kind: 'file', name: 'big', content: randomBytes(3 * MB) }])
      const world = makeWorld({ files: onOpen('/big', () => change(join(root, 'big'))) })
      const taken = await takeFiles(world, filesConfig([root]))
      expect(taken.findings).toEqual([])
      expect(await inspectTaken(makeWorld(), taken)).toEqual([])
      const { target, problems } = await restoreTaken(makeWorld(), taken)
      expect(problems).toEqual([])
      expectSameTree(join(target, 'r'), root)
    }
  })

  it('E03: a large file that never holds still is marked, and zeros are not passed off as its data', async () => {
    const root = makeRoot([{ kind: 'file', name: 'big', content: randomBytes(3 * MB) }, ...some])
    let size = 3 * MB
    const shrink = (): void => truncateSync(join(root, 'big'), (size -= 300_000))
    const world = makeWorld({ files: onOpen('/big', shrink, 99) })
    const taken = await takeFiles(world, filesConfig([root]))
    expect(taken.findings).toMatchObject([
      { code: 'files-changed', weight: 'warning', detail: { count: 1 }, paths: [join(root, 'big')] },
    ])
    expect(linesOf(taken).find(({ path }) => path.endsWith('/big'))!.inconsistent).toBe(true)
    await expectWhole(taken)
    const accepted = await takeFiles(
      makeWorld({ files: onOpen('/big', shrink, 99) }),
      filesConfig([root], { accepted: [join(root, 'big')] }),
    )
    expect(accepted.findings).toMatchObject([{ code: 'files-accepted', weight: 'note' }])
  })

  it('E04: a change that keeps size and time is seen', async () => {
    const root = makeRoot([{ kind: 'file', name: 'big', content: Buffer.alloc(3 * MB, 'a') }])
    const path = join(root, 'big')
    // A whole second, which utimes sets exactly: only ctime can then tell of the change.
    const mtime = 1_700_000_000
    utimesSync(path, mtime, mtime)
    const rewrite = (): void => {
      writeFileSync(path, Buffer.alloc(3 * MB, 'b'))
      utimesSync(path, mtime, mtime)
    }
    const taken = await takeFiles(makeWorld({ files: onOpen('/big', rewrite) }), filesConfig([root]))
    const { target } = await restoreTaken(makeWorld(), taken)
    expect(readFileSync(join(target, 'r/big')).equals(Buffer.alloc(3 * MB, 'b'))).toBe(true)
  })

  it('E05: a file that vanishes between listing and opening is a warning', async () => {
    const root = makeRoot()
    const { files } = makeWorld()
    const world = makeWorld({
      files: faulty(files, {
        open: (...args) => {
          if (String(args[0]).endsWith('f3.txt')) rmSync(join(root, 'f3.txt'), { force: true })
          return files.open(...args)
        },
      }),
    })
    const taken = await takeFiles(world, filesConfig([root]))
    expect(taken.findings).toMatchObject([{ code: 'files-vanished', weight: 'warning', detail: { count: 1 } }])
    await expectWhole(taken)
  })

  it('E06: a file replaced by a link or a pipe between look and open is taken as what it is now', async () => {
    for (const kind of ['link', 'pipe']) {
      const root = makeRoot()
      const path = join(root, 'f3.txt')
      const { files } = makeWorld()
      let isDone = false
      const world = makeWorld({
        files: faulty(files, {
          open: (...args) => {
            if (String(args[0]) === path && !isDone) {
              isDone = true
              rmSync(path)
              if (kind === 'link') symlinkSync('/etc/passwd', path)
              else execFileSync('mkfifo', [path])
            }
            return files.open(...args)
          },
        }),
      })
      const taken = await takeFiles(world, filesConfig([root]))
      expect(taken.tar.includes('root:x:0')).toBe(false)
      expect(linesOf(taken).find((line) => line.path.endsWith('f3.txt'))?.type).toBe(
        kind === 'link' ? 'symlink' : undefined,
      )
      expect(codesOf(taken.findings)).toEqual(kind === 'link' ? [] : ['special-skipped'])
    }
  })

  it('E08: pipes and sockets are skipped with a note, and nothing hangs', async () => {
    const root = makeRoot([...some, { kind: 'fifo', name: 'pipe' }])
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve))
    try {
      const taken = await takeFiles(makeWorld(), filesConfig([root]))
      expect(taken.findings).toMatchObject([{ code: 'special-skipped', weight: 'note', detail: { count: 2 } }])
      expect(taken.content.files).toBe(6)
    } finally {
      server.close()
    }
  })

  it('E13: a file that another program holds (EBUSY) is a warning with its path', async () => {
    const root = makeRoot()
    const { files } = makeWorld()
    const busy = Object.assign(new Error('EBUSY'), { code: 'EBUSY' })
    const open = ((...args: Parameters<Files['open']>) =>
      String(args[0]).endsWith('f2.txt') ? Promise.reject(busy) : files.open(...args)) as Files['open']
    const taken = await takeFiles(makeWorld({ files: faulty(files, { open }) }), filesConfig([root]))
    expect(taken.findings).toMatchObject([{ code: 'files-unreadable', paths: [join(root, 'f2.txt')] }])
    expect(taken.content.files).toBe(5)
  })

  it('E17: a disk that no longer answers fails the source instead of hanging it', async () => {
    const root = makeRoot()
    const { files } = makeWorld()
    const open = ((...args: Parameters<Files['open']>) =>
      String(args[0]).endsWith('f2.txt') ? new Promise(() => undefined) : files.open(...args)) as Files['open']
    const world = makeWorld({ files: faulty(files, { open }) })
    world.clock.sleep = (milliseconds, signal) => realClock.sleep(Math.min(milliseconds, 3), signal)
    await expect(takeFiles(world, filesConfig([root]))).rejects.toMatchObject({ code: 'source-read-error' })
  })

  it('E21: a lack of file handles is waited out', async () => {
    const root = makeRoot()
    const { files } = makeWorld()
    let refusals = 5
    const open = ((...args: Parameters<Files['open']>) =>
      String(args[0]).includes('/f') && refusals-- > 0
        ? Promise.reject(Object.assign(new Error('EMFILE'), { code: 'EMFILE' }))
        : files.open(...args)) as Files['open']
    const taken = await takeFiles(makeWorld({ files: faulty(files, { open }) }), filesConfig([root]))
    expect(taken.findings).toEqual([])
    expect(taken.content.files).toBe(6)
  })
})
