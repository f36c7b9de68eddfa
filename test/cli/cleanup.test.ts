/** `sitekeep cleanup [JOB]`: of every backup whether it goes and why, in the person's language; nothing goes in a dry run. */
import { expect, it } from 'vitest'
import { retentionPlanSchema } from '../../electron/contract/retention.ts'
import { runRecordSchema } from '../../electron/contract/run.ts'
import { makeJob } from '../helpers/catalog.ts'
import { makeRetentionSet } from '../helpers/retention.ts'
import { play, type Answers } from './stage.ts'

const job = makeJob()
const decision = (n: number, action: 'keep' | 'delete', reasons: readonly object[]): object => {
  const { id: set, at, type, bytes, state, proof } = makeRetentionSet(n)
  return { set, at, type, bytes, state, proof, action, reasons }
}
const plan = retentionPlanSchema.parse({
  ...{ job: job.id, jobName: job.name, destination: 'dst_nas000', destinationName: 'NAS', frozen: [] },
  sets: [
    decision(2, 'keep', [{ code: 'keep-newest', detail: { source: 'database' } }]),
    decision(1, 'delete', [{ code: 'delete-age', detail: { days: 39, limit: 30 } }]),
  ],
  ...{ deletes: 1, deletedBytes: 1000, total: 2 },
})
const record = runRecordSchema.parse({
  ...{ id: 'run_aaaaaa', kind: 'cleanup', jobName: 'Shop', trigger: 'manual', startedAt: '2026-01-05T02:00:00Z' },
  ...{ finishedAt: '2026-01-05T02:00:09Z', outcome: 'good', sets: [], findings: [], spans: [] },
  ...{ bytesRead: 0, bytesStored: 0 },
  removed: [{ set: plan.sets[1]!.set, destination: 'dst_nas000', bytes: 1000, reasons: plan.sets[1]!.reasons }],
})
const answers: Answers = {
  'job.list': () => [job],
  'job.show': () => job,
  'cleanup.preview': () => [plan],
  'cleanup.start': () => ({ run: record.id }),
  'run.wait': () => record,
}

it('says of each backup whether it goes and why, and asks for nothing to be removed', async () => {
  const dry = await play(['cleanup', 'shop', '--dry-run'], { answers })
  expect(dry.exit).toBe(0)
  expect(dry.out).toContain('Shop at NAS:')
  expect(dry.out).toMatch(/full_backup_20260101_000000_1 .* goes +39 days old, kept 30/)
  expect(dry.out).toMatch(/full_backup_20260101_000000_2 .* stays +one of the two newest proven backups of database/)
  expect(dry.out).toContain('1 go (1.00 kB), 1 stay')
  expect(dry.calls.map(({ method }) => method)).not.toContain('cleanup.start')
})

it('says it in Chinese too', async () => {
  const dry = await play(['--lang', 'zh-CN', 'cleanup', '--dry-run'], { answers })
  expect(dry.out).toMatch(/删除 +已 39 天，只保留 30 天/)
})

it('says why nothing goes', async () => {
  const frozen = { ...plan, frozen: [{ code: 'frozen-last-run' as const, detail: {} }] }
  const dry = await play(['cleanup', '--dry-run'], { answers: { ...answers, 'cleanup.preview': () => [frozen] } })
  expect(dry.out).toContain('! Nothing goes now: the newest backup run failed.')
})

it('removes at every job where none is named, and prints one document', async () => {
  const done = await play(['cleanup', '--json'], { answers })
  expect(done.exit).toBe(0)
  expect(done.calls).toContainEqual({ method: 'cleanup.start', params: { job: job.id } })
  expect(done.document()).toMatchObject({
    plans: [{ sets: [{ action: 'keep' }, { action: 'delete', reasons: [{ message: '39 days old, kept 30' }] }] }],
    runs: [{ run: record.id, outcome: 'good', removed: [{ set: plan.sets[1]!.set }] }],
  })
})

it.each([
  ['warning', 3],
  ['failed', 1],
] as const)('ends with the exit code of a run that is %s', async (outcome, exit) => {
  const done = await play(['cleanup'], { answers: { ...answers, 'run.wait': () => ({ ...record, outcome }) } })
  expect(done.exit).toBe(exit)
})
