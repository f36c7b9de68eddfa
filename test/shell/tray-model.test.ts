/** The tray as data: which state, which words, which menu. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { LinkState } from '../../electron/contract/shell.ts'
import type { Summary } from '../../electron/contract/summary.ts'
import { trayView, type TrayInput, type TrayItem, type TrayView } from '../../electron/shell/tray-model.ts'
import { makeJob, makeSummary, NOW } from './sample-summary.ts'

const connected: LinkState = { state: 'connected', since: '2026-11-19T08:00:00+08:00' }

beforeAll(() => {
  process.env['TZ'] = 'Asia/Shanghai'
})

function view(summary: Summary | undefined, changes: Partial<TrayInput> = {}): TrayView {
  return trayView({ link: connected, summary, language: 'en', now: NOW, ...changes })
}

const running = { run: 'run_aaaaaa', kind: 'backup' } as const
const failed = makeJob({ light: 'failed', reasons: [{ code: 'last-run-failed', detail: {} }] })

describe('state', () => {
  it('is good only where the summary says good', () => {
    expect(view(makeSummary()).state).toBe('good')
  })

  it('is attention, not good, where nothing is protected yet', () => {
    const empty = view(makeSummary({ light: 'idle', jobs: [] }))
    expect(empty.state).toBe('attention')
    expect(empty.tooltip).toContain('Nothing is backed up yet')
  })

  it('shows a run, with its percentage', () => {
    const progress = { run: 'run_aaaaaa', stage: 'put', bytes: 1, rate: 1, fraction: 0.429 } as const
    const busy = view(makeSummary({ jobs: [makeJob({ running: { ...running, progress } })] }))
    expect(busy.state).toBe('running')
    expect(busy.tooltip).toContain('ERP 42 %')
  })

  it('never covers a failure with a run', () => {
    const jobs = [failed, makeJob({ job: 'job_bbbbbb', running })]
    expect(view(makeSummary({ light: 'failed', jobs })).state).toBe('failed')
  })

  it('names the job and the reason of a failure', () => {
    expect(view(makeSummary({ light: 'failed', jobs: [makeJob({ name: 'WMS' }), failed] })).tooltip).toContain(
      'ERP: the last backup failed',
    )
  })

  it('U02: forgets an old green as soon as the service is silent, and says since when', () => {
    const silent = view(makeSummary(), { link: { state: 'down', since: '2026-11-19T07:42:00+08:00' } })
    expect(silent.state).toBe('stopped')
    expect(silent.tooltip).toBe('Sitekeep: Service not running\nNo backups since 07:42')
  })

  it('says that the service refuses, where starting it again would not help', () => {
    expect(view(undefined, { link: { state: 'refused', since: NOW.toISOString() } }).tooltip).toContain('refuses')
  })
})

describe('tooltip', () => {
  it('tells age of proof and next run', () => {
    expect(view(makeSummary()).tooltip).toBe('Sitekeep: Good\ndata matched 3 h ago · next 02:00')
    expect(view(makeSummary(), { language: 'zh-CN' }).tooltip).toBe('Sitekeep: 正常\n3 小时前数据一致 · 下一次 02:00')
  })

  it('speaks for the job whose proof is oldest', () => {
    const old = makeJob({ job: 'job_bbbbbb', provenAt: '2026-11-16T12:00:00+08:00' })
    expect(view(makeSummary({ jobs: [makeJob(), old] })).tooltip).toContain('data matched 3 days ago')
  })

  it('claims a test restore only where every job had one', () => {
    const newest = { set: 'a/full_backup_20261119_120000', at: NOW.toISOString(), destination: 'dst_aaaaaa' }
    const restored = makeJob({ newest: { ...newest, proof: 'restored' } })
    expect(view(makeSummary({ jobs: [restored] })).tooltip).toContain('test-restored')
    expect(view(makeSummary({ jobs: [restored, makeJob()] })).tooltip).toContain('data matched')
  })

  it('stays within what Windows shows', () => {
    const jobs = [{ ...failed, name: '仓'.repeat(80) }, makeJob({ name: 'x'.repeat(80) })]
    expect(view(makeSummary({ light: 'failed', jobs }), { language: 'zh-CN' }).tooltip.length).toBeLessThanOrEqual(127)
    const long = makeJob({ light: 'failed', name: 'x'.repeat(200), reasons: failed.reasons })
    expect(view(makeSummary({ light: 'failed', jobs: [long] })).tooltip).toHaveLength(127)
  })
})

describe('menu', () => {
  const ids = (items: readonly TrayItem[]) => items.flatMap((item) => (item.separator === true ? [] : [item.id]))
  const find = (items: readonly TrayItem[], id: string) =>
    items.flatMap((item) => (item.separator !== true && item.id === id ? [item] : []))[0]

  it('offers back up now per job, restore, open and quit', () => {
    const { menu } = view(makeSummary({ jobs: [makeJob(), makeJob({ job: 'job_bbbbbb', name: 'WMS' })] }))
    expect(ids(menu)).toEqual(['state', 'backup', 'restore', 'open', 'quit'])
    const jobs = find(menu, 'backup')?.submenu ?? []
    expect(ids(jobs)).toEqual(['backup:all', 'backup:job_aaaaaa', 'backup:job_bbbbbb'])
    expect(find(jobs, 'backup:all')?.action).toEqual({ do: 'backup', jobs: ['job_aaaaaa', 'job_bbbbbb'] })
  })

  it('does not offer a job that is running or switched off', () => {
    const jobs = [makeJob({ running }), makeJob({ job: 'job_bbbbbb', enabled: false })]
    expect(find(view(makeSummary({ jobs })).menu, 'backup')?.submenu).toEqual([])
  })

  it('offers to start the service where it is not running, and no backup', () => {
    const { menu } = view(makeSummary(), { link: { state: 'down', since: NOW.toISOString() } })
    expect(ids(menu)).toEqual(['state', 'retry', 'open', 'quit'])
  })
})
