/** X05, S07 and changed bytes: archives that lie about sizes, hold too much, or are not what was written. */
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filesKind } from '../../electron/engine/source/files.ts'
import { asTaken, makeSite } from '../helpers/hostile-site.ts'
import { hostileSet, rawEntry, rawTar, withChecksum, type Hostile, type RawEntry } from '../helpers/raw-tar.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeTree } from '../helpers/tree.ts'
import { filesConfig, inspectTaken, pieces, restoreTaken, takeFiles } from '../helpers/tree-backup.ts'
import { makeWorld } from '../helpers/world.ts'

describe('X05: bombs', () => {
  const bombs: [string, () => Hostile][] = [
    [
      'a size field that lies',
      () => ({
        ...hostileSet([{ name: 'site/f', content: 'x' }]),
        tar: rawTar([{ name: 'site/f', content: 'x', size: 8 ** 11 - 1 }]),
      }),
    ],
    [
      'a pax header of a gigabyte',
      () => ({ ...hostileSet([]), tar: Buffer.concat([withChecksum(headOf('x', 1 << 30))]) }),
    ],
    [
      'a long name of a gigabyte',
      () => ({ ...hostileSet([]), tar: Buffer.concat([withChecksum(headOf('L', 1 << 30))]) }),
    ],
    ['a sparse file that claims an exabyte', () => sparse(2 ** 52, '1\n0\n1\n')],
    ['a sparse map of a billion stretches', () => sparse(10, '1000000000\n')],
    ['a sparse map that overlaps', () => sparse(10, '2\n0\n1\n0\n1\n')],
    ['a sparse map without end', () => sparse(10, '1'.repeat(900))],
    ['a sparse map beyond its size', () => sparse(10, '1\n100\n1\n')],
    [
      'a depth of 100,000',
      () => hostileSet([{ name: 'site/d', flag: '5', pax: [['path', `site/${'a/'.repeat(100_000)}b`]] }]),
    ],
    [
      'more than was declared',
      () => {
        const set = hostileSet([{ name: 'site/f', content: 'x'.repeat(5000) }])
        return { ...set, content: { ...set.content, file_bytes: 10 } }
      },
    ],
    [
      'more entries than were declared',
      () => {
        const set = hostileSet([{ name: 'site/f' }, { name: 'site/g' }])
        return { ...set, content: { ...set.content, entries: 1, files: 1 } }
      },
    ],
    [
      'one name a thousand times',
      () => {
        const one: RawEntry = { name: 'site/f', content: 'x' }
        return { ...hostileSet([one]), tar: rawTar(Array.from({ length: 1000 }, () => one)) }
      },
    ],
    [
      'entries that are not listed',
      () => ({
        ...hostileSet([{ name: 'site/f', content: 'x' }]),
        tar: rawTar([
          { name: 'site/f', content: 'x' },
          { name: 'site/g', content: 'y' },
        ]),
      }),
    ],
  ]
  function headOf(flag: string, size: number): Buffer {
    const block = rawEntry({ name: 'site/f', flag }).subarray(0, 512)
    block.write(size.toString(8).padStart(11, '0'), 124, 'latin1')
    return Buffer.from(block)
  }
  function sparse(realsize: number, map: string): Hostile {
    const pax = [
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.name', 'site/s'],
      ['GNU.sparse.realsize', String(realsize)],
    ] as const
    return {
      ...hostileSet([{ name: 'site/s', content: 'x' }]),
      tar: rawTar([
        { name: 'site/s', content: Buffer.concat([Buffer.from(map.padEnd(512, '\u0000')), Buffer.from('x')]), pax },
      ]),
    }
  }

  for (const [title, make] of bombs)
    it(`${title}: is refused, and the target holds no more than was declared`, async () => {
      const set = make()
      const { target, outside } = makeSite()
      const before = outside()
      await expect(restoreTaken(makeWorld(), asTaken(set), { target })).rejects.toMatchObject({
        code: /archive-hostile|artifact-damaged/,
      })
      expect(await inspectTaken(makeWorld(), asTaken(set))).not.toEqual([])
      expect(outside()).toEqual(before)
      const path = join(target, 'site/f')
      if (existsSync(path)) expect(lstatSync(path).size).toBeLessThanOrEqual(set.content.file_bytes)
    })
})

describe('S07: a target that holds something', () => {
  it('keeps what is there: a file of the same name is not overwritten', async () => {
    const { target } = makeSite()
    mkdirSync(join(target, 'site'))
    writeFileSync(join(target, 'site/f'), 'mine')
    const set = asTaken(hostileSet([{ name: 'site/f', content: 'theirs' }]))
    await expect(restoreTaken(makeWorld(), set, { target })).rejects.toMatchObject({ code: 'archive-hostile' })
    expect(readFileSync(join(target, 'site/f'), 'utf8')).toBe('mine')
  })
})

describe('any single change of an archive', () => {
  it('is reported by inspection', async () => {
    const world = makeWorld()
    const root = makeTree(join(makeTempDir(), 'r'), [
      { kind: 'file', name: 'a', content: 'some content', mtime: 1_700_000_000.25 },
      { kind: 'file', name: '中', content: 'x'.repeat(700) },
      { kind: 'file', name: Buffer.from([0xb2, 0xe2]), content: 'gbk', mtime: 1_700_000_000 },
      { kind: 'hardlink', name: 'h', to: 'a' },
      { kind: 'symlink', name: 'l', target: 'a' },
      { kind: 'sparse', name: 's', size: 1_500_000, data: [[700_000, 'd']] },
    ])
    const taken = await takeFiles(world, filesConfig([root]))
    expect(await inspectTaken(world, taken)).toEqual([])
    const change = fc.tuple(fc.nat(taken.tar.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(change, async ([at, xor]) => {
        const tar = Buffer.from(taken.tar)
        tar[at] = tar[at]! ^ xor
        expect(await inspectTaken(world, { ...taken, tar })).not.toEqual([])
      }),
      { numRuns: 400 },
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(taken.tar.length - 1), async (length) => {
        expect(await inspectTaken(world, { ...taken, tar: taken.tar.subarray(0, length) })).not.toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('also in a time, which no checksum of the format covers', async () => {
    const world = makeWorld()
    const root = makeTree(join(makeTempDir(), 'r'), [
      { kind: 'file', name: 'a', content: 'x', mtime: 1_700_000_000.25 },
    ])
    const taken = await takeFiles(world, filesConfig([root]))
    const at = taken.tar.indexOf('mtime=1700000000') + 'mtime='.length
    for (let digit = 0; digit < 10; digit += 1) {
      const tar = Buffer.from(taken.tar)
      tar[at + digit] = tar[at + digit] === 0x39 ? 0x38 : 0x39
      expect(await inspectTaken(world, { ...taken, tar })).not.toEqual([])
    }
  })

  it('something behind the end is reported, and garbage never throws anything but a BackupError', async () => {
    const world = makeWorld()
    const set = asTaken(hostileSet([{ name: 'site/f', content: 'x' }]))
    expect(await inspectTaken(world, { ...set, tar: Buffer.concat([set.tar, Buffer.from('x')]) })).not.toEqual([])
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (garbage) => {
        expect(await inspectTaken(world, { ...set, tar: Buffer.from(garbage) })).not.toEqual([])
        expect(await inspectTaken(world, { ...set, index: Buffer.from(garbage) })).not.toEqual([])
      }),
      { numRuns: 100 },
    )
    await expect(
      filesKind.reader(world).inspect(pieces(set.tar), set.content, {
        world,
        signal: AbortSignal.abort(),
        index: undefined,
        source: undefined,
        progress: () => undefined,
      }),
    ).rejects.toMatchObject({ name: 'BackupError' })
  })
})
