/** The catalog's promises on a real file. */
import { statSync } from 'node:fs'
import type { RunRecord } from '../../../electron/contract/run.ts'
import { describe, expect, it } from 'vitest'
import {
  JOB,
  makeCatalog,
  makeJob,
  makeManifest,
  makeNames,
  makeRun,
  makeSet,
  OTHER_PLACE,
  PLACE,
} from '../../helpers/catalog.ts'

const day = (n: number, hour = 2): string => `2026-01-${String(n).padStart(2, '0')}T0${hour}:00:00.000+00:00`
/** The record as it is when the run starts. */
function begun(run: RunRecord): RunRecord {
  const copy = { ...run }
  delete copy.outcome
  delete copy.finishedAt
  return copy
}
const all = { limit: 100, offset: 0 }

describe('runs', () => {
  it('come back as they were recorded, newest first, by page and by filter', () => {
    const catalog = makeCatalog()
    for (let n = 1; n <= 5; n += 1) {
      catalog.recordRun(
        makeRun(n, {
          startedAt: day(n),
          ...(n === 3 ? { outcome: 'failed' } : {}),
          ...(n === 4 ? { kind: 'verify' } : {}),
        }),
      )
    }
    expect(catalog.run('run_00000003')).toEqual(makeRun(3, { startedAt: day(3), outcome: 'failed' }))
    expect(catalog.run('run_00000009')).toBeUndefined()
    expect(catalog.runs({ limit: 2, offset: 1 }).runs.map((run) => run.id)).toEqual(['run_00000004', 'run_00000003'])
    expect(catalog.runs({ ...all, outcome: 'failed' })).toMatchObject({ total: 1, runs: [{ id: 'run_00000003' }] })
    expect(catalog.runs({ ...all, kind: 'verify' }).runs.map((run) => run.id)).toEqual(['run_00000004'])
    expect(catalog.runs({ ...all, job: 'job_other0' })).toEqual({ total: 0, runs: [] })
  })

  it('that have no outcome are open until they are recorded with one', () => {
    const catalog = makeCatalog()
    catalog.recordRun(begun(makeRun(1)))
    expect(catalog.openRuns().map((run) => run.id)).toEqual(['run_00000001'])
    catalog.recordRun(makeRun(1))
    expect(catalog.openRuns()).toEqual([])
    expect(catalog.runs(all).total).toBe(1)
  })

  it('I12: a run that starts after the clock was set back is still the newest', () => {
    const catalog = makeCatalog()
    for (const [n, at] of [
      [1, day(20)],
      [2, day(3)],
    ] as const) {
      catalog.recordRun(begun(makeRun(n, { startedAt: at })))
      catalog.recordRun(makeRun(n, { startedAt: at }))
    }
    expect(catalog.runs(all).runs.map((run) => run.id)).toEqual(['run_00000002', 'run_00000001'])
    expect(catalog.jobFacts(JOB, day(1)).runs[0]?.id).toBe('run_00000002')
  })

  it('that restored give the measured time of the way back; failed ones do not', () => {
    const catalog = makeCatalog()
    expect(catalog.measuredRestoreSeconds(JOB)).toBeUndefined()
    const ended = { startedAt: day(1), finishedAt: '2026-01-01T02:00:30.000+00:00' }
    catalog.recordRun(makeRun(1, { kind: 'restore', ...ended, proof: 'restored' }))
    catalog.recordRun(makeRun(5, { kind: 'restore', startedAt: day(4), proof: undefined }))
    catalog.recordRun(makeRun(2, { kind: 'restore', startedAt: day(2), outcome: 'failed' }))
    catalog.recordRun(makeRun(3, { startedAt: day(3) }))
    expect(catalog.measuredRestoreSeconds(JOB)).toBe(30)
    const spans = [
      { stage: 'put' as const, startMs: 0, endMs: 5000 },
      { stage: 'restore-fetch' as const, startMs: 5000, endMs: 7000 },
      { stage: 'restore-check' as const, startMs: 7000, endMs: 9000 },
    ]
    catalog.recordRun(makeRun(4, { startedAt: day(4), proof: 'restored', spans }))
    expect(catalog.measuredRestoreSeconds(JOB)).toBe(4)
  })
})

describe('sets', () => {
  it('come back with names, sizes and what they hold', () => {
    const catalog = makeCatalog({ names: makeNames([makeJob({ name: 'Shop renamed' })]) })
    catalog.recordSet(makeSet({ sequence: 1, at: day(5), bytes: 500 }))
    const [set] = catalog.sets(all).sets
    expect(set).toEqual({
      id: 'shop/full_backup_20260105_020000',
      job: JOB,
      jobName: 'Shop renamed',
      type: 'full',
      at: day(5),
      path: '/mnt/nas/shop/full_backup_20260105_020000',
      destination: PLACE,
      destinationName: 'NAS',
      sequence: 1,
      state: 'present',
      proof: 'matched',
      provenAt: day(5),
      bytes: 500,
      plainBytes: 1500,
      pinned: false,
      suspicious: false,
      run: 'run_00000001',
      sources: [
        {
          name: 'database',
          kind: 'sqlite',
          file: 'database.sqlite3.gz',
          bytes: 500,
          plainBytes: 1500,
          tables: [{ name: 'orders', rows: 12 }],
        },
      ],
    })
  })

  it('I12: are ordered by sequence at a destination, though the clock was set back', () => {
    const catalog = makeCatalog()
    const moments = [day(5), day(20), day(6), day(7)]
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [2, 0, 3, 1],
    ]) {
      for (const n of order)
        catalog.recordSet(makeSet({ sequence: n + 1, at: moments[n]!, name: `shop/full_backup_20260101_00000${n}` }))
      expect(catalog.sets(all).sets.map((set) => set.sequence)).toEqual([4, 3, 2, 1])
      expect(catalog.jobFacts(JOB, day(1)).sets.map((set) => set.sequence)).toEqual([4, 3, 2, 1])
      expect(catalog.newestMatched(JOB, PLACE)?.sequence).toBe(4)
      for (const set of catalog.sets(all).sets) catalog.forgetSet(PLACE, set.id)
    }
  })

  it('of two destinations are merged by time: a new destination starts at sequence 1 but its sets are not old', () => {
    const catalog = makeCatalog()
    for (let n = 1; n <= 4; n += 1) catalog.recordSet(makeSet({ sequence: n + 500, at: day(n) }))
    catalog.recordSet(makeSet({ sequence: 1, at: day(3, 3), destination: OTHER_PLACE }))
    expect(catalog.sets(all).sets.map((set) => set.sequence)).toEqual([504, 1, 503, 502, 501])
    expect(catalog.sets({ ...all, destination: OTHER_PLACE }).total).toBe(1)
    expect(catalog.totals(PLACE)).toEqual({ sets: 4, bytes: 4000 })
  })

  it('of one id at two destinations are two', () => {
    const catalog = makeCatalog()
    catalog.recordSet(makeSet({ sequence: 1, at: day(5) }))
    catalog.recordSet(makeSet({ sequence: 1, at: day(5), destination: OTHER_PLACE }))
    const id = 'shop/full_backup_20260105_020000'
    expect(catalog.sets({ ...all, id }).total).toBe(2)
    catalog.setState(OTHER_PLACE, id, 'missing')
    expect(catalog.set(PLACE, id)?.info.state).toBe('present')
    expect(catalog.set(OTHER_PLACE, id)?.info.state).toBe('missing')
  })

  it('keep their pin and their proofs when they are entered again, and lose them when forgotten', () => {
    const catalog = makeCatalog()
    const set = makeSet({ sequence: 1, at: day(5) })
    const id = set.manifest.set
    catalog.recordSet(set)
    catalog.setPinned(PLACE, id, true)
    const proof = {
      destination: PLACE,
      set: id,
      level: 'restored' as const,
      ok: true,
      at: day(6),
      run: 'run_verify01',
      findings: [],
    }
    catalog.recordProof(proof)
    catalog.recordSet(set)
    catalog.recordProof(proof)
    expect(catalog.set(PLACE, id)).toMatchObject({ info: { pinned: true, proof: 'restored', provenAt: day(6) } })
    expect(catalog.set(PLACE, id)?.proofs.map((row) => row.level)).toEqual(['restored', 'matched'])
    catalog.forgetSet(PLACE, id)
    expect(catalog.set(PLACE, id)).toBeUndefined()
    catalog.recordSet(set)
    expect(catalog.set(PLACE, id)).toMatchObject({
      info: { pinned: false, proof: 'matched' },
      proofs: [{ level: 'matched' }],
    })
  })

  it('are suspicious where their manifest says so', () => {
    const catalog = makeCatalog()
    catalog.recordSet(makeSet({ sequence: 1, at: day(5), suspicious: true }))
    expect(catalog.sets(all).sets[0]?.suspicious).toBe(true)
  })

  it('a failed proof makes a set damaged, also after it was entered again, until it is proven further', () => {
    const catalog = makeCatalog()
    const set = makeSet({ sequence: 1, at: day(5) })
    const id = set.manifest.set
    const prove = (run: string, level: 'stored' | 'matched', ok: boolean): void =>
      catalog.recordProof({ destination: PLACE, set: id, level, ok, at: day(6), run, findings: [] })
    catalog.recordSet(set)
    prove('run_verify01', 'stored', false)
    expect(catalog.set(PLACE, id)?.info).toMatchObject({ state: 'damaged', proof: 'stored' })
    expect(catalog.set(PLACE, id)?.info.provenAt).toBeUndefined()
    expect(catalog.newestMatched(JOB, PLACE)).toBeUndefined()
    catalog.recordSet(set)
    expect(catalog.set(PLACE, id)?.info.state).toBe('damaged')
    prove('run_verify02', 'matched', true)
    expect(catalog.set(PLACE, id)?.info).toMatchObject({ state: 'present', proof: 'matched', provenAt: day(6) })
  })

  it('a proof made after publishing counts after it, though it was entered first', () => {
    const catalog = makeCatalog()
    const set = makeSet({ sequence: 1, at: day(5) })
    const id = set.manifest.set
    catalog.recordProof({
      destination: PLACE,
      set: id,
      level: 'read',
      ok: false,
      at: day(6),
      run: 'run_verify01',
      findings: [],
    })
    catalog.recordSet(set)
    expect(catalog.set(PLACE, id)?.info).toMatchObject({ state: 'damaged', proof: 'read' })
  })

  it('give back their whole manifest', () => {
    const catalog = makeCatalog()
    const wish = { sequence: 1, at: day(5) }
    catalog.recordSet(makeSet(wish))
    expect(catalog.manifest(PLACE, makeManifest(wish).set)).toEqual({
      manifest: makeManifest(wish),
      manifestSha256: 'd'.repeat(64),
    })
  })
})

describe('the rest', () => {
  it('a generation only rises', () => {
    const catalog = makeCatalog()
    expect(catalog.generation(PLACE)).toBe(1)
    catalog.recordGeneration(PLACE, 7)
    catalog.recordGeneration(PLACE, 5)
    expect(catalog.generation(PLACE)).toBe(7)
  })

  it('a job is noted once', () => {
    const catalog = makeCatalog()
    catalog.noteJob(JOB, day(1))
    catalog.noteJob(JOB, day(9))
    expect(catalog.jobFacts(JOB, day(1)).since).toBe(day(1))
  })

  it('a transaction is all or nothing', () => {
    const catalog = makeCatalog()
    expect(() =>
      catalog.transaction(() => {
        catalog.recordRun(makeRun(1))
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(catalog.runs(all).total).toBe(0)
  })

  it('the file is for its owner alone', () => {
    if (process.platform === 'win32') return
    const catalog = makeCatalog()
    catalog.recordRun(makeRun(1))
    for (const side of ['', '-wal', '-shm']) expect(statSync(catalog.path + side).mode & 0o777).toBe(0o600)
  })
})
