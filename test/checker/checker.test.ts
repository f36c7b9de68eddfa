/** The independent checker accepts every set that the engine makes, and tells each kind of damage by its name. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Compression } from '../../electron/contract/job.ts'
import { removeTree } from '../helpers/temp.ts'
import { checkSet, runChecker } from '../helpers/checker.ts'
import { openPlace, type Place } from './fixture.ts'
import { copyOf, editManifest, editStored, seal, type LooseManifest } from './forge.ts'

const extensions: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst', none: '' }
const compressions: readonly Compression[] = ['gzip', 'zstd', 'none']
const stems = ['database.sqlite3', 'files.tar', 'files.index', 'config.tar', 'config.index']

let place: Place
const sets = new Map<Compression, string>()

beforeAll(async () => {
  place = await openPlace()
  for (const compression of compressions) sets.set(compression, await place.backUp(compression))
}, 180_000)

afterAll(() => {
  place.site.catalog.close()
  removeTree(place.dir)
})

const fresh = (compression: Compression = 'gzip'): string => copyOf(sets.get(compression)!, place.dir)

function flip(path: string): void {
  const data = readFileSync(path)
  data[data.length >> 1]! ^= 0x10
  writeFileSync(path, data)
}

describe.each(compressions)('%s', (compression) => {
  it('accepts what the engine wrote', () => {
    const folder = sets.get(compression)!
    const { status, ok, problems, set } = checkSet(folder)
    expect(problems).toEqual([])
    expect({ status, ok, set }).toEqual({ status: 0, ok: true, set: `shop/${basename(folder)}` })
  })

  it.each<[string, (path: string) => void, string]>([
    ['a flipped bit in', flip, 'stored sha256 differs from the manifest'],
    ['a cut end of', (path) => truncateSync(path, readFileSync(path).length - 1), 'stored size is'],
    ['a byte behind', (path) => appendFileSync(path, 'x'), 'stored size is'],
    ['the absence of', (path) => rmSync(path), 'missing'],
  ])('refuses %s any artifact, and no other than that one', (_, damage, told) => {
    for (const stem of stems) {
      const folder = fresh(compression)
      const file = stem + extensions[compression]
      damage(join(folder, file))
      const { status, ok, problems } = checkSet(folder)
      expect(problems.join('\n')).toContain(`${file}: ${told}`)
      expect({ status, ok }).toEqual({ status: 1, ok: false })
      const others = stems.map((one) => one + extensions[compression]).filter((one) => one !== file)
      for (const other of others) expect(problems.filter((one) => one.startsWith(`${other}: stored`))).toEqual([])
    }
  })
})

describe('stored streams whose digests were recomputed', () => {
  it('accepts many gzip members and many zstd frames', () => {
    const gzip = fresh('gzip')
    editStored(gzip, 'files.tar.gz', (stored) => {
      const plain = execFileSync('gunzip', { input: stored, maxBuffer: 50_000_000 })
      return Buffer.concat([gzipSync(plain.subarray(0, 1000)), gzipSync(''), gzipSync(plain.subarray(1000))])
    })
    const zstd = fresh('zstd')
    editStored(zstd, 'files.tar.zst', (stored) => {
      const plain = execFileSync('zstd', ['-dc'], { input: stored, maxBuffer: 50_000_000 })
      const frame = (part: Buffer): Buffer => execFileSync('zstd', ['-c'], { input: part, stdio: 'pipe' })
      return Buffer.concat([frame(plain.subarray(0, 1000)), frame(plain.subarray(1000))])
    })
    expect(checkSet(gzip).problems).toEqual([])
    expect(checkSet(zstd).problems).toEqual([])
  })

  it.each<[string, Compression, (stored: Buffer) => Buffer, string]>([
    [
      'zeros behind gzip',
      'gzip',
      (b) => Buffer.concat([b, Buffer.alloc(3)]),
      'bytes stand behind the last gzip member',
    ],
    ['a cut gzip', 'gzip', (b) => b.subarray(0, -1), 'the gzip stream is cut off'],
    [
      'a wrong gzip sum',
      'gzip',
      (b) => (b.writeUInt8(b[b.length - 6]! ^ 1, b.length - 6), b),
      'the gzip stream is damaged',
    ],
    ['no gzip', 'gzip', () => Buffer.from('plain'), 'not gzip'],
    ['nothing as gzip', 'gzip', () => Buffer.alloc(0), 'not gzip'],
    ['one byte too many', 'gzip', (b) => Buffer.concat([b, gzipSync('x')]), 'decodes to more than the'],
    ['a gzip bomb', 'gzip', () => gzipSync(Buffer.alloc(80_000_000)), 'decodes to more than the'],
    ['too few bytes', 'gzip', () => gzipSync('x'), 'decodes to 1 bytes'],
    ['gzip called zstd', 'zstd', () => gzipSync('x'), 'not zstd'],
    ['gzip behind zstd', 'zstd', (b) => Buffer.concat([b, gzipSync('')]), 'bytes stand behind the last zstd frame'],
    ['a cut zstd', 'zstd', (b) => b.subarray(0, -2), 'the zstd stream is cut off'],
    ['a wrong zstd sum', 'zstd', (b) => (b.writeUInt8(b.at(-1)! ^ 1, b.length - 1), b), 'the zstd stream is damaged'],
    ['nothing as zstd', 'zstd', () => Buffer.alloc(0), 'not zstd'],
    ['other bytes, not compressed', 'none', (b) => b.fill(1, 0, 9), 'plain sha256 differs from the manifest'],
  ])('refuses %s', (_, compression, change, told) => {
    const folder = fresh(compression)
    const file = `files.tar${extensions[compression]}`
    editStored(folder, file, change)
    expect(checkSet(folder).problems.join('\n')).toContain(`${file}: ${told}`)
  })
})

describe('the folder and its manifest', () => {
  const text = (folder: string): string => readFileSync(join(folder, 'manifest.json'), 'utf8')
  const write = (folder: string, data: string): void => writeFileSync(join(folder, 'manifest.json'), data)
  const edit = (change: (manifest: LooseManifest) => void) => (folder: string) => editManifest(folder, change)

  const finding = (manifest: LooseManifest): Record<string, unknown> =>
    (manifest['findings'] as Record<string, unknown>[])[0]!

  it.each<[string, (folder: string) => void, string]>([
    ['no manifest', (f) => rmSync(join(f, 'manifest.json')), 'manifest.json: missing, so this is not a backup'],
    [
      'an edited one',
      (f) => write(f, text(f).replace('"vm"', '"wm"').replace('root', 'toor')),
      'self_sha256 does not match',
    ],
    ['a blank more', (f) => write(f, text(f).replace('{', '{ ')), 'self_sha256 does not match'],
    ['half of one', (f) => write(f, text(f).slice(0, 700)), 'manifest.json: not JSON'],
    ['an empty one', (f) => write(f, ''), 'manifest.json: not JSON'],
    ['a list', (f) => write(f, '[]'), 'format_version is None'],
    ['a pit of brackets', (f) => write(f, '['.repeat(200_000)), 'manifest.json: not JSON'],
    ['no UTF-8', (f) => writeFileSync(join(f, 'manifest.json'), Buffer.from([0x7b, 0xff])), 'manifest.json: not UTF-8'],
    ['version 2', edit((m) => (m['format_version'] = 2)), 'format_version is 2, known is 1'],
    ['a field behind the digest', edit((m) => (m['behind'] = 1)), 'self_sha256 is not its last field'],
    ['a field twice', (f) => seal(f, text(f).replace('{', '{"run":"run_x",')), 'a key stands twice'],
    ['a field too few', edit((m) => delete m['run']), 'manifest.json: run is missing'],
    ['a wrong field', edit((m) => (m['sequence'] = '7')), 'sequence is not a whole number'],
    [
      'another moment',
      edit((m) => (m['backup_date'] = '2026-01-01T00:00:00.000+00:00')),
      'backup_date is another moment',
    ],
    ['another type', edit((m) => (m['backup_type'] = 'hot')), 'backup_type does not fit'],
    [
      'another place',
      (f) => edit((m) => (m['set'] = 'shop/full_backup_20200101_000000'))(f),
      "which is not this folder's name",
    ],
    [
      'proof in spite of a missing source',
      edit((m) => (m['missing'] = [{ id: 'src_1', kind: 'sqlite', name: 'x', code: 'y' }])),
      'yet proof is not none',
    ],
    [
      'more proof than a backup gives',
      edit((m) => (m['proof'] = { ...(m['proof'] as object), level: 'restored' })),
      'level is not one of none, matched',
    ],
    [
      'less proof than it has',
      edit((m) => (m['proof'] = { ...(m['proof'] as object), level: 'none' })),
      'yet proof is not matched',
    ],
    ['a finding of no known code', edit((m) => (finding(m)['code'] = 'gossip')), 'finding: code is not one of'],
    [
      'a finding that weighs otherwise',
      edit((m) => (finding(m)['weight'] = 'suspicious')),
      'does not weigh suspicious',
    ],
    ['a finding without words', edit((m) => delete finding(m)['message']), 'finding: message is missing'],
    [
      'a finding with too many paths',
      edit((m) => (finding(m)['paths'] = Array.from({ length: 101 }, () => 'x'))),
      'paths is not a list of at most 100',
    ],
    ['another size for people', edit((m) => (m.files[0]!['size'] = '150M')), 'size is 150M, not '],
    ['an id of another grammar', edit((m) => (m['run'] = 'run_X')), 'run is not run_ and 6 to 32'],
    [
      'a moment without offset',
      edit((m) => (m['backup_date'] = '2026-01-01T00:00:00.000Z')),
      'backup_date is not an ISO',
    ],
    [
      'time spent in no stage',
      edit((m) => (m['durations'] = { coffee: 1 })),
      'durations are not whole milliseconds by stage',
    ],
    ['an index before its archive', edit((m) => m.files.reverse()), 'stands before its archive'],
    ['other white space', (f) => seal(f, text(f).replace(/\n\}\n$/, '}')), 'self_sha256 is not its last field'],
    [
      'a slug that begins with a dash',
      edit((m) => (m['job'] = { ...(m['job'] as object), slug: '-shop' })),
      'slug is not a slug',
    ],
    ['an artifact outside', edit((m) => (m.files[0]!.file = '../x.sqlite3.gz')), 'file is not a plain file name'],
    ['an index less', edit((m) => m.files.splice(2, 1)), 'its index is not in the manifest'],
    [
      'an extra file',
      (f) => writeFileSync(join(f, 'extra'), '', { mode: 0o600 }),
      "'extra': not named by the manifest",
    ],
    ['an open file', (f) => chmodSync(join(f, 'files.tar.gz'), 0o644), 'files.tar.gz: mode is 644, not 600'],
    ['an open manifest', (f) => chmodSync(join(f, 'manifest.json'), 0o640), 'manifest.json: mode is 640'],
    ['an open folder', (f) => chmodSync(f, 0o755), 'the folder: mode is 755, not 700'],
    [
      'a link for a file',
      (f) => execFileSync('sh', ['-c', 'mv config.tar.gz ../c && ln -s ../c config.tar.gz'], { cwd: f }),
      'config.tar.gz: not a regular file',
    ],
  ])('refuses %s', (_, damage, told) => {
    const folder = fresh()
    damage(folder)
    const { status, problems } = checkSet(folder)
    expect(problems.join('\n')).toContain(told)
    expect(problems.join('\n')).not.toContain('could not go on')
    expect(status).toBe(1)
  })

  it('refuses a folder of another name, one that is not there, and a wrong call', () => {
    const folder = fresh()
    const moved = `${folder}_2`
    renameSync(folder, moved)
    expect(checkSet(moved).problems.join()).toContain("which is not this folder's name")
    expect(checkSet(folder).problems.join()).toContain('the folder: missing')
    expect(runChecker('set').status).toBe(2)
    expect(runChecker('tree', folder).status).toBe(2)
  })

  it('says the same in words', () => {
    const folder = fresh()
    expect(runChecker('set', folder)).toMatchObject({ status: 0, stdout: `shop/${basename(folder)}: ok\n` })
    rmSync(join(folder, 'manifest.json'))
    expect(runChecker('set', folder)).toMatchObject({
      status: 1,
      stdout: `${basename(folder)}: manifest.json: missing, so this is not a backup\n`,
    })
  })
})
