/** Manifests, runs and an open catalog for tests. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Catalog, CatalogNames, SetRow } from '../../electron/engine/catalog/catalog.ts'
import { openCatalog, type OpenCatalogOptions } from '../../electron/engine/catalog/open.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { setPrefix, type BackupType, type Job } from '../../electron/contract/job.ts'
import type { Manifest } from '../../electron/contract/manifest.ts'
import type { ProofLevel } from '../../electron/contract/proof.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import { makeTempDir } from './temp.ts'
import { makeWorld } from './world.ts'

export const JOB = 'job_shop00'
export const PLACE = 'dst_nas000'
export const OTHER_PLACE = 'dst_usb000'

export function makeJob(changes: Partial<Job> = {}): Job {
  return {
    id: JOB,
    name: 'Shop',
    slug: 'shop',
    enabled: true,
    sources: [{ id: 'src_shop00', name: 'database', kind: 'sqlite', path: '/srv/shop.sqlite3', lockWaitSeconds: 60 }],
    destinations: [PLACE],
    schedule: {},
    keep: { full: 30, incremental: 7, hot: 3 },
    compression: 'gzip',
    prove: 'matched',
    rpoMinutes: 1440,
    rtoMinutes: 30,
    timeoutMinutes: 720,
    noProgressMinutes: 15,
    ...changes,
  }
}

/** `20260105_020000` of a UTC moment; names carry no order, so any zone will do. */
function stampOf(at: string): string {
  return new Date(at)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/^(\d{8})T(\d{6}).*/, '$1_$2')
}

export interface SetWish {
  readonly sequence: number
  readonly at: string
  readonly job?: string
  readonly type?: BackupType
  readonly proof?: ProofLevel
  readonly bytes?: number
  readonly suspicious?: boolean
  readonly name?: string
  readonly destination?: string
}

export function makeManifest(wish: SetWish): Manifest {
  const { sequence, at, job = JOB, type = 'full', proof = 'matched', bytes = 1000 } = wish
  const run = `run_${String(sequence).padStart(8, '0')}`
  return {
    format_version: 1,
    backup_timestamp: stampOf(at),
    backup_date: at,
    backup_type: type,
    set: wish.name ?? `shop/${setPrefix[type]}_${stampOf(at)}${sequence > 1 ? `_${sequence}` : ''}`,
    sequence,
    parent: null,
    run,
    job: { id: job, name: 'Shop', slug: 'shop' },
    destination_id: wish.destination ?? PLACE,
    system_info: { hostname: 'till', user: 'root', platform: 'linux' },
    tool: { name: 'sitekeep', version: '0.1.0' },
    files: [
      {
        type: 'database',
        file: 'database.sqlite3.gz',
        size: '1K',
        source: { id: 'src_shop00', kind: 'sqlite', name: 'database', origin: '/srv/shop.sqlite3' },
        bytes,
        sha256: 'a'.repeat(64),
        plain_bytes: bytes * 3,
        plain_sha256: 'b'.repeat(64),
        compression: 'gzip',
        encryption: null,
        content: {
          kind: 'sqlite',
          name: 'shop.sqlite3',
          page_size: 4096,
          page_count: 1,
          journal_mode: 'wal',
          sqlite_version: '3.54.1',
          quick_check: 'ok',
          tables: [{ name: 'orders', rows: 12 }],
        },
      },
    ],
    missing: [],
    proof: { level: proof, at },
    findings:
      wish.suspicious === true
        ? [{ code: 'source-shrunk', weight: 'suspicious', message: 'shrunk', hint: 'look', source: 'database' }]
        : [],
    durations: {},
    self_sha256: 'c'.repeat(64),
  }
}

export function makeSet(wish: SetWish): SetRow {
  const manifest = makeManifest(wish)
  return {
    manifest,
    manifestSha256: 'd'.repeat(64),
    destination: manifest.destination_id,
    path: `/mnt/nas/${manifest.set}`,
    state: 'present',
  }
}

export function makeRun(number: number, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: `run_${String(number).padStart(8, '0')}`,
    kind: 'backup',
    job: JOB,
    jobName: 'Shop',
    type: 'full',
    trigger: 'schedule',
    startedAt: '2026-01-05T02:00:00.000+00:00',
    finishedAt: '2026-01-05T02:01:00.000+00:00',
    outcome: 'good',
    proof: 'matched',
    sets: [],
    findings: [],
    spans: [],
    bytesRead: 1,
    bytesStored: 1,
    ...changes,
  }
}

export function makeNames(jobs: readonly Job[] = []): CatalogNames {
  return {
    destinationName: (id) => (id === PLACE ? 'NAS' : id),
    jobName: (id) => jobs.find((job) => job.id === id)?.name,
    jobs: () => jobs,
  }
}

/** A catalog in a folder of its own (or at `path`), closed when the test ends. */
export function makeCatalog(options: Partial<OpenCatalogOptions> = {}): Catalog & { readonly path: string } {
  const path = options.path ?? join(makeTempDir(), 'catalog.db')
  const catalog = openCatalog({ names: makeNames(), world: makeWorld(), ...options, path })
  onTestFinished(() => {
    catalog.close()
  })
  return Object.assign(catalog, { path })
}

/** The path of a closed catalog with some of everything in it. */
export function makeFilledCatalog(runs = 30): string {
  const path = join(makeTempDir(), 'catalog.db')
  const at = '2026-01-05T02:00:00.000+00:00'
  const catalog = openCatalog({ path, names: makeNames(), world: makeWorld() })
  for (let n = 1; n <= runs; n += 1) {
    catalog.recordRun(makeRun(n))
    const set = makeSet({ sequence: n, at })
    catalog.recordSet(set)
    if (n % 3 === 0) {
      catalog.recordProof({
        ...{
          destination: PLACE,
          set: set.manifest.set,
          level: 'stored',
          ok: false,
          at,
          run: `run_verify${n}`,
          findings: [],
        },
      })
    }
    if (n % 5 === 0) catalog.setPinned(PLACE, set.manifest.set, true)
  }
  catalog.recordGeneration(PLACE, runs)
  catalog.noteJob(JOB, at)
  catalog.close()
  return path
}

/** Opens `path` as a start with one known job does, hands the catalog to `look`, closes it. */
export function withCatalog<T>(path: string, look: (catalog: Catalog) => T): T {
  const catalog = openCatalog({ path, names: makeNames([makeJob()]), world: makeWorld() })
  try {
    return look(catalog)
  } finally {
    catalog.close()
  }
}

/** The code of the BackupError that `work` throws. */
export function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof BackupError) return error.code
    throw error
  }
  return 'nothing was thrown'
}
