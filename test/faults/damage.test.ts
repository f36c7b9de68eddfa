/** Damage to what is stored: every kind of it is found by a verification, refused by a restore, and told apart. */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Compression } from '../../electron/contract/job.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import { decodeManifest } from '../../electron/engine/proof/manifest-file.ts'
import { proveSet } from '../../electron/engine/proof/prove-set.ts'
import { storeInFolder } from '../../electron/engine/proof/set-store.ts'
import { checkSet } from '../helpers/checker.ts'
import { makeRandom } from '../helpers/random.ts'
import { makeSite, type Site } from '../helpers/site.ts'
import { makeShopDb } from '../helpers/sqlite.ts'

interface Made {
  readonly site: Site
  readonly record: RunRecord
  readonly folder: string
}

async function makeSet(compression: Compression = 'gzip'): Promise<Made> {
  const site = await makeSite()
  makeShopDb(join(site.dir, 'shop.sqlite3'))
  mkdirSync(join(site.dir, 'uploads'))
  for (let n = 0; n < 5; n += 1) writeFileSync(join(site.dir, 'uploads', `${n}.txt`), `file ${n} `.repeat(50))
  writeFileSync(join(site.dir, '.env'), 'DEBUG=1\nSECRET_KEY=do-not-tell-anybody\n')
  const job = site.job(
    [
      { kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') },
      { kind: 'files', name: 'uploads', roots: [join(site.dir, 'uploads')] },
      { kind: 'config', name: 'config', globs: [join(site.dir, '.env')] },
    ],
    { compression },
  )
  const record = await site.backup(job)
  return { site, record, folder: site.folderOf(record) }
}

/** Proves the set in `folder` and returns the files that did not reach `matched`. */
async function unproven({ site, folder }: Made): Promise<readonly string[]> {
  const { manifest } = decodeManifest(readFileSync(join(folder, 'manifest.json')), folder)
  const proof = await proveSet(manifest.files, [], storeInFolder(folder, site.world), 'matched', {
    world: site.world,
    signal: new AbortController().signal,
    sources: [],
    progress: () => undefined,
  })
  return proof.artifacts.filter((artifact) => artifact.level !== 'matched').map((artifact) => artifact.file)
}

function artifactsOf(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => name !== 'manifest.json')
}

/** Whole artifacts in the soak; in an ordinary run a seeded sample, printed so that a failure can be repeated. */
const FLIPS_PER_ARTIFACT = process.env['SITEKEEP_SOAK'] === '1' ? Number.POSITIVE_INFINITY : 60
const seed = Number(process.env['SITEKEEP_SEED'] ?? 20_260_105)

function bitsToFlip(bytes: number): readonly number[] {
  const all = bytes * 8
  if (all <= FLIPS_PER_ARTIFACT) return Array.from({ length: all }, (_, bit) => bit)
  const random = makeRandom(seed)
  // Header and footer always; the body by sample.
  const edges = [0, 7, 8, 31, 80, all - 1, all - 33, all - 65]
  return [...edges, ...Array.from({ length: FLIPS_PER_ARTIFACT - edges.length }, () => random.below(all))]
}

describe.each(['gzip', 'zstd', 'none'] as const)('K01 (%s)', (compression) => {
  it(`finds one flipped bit in every artifact (seed ${seed})`, { timeout: 3_600_000 }, async () => {
    const made = await makeSet(compression)
    expect(await unproven(made)).toEqual([])
    const missed: string[] = []
    for (const file of artifactsOf(made.folder)) {
      const path = join(made.folder, file)
      const intact = readFileSync(path)
      for (const bit of bitsToFlip(intact.length)) {
        const damaged = Buffer.from(intact)
        damaged[bit >> 3] = damaged[bit >> 3]! ^ (1 << (bit & 7))
        writeFileSync(path, damaged)
        if (!(await unproven(made)).includes(file)) missed.push(`${file} bit ${bit}`)
      }
      writeFileSync(path, intact)
    }
    expect(missed).toEqual([])
    expect(await unproven(made)).toEqual([])
  })
})

describe('damaged artifacts', () => {
  it('K02: every way of cutting one short is found', async () => {
    const made = await makeSet()
    for (const file of artifactsOf(made.folder)) {
      const path = join(made.folder, file)
      const intact = readFileSync(path)
      for (const length of [0, 1, 10, 18, intact.length >> 1, intact.length - 8, intact.length - 1]) {
        truncateSync(path, length)
        expect(await unproven(made), `${file} cut to ${length}`).toContain(file)
        writeFileSync(path, intact)
      }
    }
  })

  it('K03: anything behind one is found: rubbish, zeros, another whole artifact', async () => {
    const made = await makeSet()
    for (const file of artifactsOf(made.folder)) {
      const path = join(made.folder, file)
      const intact = readFileSync(path)
      for (const extra of [Buffer.from('x'), Buffer.alloc(512), intact]) {
        writeFileSync(path, Buffer.concat([intact, extra]))
        expect(await unproven(made), file).toContain(file)
      }
      writeFileSync(path, intact)
    }
  })

  it('K04: blocks swapped within one, or taken from another backup, are found', async () => {
    const made = await makeSet()
    const other = await makeSet()
    for (const file of artifactsOf(made.folder)) {
      const path = join(made.folder, file)
      const intact = readFileSync(path)
      const foreign = readFileSync(join(other.folder, file))
      const half = intact.length >> 1
      for (const mixed of [
        Buffer.concat([intact.subarray(half), intact.subarray(0, half)]),
        Buffer.concat([intact.subarray(0, half), foreign.subarray(half)]),
      ]) {
        if (mixed.equals(intact)) continue
        writeFileSync(path, mixed)
        expect(await unproven(made), file).toContain(file)
      }
      writeFileSync(path, intact)
    }
  })

  it('are refused by verify and by restore, with the file and the way out named, and the checker agrees', async () => {
    const made = await makeSet()
    const { site, record, folder } = made
    for (const file of artifactsOf(folder)) {
      const path = join(folder, file)
      const intact = readFileSync(path)
      const damaged = Buffer.from(intact)
      damaged[intact.length >> 1] = damaged[intact.length >> 1]! ^ 0x10
      writeFileSync(path, damaged)
      const verified = await site.verify(site.setOf(record))
      expect(verified, file).toMatchObject({ outcome: 'failed', error: { code: 'artifact-damaged' } })
      expect(verified.error?.message).toContain(file)
      const { record: restore, to } = await site.restore(site.setOf(record))
      expect(restore, file).toMatchObject({ outcome: 'failed', error: { code: 'artifact-damaged' } })
      expect(() => statSync(to)).toThrow()
      expect(checkSet(folder).ok, `${file}: checker`).toBe(false)
      writeFileSync(path, intact)
    }
    expect(await site.verify(site.setOf(record))).toMatchObject({ outcome: 'good' })
    expect(checkSet(folder)).toMatchObject({ ok: true, problems: [] })
  })

  it('lower the proof of the set and turn the newest backup into none', async () => {
    const { site, record, folder } = await makeSet()
    const destination = site.destinations[0]!.id
    const job = site.jobs[0]!.id
    expect(site.catalog.newestMatched(job, destination)).toBeDefined()
    truncateSync(join(folder, 'database.sqlite3.gz'), 100)
    await site.verify(site.setOf(record))
    expect(site.catalog.newestMatched(job, destination)).toBeUndefined()
  })

  it('a missing artifact is told as missing', async () => {
    const { site, record, folder } = await makeSet()
    rmSync(join(folder, 'files.tar.gz'))
    expect(await site.verify(site.setOf(record))).toMatchObject({ error: { code: 'artifact-missing' }, proof: 'none' })
  })
})

describe('a manifest', () => {
  it('K05: that is missing leaves an orphan that nothing is restored from', async () => {
    const { site, record, folder } = await makeSet()
    rmSync(join(folder, 'manifest.json'))
    expect(await site.verify(site.setOf(record))).toMatchObject({ error: { code: 'manifest-missing' } })
    expect((await site.restore(site.setOf(record))).record).toMatchObject({ error: { code: 'manifest-missing' } })
    expect(checkSet(folder).ok).toBe(false)
    // Its files can still be opened by hand, and stay.
    expect(artifactsOf(folder).length).toBeGreaterThan(3)
  })

  it('that was edited is refused, also where its own checksum was made to fit', async () => {
    const { site, record, folder } = await makeSet()
    const path = join(folder, 'manifest.json')
    const intact = readFileSync(path)
    writeFileSync(path, intact.toString('utf8').replace('"rows": ', '"rows": 1'))
    expect(await site.verify(site.setOf(record))).toMatchObject({ error: { code: 'manifest-edited' } })
    // A forger without the journal: another valid manifest of the same set.
    const second = await site.backup(site.jobs[0]!)
    copyFileSync(join(site.folderOf(second), 'manifest.json'), path)
    expect(await site.verify(site.setOf(record))).toMatchObject({ error: { code: 'manifest-edited' } })
  })

  it('K14: of a newer format is refused with the version it needs, and nothing changes', async () => {
    const { site, record, folder } = await makeSet()
    const path = join(folder, 'manifest.json')
    const newer = readFileSync(path, 'utf8')
      .replace('"format_version": 1', '"format_version": 9')
      .replace('"parent": null', '"parent": null,\n  "later": true')
    writeFileSync(path, newer)
    const verified = await site.verify(site.setOf(record))
    expect(verified).toMatchObject({ error: { code: 'manifest-newer', detail: { found: 9, known: 1 } } })
    expect(readFileSync(path, 'utf8')).toBe(newer)
  })

  it('K15: of another set, or in another place, is not believed', async () => {
    const { site, record, folder } = await makeSet()
    const moved = folder.replace(/full_backup_.*$/, 'full_backup_20200101_000000')
    renameSync(folder, moved)
    const from = {
      by: 'destination',
      destination: site.destinations[0]!,
      set: 'shop/full_backup_20200101_000000',
    } as const
    expect(await site.verify(from)).toMatchObject({ error: { code: 'manifest-edited' } })
    expect(await site.verify(site.setOf(record))).toMatchObject({ error: { code: 'manifest-missing' } })
  })
})
