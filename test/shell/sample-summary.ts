/** A good summary with one job, to be changed by each test. */
import type { JobSummary, Summary } from '../../electron/contract/summary.ts'

export const NOW = new Date('2026-11-19T15:05:00+08:00')

export function makeJob(changes: Partial<JobSummary> = {}): JobSummary {
  return {
    job: 'job_aaaaaa',
    name: 'ERP',
    slug: 'erp',
    enabled: true,
    kinds: ['sqlite'],
    light: 'good',
    reasons: [{ code: 'proven', detail: {} }],
    newest: {
      set: 'erp/full_backup_20261119_120000',
      at: '2026-11-19T12:00:00+08:00',
      proof: 'matched',
      destination: 'dst_aaaaaa',
    },
    provenAt: '2026-11-19T12:05:00+08:00',
    nextRun: '2026-11-20T02:00:00+08:00',
    rpo: { promisedMinutes: 1440, ageMinutes: 180 },
    rto: { promisedMinutes: 30 },
    sizes: [],
    nights: [],
    ...changes,
  }
}

export function makeSummary(changes: Partial<Summary> = {}): Summary {
  return {
    at: NOW.toISOString(),
    light: 'good',
    jobs: [makeJob()],
    destinations: [],
    agent: { version: '0', startedAt: NOW.toISOString(), hostname: 'h', home: '/h', mode: 'agent' },
    notices: [],
    ...changes,
  }
}
