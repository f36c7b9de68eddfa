/** Structured data without secrets: texts are cleaned, and everything still is what its schema says (faults.md I27). */
import { makeFinding } from '../../electron/contract/words.ts'
import { describe, expect, it } from 'vitest'
import { agentEventSchema } from '../../electron/contract/event.ts'
import { methods } from '../../electron/contract/rpc.ts'
import { runRecordSchema, type RunRecord } from '../../electron/contract/run.ts'
import { summarySchema } from '../../electron/contract/summary.ts'
import { summarise } from '../../electron/engine/catalog/summary.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { redactData } from '../../electron/engine/redact-data.ts'
import { Redactor, Secret } from '../../electron/engine/secret.ts'
import { makeJob, makeRun, PLACE } from '../helpers/catalog.ts'
import { input, now, place } from '../helpers/summary.ts'

const words = [
  'good',
  'full',
  'matched',
  'backup',
  'destination',
  'path',
  'reason',
  'run_',
  'dst_',
  '2026',
  'T02:',
  'code',
]

function redactorFor(...secrets: readonly string[]): Redactor {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(new Secret(secret))
  return redactor
}

function recordWith(secret: string): RunRecord {
  const error = new BackupError('destination-io', { path: `/mnt/${secret}`, reason: `login ${secret} refused` })
  return makeRun(1, {
    jobName: secret,
    sets: [{ set: 'shop/full_backup_20260105_020000', destination: PLACE, proof: 'matched', bytes: 1 }],
    findings: [
      { ...makeFinding('destination-failed', { reason: 'destination-io', place: secret }), paths: [`/x/${secret}`] },
    ],
    spans: [{ stage: 'put', source: secret, startMs: 0, endMs: 1 }],
    error: error.at('put').toData(),
  })
}

describe('structured data', () => {
  it('keeps codes, choices, ids and dates where a secret reads like one of them, and its texts hold no secret', () => {
    for (const secret of words) {
      const redactor = redactorFor(secret)
      const record = recordWith(secret)
      const clean = redactData(record, runRecordSchema, redactor)
      expect(runRecordSchema.parse(clean), secret).toEqual(clean)
      const { id, kind, type, startedAt, outcome, proof, sets } = record
      expect(clean).toMatchObject({
        id,
        kind,
        type,
        startedAt,
        outcome,
        proof,
        sets,
        error: { code: 'destination-io' },
      })
      expect(clean.findings[0]).toMatchObject({
        code: 'destination-failed',
        weight: 'warning',
        detail: { reason: 'destination-io' },
      })
      const texts = [
        clean.jobName,
        clean.findings[0]?.paths,
        clean.findings[0]?.detail?.['place'],
        clean.spans[0]?.source,
      ]
      expect(JSON.stringify([texts, clean.error?.message, clean.error?.detail?.['reason']]), secret).not.toContain(
        secret,
      )
    }
  })

  it('keeps the light and all that it stands on', () => {
    const summary = summarise(input({}, [place({ name: 'good', errorCode: 'destination-full' })]), now)
    const clean = redactData(
      { ...summary, notices: [{ code: 'catalog-new', detail: { path: '/good' } }] },
      summarySchema,
      redactorFor(...words),
    )
    expect(summarySchema.parse(clean)).toEqual(clean)
    const { jobs, at, light } = summary
    expect(clean).toMatchObject({ at, light, jobs: [{ ...jobs[0], name: 'Shop' }], notices: [{ code: 'catalog-new' }] })
    expect(clean.destinations[0]).toMatchObject({ name: '[redacted]', errorCode: 'destination-full', id: PLACE })
    expect(clean.notices[0]?.detail['path']).toBe('/[redacted]')
  })

  it('finds the kind of an event and of a source, and cleans what no schema knows', () => {
    const secret = 'hunter2hunter2'
    const redactor = redactorFor(secret, 'run.finished', 'sqlite')
    const event = { type: 'run.finished' as const, run: recordWith(secret) }
    const clean = redactData(event, agentEventSchema, redactor)
    expect(clean.type).toBe('run.finished')
    expect(JSON.stringify(clean)).not.toContain(secret)
    const job = makeJob({ name: secret })
    const listed = redactData([{ ...job, [secret]: { deep: [secret] } }], methods['job.list'].result, redactor)
    expect(listed[0]?.sources[0]?.kind).toBe('sqlite')
    expect(JSON.stringify(listed)).not.toContain(secret)
    expect(redactData({ wrong: secret }, agentEventSchema as never, redactor)).toEqual({ wrong: '[redacted]' })
  })

  it('takes the mark alone where a cleaned text would be too long for its field', () => {
    const name = 'abcd'.repeat(20)
    const clean = redactData(makeRun(1, { jobName: name }), runRecordSchema, redactorFor('abcd'))
    expect(clean.jobName).toBe('[redacted]')
  })
})
