/** Folders: everything that can lie in one comes back as it was, also through GNU tar and Python. */
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeTempDir } from '../../helpers/temp.ts'
import { at, expectSameTree, makeTree, type Node } from '../../helpers/tree.ts'
import { filesConfig, inspectTaken, restoreTaken, takeFiles, type Taken } from '../../helpers/tree-backup.ts'
import { makeWorld } from '../../helpers/world.ts'

const gbk = Buffer.from([0xb2, 0xe2, 0xca, 0xd4, 0x2e, 0x74, 0x78, 0x74])
const long = `${'长'.repeat(60)}/${'名'.repeat(60)}/${'d'.repeat(200)}/${'e'.repeat(255)}`

const awkward: readonly Node[] = [
  { kind: 'folder', name: 'empty' },
  { kind: 'folder', name: 'empty/deeper', mode: 0o500 },
  { kind: 'file', name: 'plain.txt', content: 'hello\n', mode: 0o640 },
  { kind: 'file', name: 'zero', content: '' },
  { kind: 'file', name: '中文 名.txt', content: '内容' },
  { kind: 'file', name: gbk, content: 'GBK' },
  { kind: 'file', name: Buffer.concat([Buffer.from('gbk-folder-'), gbk, Buffer.from('/in.txt')]), content: 'x' },
  { kind: 'file', name: 'back\\slash', content: 'b' },
  { kind: 'file', name: 'C:colon', content: 'c' },
  { kind: 'file', name: 'a:b', content: 'c' },
  { kind: 'file', name: 'new\nline', content: 'n' },
  { kind: 'file', name: '-rf', content: 'r' },
  { kind: 'file', name: '$(x) `y` "z" \'', content: 'q' },
  { kind: 'file', name: 'aux.txt', content: 'w' },
  { kind: 'file', name: 'trailing. ', content: 't' },
  { kind: 'file', name: '\u202Ertl', content: 'r' },
  { kind: 'file', name: 'caf\u00e9', content: 'nfc' },
  { kind: 'file', name: 'cafe\u0301', content: 'nfd' },
  { kind: 'file', name: 'Case', content: '1' },
  { kind: 'file', name: 'case', content: '2' },
  { kind: 'file', name: 'x'.repeat(255), content: '255' },
  { kind: 'file', name: long, content: 'long' },
  { kind: 'file', name: 'n'.repeat(100), content: 'exactly a hundred' },
  { kind: 'file', name: 'mode0', content: 'no rights', mode: 0 },
  { kind: 'file', name: 'old', content: 'before 1970', mtime: -1.5 },
  { kind: 'file', name: 'new', content: 'after 2038', mtime: 4_000_000_000 },
  { kind: 'file', name: 'fine', content: 'fractions', mtime: 1_700_000_000.123456 },
  { kind: 'file', name: 'big', content: Buffer.alloc(3 * 1024 * 1024 + 17, 'abc') },
  { kind: 'hardlink', name: 'hard', to: 'plain.txt' },
  { kind: 'hardlink', name: 'hard-big', to: 'big' },
  { kind: 'symlink', name: 'loop', target: 'loop' },
  { kind: 'symlink', name: 'dangling', target: '../nowhere/中' },
  { kind: 'symlink', name: 'outside', target: '/etc/passwd' },
  { kind: 'symlink', name: 'odd-target', target: gbk },
  { kind: 'symlink', name: 'long-target', target: 't/'.repeat(200) },
  {
    kind: 'sparse',
    name: 'holes',
    size: 20 * 1024 * 1024,
    data: [
      [5_000_000, 'data'],
      [20 * 1024 * 1024 - 4, 'tail'],
    ],
  },
  { kind: 'sparse', name: 'only-hole', size: 5_000_000, data: [] },
]

async function takeAwkward(): Promise<{ root: string; taken: Taken }> {
  const root = makeTree(join(makeTempDir(), 'site'), awkward)
  return { root, taken: await takeFiles(makeWorld(), filesConfig([root])) }
}

describe('a folder with everything that can lie in one', () => {
  it('comes back byte for byte, and matches its index', async () => {
    const world = makeWorld()
    const { root, taken } = await takeAwkward()
    expect(taken.findings).toEqual([])
    expect(await inspectTaken(world, taken)).toEqual([])
    const restored = await restoreTaken(world, taken)
    expect(restored.problems).toEqual([])
    expectSameTree(join(restored.target, 'site'), root)
    const { count, expected } = restored.compared.files!
    expect(count).toBe(expected)
    expect(restored.places).toEqual(['site'])
  })

  it('keeps a sparse file sparse', async () => {
    const { taken } = await takeAwkward()
    expect(taken.tar.length).toBeLessThan(12 * 1024 * 1024)
    const { target } = await restoreTaken(makeWorld(), taken)
    expect(lstatSync(join(target, 'site/holes')).blocks * 512).toBeLessThan(1024 * 1024)
  })

  it('is unpacked by GNU tar as it was', async () => {
    const { root, taken } = await takeAwkward()
    const dir = makeTempDir()
    writeFileSync(join(dir, 'a.tar'), taken.tar)
    mkdirSync(join(dir, 'out'))
    execFileSync('tar', ['-xpf', join(dir, 'a.tar'), '-C', join(dir, 'out')])
    expectSameTree(join(dir, 'out', root), root)
  })

  it('is unpacked by Python as it was', async () => {
    const { root, taken } = await takeAwkward()
    const dir = makeTempDir()
    writeFileSync(join(dir, 'a.tar'), taken.tar)
    mkdirSync(join(dir, 'out'))
    const script = `import tarfile,sys\nt=tarfile.open(sys.argv[1])\nt.extractall(sys.argv[2])`
    execFileSync('python3', ['-c', script, join(dir, 'a.tar'), join(dir, 'out')])
    expectSameTree(join(dir, 'out', root), root, { times: false })
  })
})

describe('exactness', () => {
  it('keeps nanoseconds in the archive', async () => {
    const root = makeTree(join(makeTempDir(), 'r'), [{ kind: 'file', name: 'f', content: 'x' }])
    execFileSync('touch', ['-d', '2026-01-05 02:00:00.123456789 UTC', join(root, 'f')])
    const taken = await takeFiles(makeWorld(), filesConfig([root]))
    expect(taken.index.toString()).toContain('.123456789"')
    const dir = makeTempDir()
    writeFileSync(join(dir, 'a.tar'), taken.tar)
    execFileSync('tar', ['-xf', join(dir, 'a.tar'), '-C', dir])
    expect(lstatSync(join(dir, root, 'f'), { bigint: true }).mtimeNs % 1_000_000_000n).toBe(123456789n)
  })

  it('gives two roots of one name different folders', async () => {
    const dir = makeTempDir()
    const a = makeTree(join(dir, 'a/data'), [{ kind: 'file', name: 'f', content: 'a' }])
    const b = makeTree(join(dir, 'b/data'), [{ kind: 'file', name: 'f', content: 'b' }])
    const world = makeWorld()
    const taken = await takeFiles(world, filesConfig([a, b]))
    expect(taken.content.roots.map((root) => root.name)).toEqual(['data', 'data-2'])
    const { target } = await restoreTaken(world, taken)
    expectSameTree(join(target, 'data'), a)
    expectSameTree(join(target, 'data-2'), b)
  })

  it('does not take a root twice that lies in another one', async () => {
    const outer = makeTree(join(makeTempDir(), 'outer'), [
      { kind: 'file', name: 'f', content: 'a' },
      { kind: 'file', name: 'inner/g', content: 'b' },
    ])
    const world = makeWorld()
    const taken = await takeFiles(world, filesConfig([outer, join(outer, 'inner')]))
    expect(taken.content.files).toBe(2)
    expect(await inspectTaken(world, taken)).toEqual([])
    const { target } = await restoreTaken(world, taken)
    expectSameTree(join(target, 'inner'), join(outer, 'inner'))
  })

  it('round-trips arbitrary names and contents', async () => {
    const world = makeWorld()
    const part = fc
      .uint8Array({ minLength: 1, maxLength: 120 })
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte))))
      .filter((name) => !['.', '..'].includes(name.toString('latin1')))
    const content = fc.oneof(fc.constant(new Uint8Array()), fc.uint8Array({ maxLength: 1500 }))
    const files = fc.array(fc.tuple(part, content), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(files, async (list) => {
        const root = join(makeTempDir(), 'r')
        mkdirSync(root)
        for (const [name, bytes] of list) writeFileSync(at(root, name), bytes)
        const taken = await takeFiles(world, filesConfig([root]))
        expect(await inspectTaken(world, taken)).toEqual([])
        const { target } = await restoreTaken(world, taken)
        expectSameTree(join(target, 'r'), root)
      }),
      { numRuns: 30 },
    )
  })
})

describe('patterns', () => {
  const nodes: readonly Node[] = [
    { kind: 'file', name: 'keep.txt', content: '1' },
    { kind: 'file', name: 'cache/x.tmp', content: '2' },
    { kind: 'file', name: 'sub/.hidden', content: '3' },
    { kind: 'file', name: 'sub/y.tmp', content: '4' },
    { kind: 'file', name: 'sub/deep/z.txt', content: '5' },
  ]
  const names = async (more: Parameters<typeof filesConfig>[1]): Promise<string[]> => {
    const root = makeTree(join(makeTempDir(), 'r'), nodes)
    const taken = await takeFiles(makeWorld(), filesConfig([root], more))
    const lines = taken.index.toString().trim().split('\n')
    const all = lines.map((line) => JSON.parse(line) as { path: string; type: string })
    const prefix = `${root.slice(1)}/`
    return all
      .filter(({ type }) => type === 'file')
      .map(({ path }) => path.replace(prefix, ''))
      .sort()
  }

  it('exclude as in a .gitignore', async () => {
    expect(await names({ exclude: ['*.tmp'] })).toEqual(['keep.txt', 'sub/.hidden', 'sub/deep/z.txt'])
    expect(await names({ exclude: ['cache/', '/sub/deep'] })).toEqual(['keep.txt', 'sub/.hidden', 'sub/y.tmp'])
    expect(await names({ exclude: ['*', '!keep.txt'] })).toEqual(['keep.txt'])
  })

  it('include only what they name, with the folders above it', async () => {
    expect(await names({ include: ['*.txt'] })).toEqual(['keep.txt', 'sub/deep/z.txt'])
    expect(await names({ include: ['sub'] })).toEqual(['sub/.hidden', 'sub/deep/z.txt', 'sub/y.tmp'])
  })

  it('E20: that leave nothing of the root are refused', async () => {
    for (const pattern of ['*', '**', '/', '.', './', '**/*', '/**'])
      await expect(names({ exclude: [pattern] }), pattern).rejects.toMatchObject({ code: 'invalid-input' })
    const root = makeTree(join(makeTempDir(), 'r'), nodes)
    const config = filesConfig([root], { exclude: [root] })
    await expect(takeFiles(makeWorld(), config)).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('that match nothing at all are a failure', async () => {
    await expect(names({ include: ['*.pdf'] })).rejects.toMatchObject({ code: 'source-no-files' })
  })
})

describe('restoring a part', () => {
  it('S14: gives one file back, named by any of its paths', async () => {
    const world = makeWorld()
    const { root, taken } = await takeAwkward()
    for (const only of [join(root, 'plain.txt'), 'plain.txt', 'site/plain.txt', `${root.slice(1)}/plain.txt`]) {
      const { target, compared, problems, places } = await restoreTaken(world, taken, { only })
      expect(problems).toEqual([])
      expect(compared.files).toEqual({ count: 1, expected: 1 })
      expect(places).toEqual(['site/plain.txt'])
      expect(execFileSync('cat', [join(target, 'site/plain.txt')]).toString()).toBe('hello\n')
    }
  })

  it('gives a folder, a glob, and a hard link whose file was not asked for', async () => {
    const world = makeWorld()
    const { taken } = await takeAwkward()
    const folder = await restoreTaken(world, taken, { only: 'empty' })
    expect(lstatSync(join(folder.target, 'site/empty/deeper')).isDirectory()).toBe(true)
    const glob = await restoreTaken(world, taken, { only: '*.txt' })
    expect(glob.compared.files!.count).toBeGreaterThanOrEqual(3)
    const link = await restoreTaken(world, taken, { only: 'hard' })
    expect(link.problems).toEqual([])
    expect(link.compared.files).toEqual({ count: 1, expected: 1 })
  })

  it('gives nothing where nothing matches', async () => {
    const { taken } = await takeAwkward()
    const restored = await restoreTaken(makeWorld(), taken, { only: 'no-such-file' })
    expect(restored.places).toEqual([])
  })
})

describe('a source that is not there', () => {
  it('is an error where no root exists, and a finding where one of two does', async () => {
    const world = makeWorld()
    const dir = makeTempDir()
    await expect(takeFiles(world, filesConfig([join(dir, 'no')]))).rejects.toMatchObject({ code: 'source-missing' })
    const root = makeTree(join(dir, 'yes'), [{ kind: 'file', name: 'f', content: 'x' }])
    const taken = await takeFiles(world, filesConfig([root, join(dir, 'no')]))
    expect(taken.findings).toMatchObject([{ code: 'root-missing', weight: 'warning' }])
    expect(taken.content.roots.map((one) => basename(one.path))).toEqual(['yes'])
  })

  it('is an error where the root is a file', async () => {
    const file = join(makeTempDir(), 'f')
    writeFileSync(file, 'x')
    utimesSync(file, 1, 1)
    const failure = takeFiles(makeWorld(), filesConfig([file]))
    await expect(failure).rejects.toMatchObject({ code: 'source-not-directory' })
  })
})
