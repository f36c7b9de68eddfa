/** A realistic site for the pages' tests: three jobs, their sets and runs, in the states that the overview must tell apart. */
import type { DestinationConfig } from '../../electron/contract/destination.ts'
import type { Job } from '../../electron/contract/job.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import type { SetInfo } from '../../electron/contract/set.ts'
import type { Summary } from '../../electron/contract/summary.ts'
import { summaryOf } from './fixture-summary.ts'
import { DAY, HOUR, MINUTE, NOW, iso, two } from './moment.ts'

export const scenarios = ['good', 'red', 'running', 'empty', 'many', 'hostile'] as const
export type Scenario = (typeof scenarios)[number]

export { NOW }
export { progressAt } from './fixture-summary.ts'

export const HOSTILE = '<img src=x onerror="window.hacked=1">'

export interface Site {
  readonly summary: Summary
  readonly jobs: Job[]
  readonly destinations: DestinationConfig[]
  readonly sets: SetInfo[]
  readonly runs: RunRecord[]
}

export function stamp(at: number): string {
  const d = new Date(at)
  return `${d.getFullYear()}${two(d.getMonth() + 1)}${two(d.getDate())}_${two(d.getHours())}${two(d.getMinutes())}${two(d.getSeconds())}`
}

const destinations: DestinationConfig[] = [
  { id: 'dst_e00001', name: 'E: 备份盘', enabled: true, kind: 'folder', path: 'E:\\备份' },
  { id: 'dst_n00001', name: 'NAS01', enabled: true, kind: 'folder', path: '\\\\NAS01\\backup' },
]

function jobsOf(isHostile: boolean): Job[] {
  const common = {
    enabled: true,
    destinations: ['dst_e00001', 'dst_n00001'],
    keep: { full: 30, incremental: 7, hot: 3 },
    compression: 'gzip' as const,
    timeoutMinutes: 720,
    noProgressMinutes: 15,
  }
  return [
    {
      ...common,
      id: 'job_wms001',
      name: isHostile ? HOSTILE : '仓库 WMS',
      slug: 'wms',
      sources: [
        {
          kind: 'sqlite',
          id: 'src_db0001',
          name: 'db.sqlite3',
          path: 'D:\\GreaterWMS\\db.sqlite3',
          lockWaitSeconds: 60,
        },
        {
          kind: 'files',
          id: 'src_media1',
          name: 'media',
          roots: ['D:\\GreaterWMS\\media'],
          include: [],
          exclude: ['*.tmp', 'cache/**'],
          accepted: [],
          crossMounts: true,
        },
        { kind: 'config', id: 'src_env001', name: 'env', globs: ['D:\\GreaterWMS\\.env'], exclude: [] },
      ],
      schedule: { full: '0 2 * * *' },
      prove: 'restored',
      rpoMinutes: 24 * 60,
      rtoMinutes: 30,
    },
    {
      ...common,
      id: 'job_erp001',
      name: 'ERP',
      slug: 'erp',
      sources: [{ kind: 'sqlite', id: 'src_erp001', name: 'erp.db', path: 'D:\\ERP\\erp.db', lockWaitSeconds: 60 }],
      schedule: { full: '0 9-18 * * 1-5' },
      prove: 'matched',
      rpoMinutes: 24 * 60,
      rtoMinutes: 30,
    },
    {
      ...common,
      id: 'job_files1',
      name: '共享文件',
      slug: 'shared',
      sources: [
        {
          kind: 'files',
          id: 'src_share1',
          name: 'files',
          roots: ['D:\\共享'],
          include: [],
          exclude: [],
          accepted: [],
          crossMounts: true,
        },
      ],
      schedule: { full: '30 2 * * *' },
      prove: 'matched',
      rpoMinutes: 24 * 60,
      rtoMinutes: 120,
    },
  ]
}

function setsOf(job: Job, count: number, lastAt: number): SetInfo[] {
  return Array.from({ length: count }, (_, n) => lastAt - n * DAY).flatMap((at, n) =>
    destinations.map((place): SetInfo => ({
      id: `${job.slug}/full_backup_${stamp(at)}`,
      job: job.id,
      jobName: job.name,
      type: n === 3 ? 'hot' : 'full',
      at: iso(at),
      path: `${place.path}\\${job.slug}\\full\\full_backup_${stamp(at)}`,
      destination: place.id,
      destinationName: place.name,
      sequence: count - n,
      state: n === 5 && place.id === 'dst_n00001' ? 'damaged' : 'present',
      proof: place.id === 'dst_e00001' && n % 2 === 0 ? 'restored' : n === 4 ? 'stored' : 'matched',
      provenAt: iso(at + 2 * MINUTE),
      bytes: 418_000_000 - n * 1_200_000,
      plainBytes: 812_000_000 - n * 2_000_000,
      pinned: n === 3,
      suspicious: n === 6,
      run: `run_${job.slug}${n}00000`,
      sources: job.sources.map((source) => ({
        name: source.name,
        kind: source.kind,
        file: `${source.name}.gz`,
        bytes: 400_000_000,
        plainBytes: 800_000_000,
        ...(source.kind === 'sqlite'
          ? {
              tables: Array.from({ length: 48 }, (_, table) => ({
                name: table === 0 && job.name === HOSTILE ? HOSTILE : `table_${table}`,
                rows: (48 - table) * 4_019,
              })),
            }
          : { files: 12_402 }),
      })),
    })),
  )
}

const spans: RunRecord['spans'] = [
  { stage: 'preflight', startMs: 0, endMs: 600 },
  { stage: 'snapshot', source: 'db.sqlite3', startMs: 600, endMs: 3_000, bytes: 812_000_000 },
  { stage: 'encode', source: 'db.sqlite3', startMs: 3_000, endMs: 12_000, bytes: 812_000_000 },
  { stage: 'put', destination: 'E: 备份盘', startMs: 3_200, endMs: 14_000, bytes: 418_000_000 },
  { stage: 'read-back', destination: 'E: 备份盘', startMs: 14_000, endMs: 26_000, bytes: 418_000_000 },
  { stage: 'decode', startMs: 14_500, endMs: 27_000, bytes: 812_000_000 },
  { stage: 'match', startMs: 27_000, endMs: 31_000 },
  { stage: 'publish', destination: 'E: 备份盘', startMs: 31_000, endMs: 31_400 },
]

function run(job: Job, id: string, at: number, extra: Partial<RunRecord>): RunRecord {
  return {
    id,
    kind: 'backup',
    job: job.id,
    jobName: job.name,
    type: 'full',
    trigger: 'schedule',
    startedAt: iso(at),
    finishedAt: iso(at + 31_400),
    outcome: 'good',
    proof: 'matched',
    sets: [],
    findings: [],
    spans,
    bytesRead: 812_000_000,
    bytesStored: 418_000_000,
    ...extra,
  }
}

function runsOf(jobs: readonly Job[], sets: readonly SetInfo[], scenario: Scenario): RunRecord[] {
  const made = sets
    .filter((set) => set.destination === 'dst_e00001')
    .map((set) => {
      const job = jobs.find((known) => known.id === set.job)!
      return run(job, set.run!, Date.parse(set.at), {
        sets: [{ set: set.id, destination: set.destination, proof: set.proof, bytes: set.bytes }],
      })
    })
  const [wms, erp, files] = jobs as readonly [Job, Job, Job]
  const extra = [
    run(files, 'run_warn001', NOW - 13 * HOUR, {
      outcome: 'warning',
      findings: [
        {
          code: 'live-sqlite',
          weight: 'warning',
          message: 'A database in use lies in this folder.',
          hint: 'Add it as a database.',
          source: 'files',
          detail: { path: scenario === 'hostile' ? HOSTILE : 'D:\\共享\\pos\\pos.db' },
        },
        {
          code: 'files-changed',
          weight: 'warning',
          message: '3 files changed.',
          hint: 'Back up at a quieter time.',
          source: 'files',
          detail: { count: 3 },
          paths: ['Dispatch\\2026-11.xlsx', 'Prices\\price-list.xlsx', 'Dispatch\\~$2026-11.xlsx'],
        },
        {
          code: 'special-skipped',
          weight: 'note',
          message: '1 pipe skipped.',
          hint: 'Nothing to do.',
          detail: { count: 1 },
        },
      ],
    }),
    run(erp, 'run_fail001', NOW - 30 * HOUR, {
      outcome: 'failed',
      proof: 'none',
      bytesStored: 0,
      error: {
        code: 'destination-full',
        message: 'E:\\备份 is full.',
        hint: 'Free space there.',
        stage: 'put',
        detail: { path: 'E:\\备份', free: '1.2 GB', needed: '2.3 GB' },
      },
    }),
    run(wms, 'run_rest001', NOW - 2 * HOUR, {
      kind: 'restore',
      trigger: 'manual',
      subject: sets[0]?.id ?? 'wms/full_backup_20261119_020000',
      target: 'D:\\恢复\\wms',
      compared: {
        tables: [
          { name: 'orders', rows: 48_019, expected: 48_019 },
          { name: 'stock', rows: 9_412, expected: 9_412 },
        ],
        files: { count: 12_402, expected: 12_402 },
      },
    }),
  ]
  const live =
    scenario === 'running'
      ? [
          run(wms, 'run_live001', NOW - 40_000, {
            trigger: 'manual',
            outcome: undefined,
            finishedAt: undefined,
            proof: undefined,
          }),
        ]
      : []
  const many =
    scenario === 'many'
      ? Array.from({ length: 10_000 }, (_, n) =>
          run(
            wms,
            `run_many${String(n).padStart(6, '0')}`,
            NOW - (n + 40) * HOUR,
            n % 97 === 0 ? { outcome: 'failed' } : {},
          ),
        )
      : []
  return [...live, ...[...made, ...extra].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)), ...many].map(
    (record) => JSON.parse(JSON.stringify(record)) as RunRecord,
  )
}

export function siteOf(scenario: Scenario): Site {
  const jobs = jobsOf(scenario === 'hostile')
  const last = [13 * HOUR, scenario === 'red' ? 30 * HOUR : 3 * HOUR, 12.5 * HOUR]
  const sets = jobs.flatMap((job, index) => setsOf(job, 14, NOW - last[index]!))
  const sorted = sets.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
  const isEmpty = scenario === 'empty'
  return {
    summary: summaryOf(jobs, destinations, sets, scenario),
    jobs: isEmpty ? [] : jobs,
    destinations: isEmpty ? [] : [...destinations],
    sets: isEmpty ? [] : sorted,
    runs: isEmpty ? [] : runsOf(jobs, sets, scenario),
  }
}
