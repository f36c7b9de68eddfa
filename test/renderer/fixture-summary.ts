/** The fixture's summary: what the agent would say of the site in each scenario. */
import type { DestinationConfig } from '../../electron/contract/destination.ts'
import type { Job } from '../../electron/contract/job.ts'
import type { SetInfo } from '../../electron/contract/set.ts'
import type { JobSummary, Summary } from '../../electron/contract/summary.ts'
import type { Scenario } from './fixture.ts'
import { DAY, HOUR, MINUTE, NOW, iso, two } from './moment.ts'

function nights(isRed: boolean): JobSummary['nights'] {
  return Array.from({ length: 84 }, (_, n) => {
    const date = new Date(NOW - (83 - n) * DAY)
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
    const state =
      n === 83 && isRed
        ? 'failed'
        : n === 40
          ? 'failed'
          : n === 22 || n === 23
            ? 'stored'
            : n === 33
              ? 'missed'
              : n % 7 === 0
                ? 'restored'
                : 'matched'
    return { day, state }
  })
}

export function summaryOf(
  jobs: readonly Job[],
  destinations: readonly DestinationConfig[],
  sets: readonly SetInfo[],
  scenario: Scenario,
): Summary {
  const isRed = scenario === 'red'
  const measured = [252, 700, 3_120]
  const of = (job: Job, index: number): JobSummary => {
    const failed = isRed && job.slug === 'erp'
    const newest = sets.find((set) => set.job === job.id && set.destination === 'dst_e00001')!
    const age = Math.round((NOW - Date.parse(newest.at)) / MINUTE)
    return {
      job: job.id,
      name: job.name,
      slug: job.slug,
      enabled: true,
      kinds: [...new Set(job.sources.map((source) => source.kind))],
      light: failed ? 'failed' : 'good',
      reasons: failed
        ? [
            { code: 'last-run-failed', detail: { code: 'destination-full' } },
            { code: 'overdue', detail: { ageMinutes: age, promisedMinutes: job.rpoMinutes } },
          ]
        : [{ code: 'proven', detail: {} }],
      newest: { set: newest.id, at: newest.at, proof: newest.proof, destination: newest.destination },
      provenAt: newest.provenAt!,
      nextRun: iso(NOW + (index + 1) * 55 * MINUTE),
      rpo: { promisedMinutes: job.rpoMinutes, ageMinutes: age },
      rto: { promisedMinutes: job.rtoMinutes, ...(index === 1 ? {} : { measuredSeconds: measured[index]! }) },
      lastRun: failed
        ? { run: 'run_fail001', outcome: 'failed', at: iso(NOW - 6 * HOUR), seconds: 41 }
        : { run: newest.run!, outcome: 'good', at: newest.at, seconds: 41 },
      ...(scenario === 'running' && index === 0
        ? { running: { run: 'run_live001', kind: 'backup', progress: progressAt(0.46) } }
        : {}),
      sizes: Array.from({ length: 12 }, (_, n) => 380_000_000 + n * 3_000_000 + (n % 3) * 900_000),
      nights: nights(failed),
    }
  }
  return {
    at: iso(NOW),
    light: isRed ? 'failed' : scenario === 'empty' ? 'idle' : 'good',
    jobs:
      scenario === 'empty'
        ? []
        : jobs.map(of).sort((a, b) => Number(b.light === 'failed') - Number(a.light === 'failed')),
    destinations:
      scenario === 'empty'
        ? []
        : destinations.map((place, index) => ({
            id: place.id,
            name: place.name,
            kind: place.kind,
            path: place.path,
            enabled: true,
            reachable: !(isRed && index === 0),
            lookedAt: iso(NOW),
            ...(isRed && index === 0
              ? { errorCode: 'destination-full' }
              : { freeBytes: 337e9 + index * 2e12, totalBytes: 931e9 + index * 2.7e12 }),
            sets: 83,
            bytes: 15e9,
          })),
    agent: {
      version: '0.1.0',
      startedAt: iso(NOW - 41 * DAY),
      hostname: 'SHUNDA-SRV',
      home: 'C:\\ProgramData\\Sitekeep',
      mode: 'agent',
    },
    notices: [],
  }
}

export function progressAt(fraction: number) {
  return {
    run: 'run_live001',
    stage: 'put' as const,
    source: 'db.sqlite3',
    destination: 'dst_e00001',
    bytes: Math.round(fraction * 812e6),
    totalBytes: 812e6,
    rate: 43e6,
    secondsLeft: Math.round((1 - fraction) * 110),
    fraction,
  }
}
