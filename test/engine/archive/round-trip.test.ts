/** The tar writer and reader by themselves: headers, sizes beyond ustar, sparse maps, foreign archives. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitsArchiver } from '../../../electron/engine/archive/archiver-feed.ts'
import { nameText, timeOf, timeText, type ArchiveEntry } from '../../../electron/engine/archive/entry.ts'
import { indexLine, readIndex } from '../../../electron/engine/archive/index-line.ts'
import { encodeHeader } from '../../../electron/engine/archive/tar-header.ts'
import { applyPax, parseHeader, parsePax } from '../../../electron/engine/archive/tar-parse.ts'
import { readTar } from '../../../electron/engine/archive/tar-reader.ts'
import { TarWriter } from '../../../electron/engine/archive/tar-writer.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { pieces } from '../../helpers/tree-backup.ts'

const plain: ArchiveEntry = {
  path: Buffer.from('a/file'),
  type: 'file',
  size: 0,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeNs: 0n,
  target: undefined,
  uname: '',
  gname: '',
}

function decode(header: Buffer) {
  const first = parseHeader(header.subarray(0, 512))
  if (first.flag !== 'x') return first
  return applyPax(parseHeader(header.subarray(-512)), parsePax(header.subarray(512, 512 + first.size)))
}

describe('a header of our own', () => {
  it('holds any numbers, names and times', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 600 }).map((raw) => Buffer.from(raw.map((byte) => byte || 1)))
    const number = fc.oneof(fc.nat(0o7777777), fc.nat({ max: 2 ** 31 - 1 }), fc.maxSafeNat())
    fc.assert(
      fc.property(
        name,
        number,
        number,
        number,
        fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }),
        (path, size, uid, gid, mtimeNs) => {
          const found = decode(encodeHeader({ ...plain, path, size, uid, gid, mtimeNs }))
          expect(found).toMatchObject({ size, uid, gid, mtimeNs, mode: 0o644 })
          expect(found.name.equals(path)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('E11: says sizes above 8 GiB by pax, so that GNU tar and Python read them', async () => {
    const size = 9 * 1024 ** 3
    const entry = { ...plain, size }
    expect(fitsArchiver(entry)).toBe(false)
    const path = join(makeTempDir(), 'a.tar')
    writeFileSync(path, encodeHeader(entry))
    expect(
      execFileSync('python3', ['-c', 'import tarfile,sys;print(tarfile.open(sys.argv[1]).next().size)', path])
        .toString()
        .trim(),
    ).toBe(String(size))
  })

  it('keeps times as text exactly', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (ns) => timeOf(timeText(ns)) === ns))
    expect(timeText(-1_500_000_000n)).toBe('-1.5')
    expect(timeOf('1e9')).toBeUndefined()
  })
})

describe('what archiver would mangle', () => {
  it('goes through our own writer', () => {
    const odd: Partial<ArchiveEntry>[] = [
      { path: Buffer.from('a\\b') },
      { path: Buffer.from('C:a') },
      { path: Buffer.from([0xb2, 0xe2]) },
      { type: 'hardlink', target: Buffer.from('x') },
      { mode: 0 },
      { mtimeNs: -1n },
      { uid: 300_000 },
    ]
    for (const one of odd) expect(fitsArchiver({ ...plain, ...one }), nameText(one.path ?? plain.path)).toBe(false)
    expect(fitsArchiver({ ...plain, path: Buffer.from('中文') })).toBe(true)
  })

  it('and what it writes otherwise than asked is an error, not an entry', async () => {
    const writer = new TarWriter()
    // archiver strips a leading "../" in silence.
    await expect(writer.whole({ ...plain, path: Buffer.from('../a') })).rejects.toMatchObject({ code: 'internal' })
  })
})

describe('archives of others', () => {
  it('of GNU tar (gnu, posix, long names, sparse) and Python are read', async () => {
    const dir = makeTempDir()
    const deep = `${'d'.repeat(120)}/${'e'.repeat(120)}`
    mkdirSync(join(dir, 'in', deep), { recursive: true })
    writeFileSync(join(dir, 'in', deep, 'f'), 'content')
    execFileSync('truncate', ['-s', '10M', join(dir, 'in/hole')])
    for (const options of [['--format=gnu'], ['--format=posix'], ['--format=posix', '--sparse']]) {
      const tar = execFileSync('tar', ['-C', dir, ...options, '-cf', '-', 'in'], { maxBuffer: 2 ** 26 })
      const sizes = new Map<string, number>()
      for await (const { entry } of readTar(pieces(tar) as AsyncIterable<Buffer>))
        sizes.set(entry.path.toString(), entry.size)
      expect(sizes.get(`in/${deep}/f`)).toBe(7)
      expect(sizes.get('in/hole')).toBe(10 * 1024 * 1024)
    }
  })
})

describe('index lines', () => {
  it('hold any names, and come back in any pieces', async () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((raw) => Buffer.from(raw))
    await fc.assert(
      fc.asyncProperty(fc.array(name, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), async (names, size) => {
        const sha256 = 'ab'.repeat(32)
        const text = names.map((path) => indexLine({ ...plain, path, size: 7 }, sha256, false)).join('')
        const found: Buffer[] = []
        for await (const line of readIndex(pieces(Buffer.from(text), size) as AsyncIterable<Buffer>))
          found.push(line.path)
        expect(found).toEqual(names)
      }),
      { numRuns: 100 },
    )
  })
})
