/** What the light is made of, for tests: a morning on which all is well, and changes to it. */
import type { JobFacts, RunFact, SetFact } from '../../electron/engine/catalog/catalog.ts'
import type { JobInput, SummaryInput } from '../../electron/engine/catalog/summary.ts'
import type { DestinationSummary } from '../../electron/contract/summary.ts'
import { makeJob, PLACE } from './catalog.ts'

export const now = new Date('2026-03-10T08:00:00.000Z')
const HOUR = 3_600_000
export const ago = (hours: number): string =>
  new Date(now.getTime() - hours * HOUR).toISOString().replace('Z', '+00:00')

/** The NAS, enabled and within reach. */
export function place(changes: Partial<DestinationSummary> = {}): DestinationSummary {
  return {
    ...{ id: PLACE, name: 'NAS', kind: 'folder', path: '/mnt/nas', enabled: true, reachable: true, sets: 1, bytes: 1 },
    lookedAt: ago(0),
    ...changes,
  }
}

export function fact(sequence: number, hours: number, changes: Partial<SetFact> = {}): SetFact {
  return {
    id: `shop/full_backup_20260101_000000_${sequence}`,
    destination: PLACE,
    sequence,
    position: sequence,
    at: ago(hours),
    type: 'full',
    bytes: sequence,
    state: 'present',
    proof: 'matched',
    provenAt: ago(hours),
    suspicious: false,
    ...changes,
  }
}

export function run(hours: number, changes: Partial<RunFact> = {}): RunFact {
  return {
    id: 'run_000001',
    kind: 'backup',
    startedAt: ago(hours),
    seconds: 60,
    outcome: 'good',
    errorCode: undefined,
    ...changes,
  }
}

export function facts(changes: Partial<JobFacts> = {}): JobFacts {
  return {
    sets: [fact(1, 3)],
    held: [{ destination: PLACE, sources: ['src_shop00'] }],
    runs: [run(3)],
    since: ago(1000),
    restoreSeconds: undefined,
    ...changes,
  }
}

export const daily = makeJob({ schedule: { full: '0 2 * * *' } })

const NOTHING_DUE = { nextRun: undefined, dueAfter: () => undefined, dueDays: new Set<string>() }

export function input(changes: Partial<JobInput> = {}, destinations = [place()]): SummaryInput {
  return {
    jobs: [{ job: daily, facts: facts(), ...NOTHING_DUE, running: undefined, ...changes }],
    destinations,
    agent: { version: '0', startedAt: ago(1), hostname: 'till', home: '/h', mode: 'agent' },
    notices: [],
  }
}
