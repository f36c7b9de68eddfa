/** Which finished run is told by a toast. */
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../electron/contract/run.ts'
import { toastFor } from '../../electron/shell/toast-model.ts'

function makeRun(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id: 'run_abcdef',
    kind: 'backup',
    job: 'job_aaaaaa',
    jobName: 'ERP',
    trigger: 'schedule',
    startedAt: '2026-11-19T02:00:00+08:00',
    outcome: 'good',
    sets: [],
    findings: [],
    spans: [],
    bytesRead: 0,
    bytesStored: 0,
    ...changes,
  }
}

const error = {
  code: 'source-missing',
  message: '',
  hint: '',
  detail: { path: '/srv/shop.sqlite' },
} as const

describe('toastFor', () => {
  it('tells every failure, in words, and leads to its run', () => {
    const toast = toastFor(makeRun({ outcome: 'failed', error }), true, 'en')
    expect(toast).toMatchObject({ title: 'The backup of ERP failed', route: '#/history/run_abcdef', urgent: true })
    expect(toast?.body).toContain('/srv/shop.sqlite does not exist')
    expect(toastFor(makeRun({ outcome: 'failed', error }), false, 'zh-CN')?.title).toBe('ERP 的备份失败了')
  })

  it('tells a good run only where it ends a failure', () => {
    expect(toastFor(makeRun(), false, 'en')).toBeUndefined()
    expect(toastFor(makeRun(), true, 'en')?.title).toBe('ERP is good again')
  })

  it('does not call a warning good again, nor a restore or a cancelled run', () => {
    expect(toastFor(makeRun({ outcome: 'warning' }), true, 'en')).toBeUndefined()
    expect(toastFor(makeRun({ kind: 'restore' }), true, 'en')).toBeUndefined()
    expect(toastFor(makeRun({ outcome: 'cancelled' }), true, 'en')).toBeUndefined()
  })
})
