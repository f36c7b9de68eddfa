/** Parts of an agent for tests: a real catalog, an engine that does as it is told, a log that is kept. */
import { join } from 'node:path'
import { vi } from 'vitest'
import type { RunRecord } from '../../electron/contract/run.ts'
import type { AgentEvent } from '../../electron/contract/event.ts'
import { createEventBus } from '../../electron/agent/events.ts'
import type { RunsDeps, RunSpec } from '../../electron/agent/run-spec.ts'
import { Runs } from '../../electron/agent/runs.ts'
import type { Catalog } from '../../electron/engine/catalog/catalog.ts'
import { openCatalog } from '../../electron/engine/catalog/open.ts'
import type { RunHooks } from '../../electron/engine/engine-api.ts'
import { toBackupError } from '../../electron/engine/errors.ts'
import { Redactor } from '../../electron/engine/secret.ts'
import { localIso } from '../../electron/engine/time.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld, type TestWorld } from '../helpers/world.ts'

export interface RunsHarness {
  readonly runs: Runs
  readonly world: TestWorld
  readonly catalog: Catalog
  readonly events: AgentEvent[]
  readonly logs: string[]
  readonly warnings: string[]
}

export function makeCatalog(world: TestWorld): Catalog {
  const names = { destinationName: (id: string) => id, jobName: () => undefined, jobs: () => [] }
  return openCatalog({ path: join(makeTempDir(), 'catalog.db'), names, world })
}

export function makeRuns(overrides: Partial<RunsDeps> = {}): RunsHarness {
  const world = makeWorld()
  const catalog = overrides.catalog ?? makeCatalog(world)
  const events: AgentEvent[] = []
  const logs: string[] = []
  const warnings: string[] = []
  const bus = createEventBus(new Redactor(), (error) => warnings.push(String(error)))
  bus.subscribe((event) => events.push(event))
  const runs = new Runs({
    world,
    catalog,
    events: bus,
    redactor: new Redactor(),
    openLog: () => ({ write: (level, text) => logs.push(`${level} ${text}`), close: () => undefined }),
    warn: (text) => warnings.push(text),
    ...overrides,
  })
  return { runs, world, catalog, events, logs, warnings }
}

/** A backup of one job to one destination, unless told otherwise. */
export function makeSpec(overrides: Partial<RunSpec> = {}): RunSpec {
  return {
    kind: 'backup',
    job: 'job_aaaaaa',
    jobName: 'shop',
    type: 'full',
    trigger: 'manual',
    keys: ['job:job_aaaaaa'],
    writes: ['dst_aaaaaa'],
    limits: { timeoutMinutes: 60, noProgressMinutes: 15 },
    execute: (hooks) => Promise.resolve(endedRecord(hooks, 'good')),
    ...overrides,
  }
}

export function endedRecord(hooks: RunHooks, outcome: 'good' | 'failed' | 'cancelled', error?: unknown): RunRecord {
  return {
    id: hooks.run,
    kind: 'backup',
    job: 'job_aaaaaa',
    jobName: 'shop',
    type: 'full',
    trigger: hooks.trigger,
    startedAt: hooks.startedAt,
    finishedAt: localIso(new Date()),
    outcome,
    sets: [],
    findings: [],
    spans: [],
    bytesRead: 0,
    bytesStored: 0,
    ...(error === undefined ? {} : { error: toBackupError(error).toData() }),
  }
}

/** Resolves when the run is aborted, with a record as the engine makes it. */
export async function untilAborted(hooks: RunHooks, catalog?: Catalog): Promise<RunRecord> {
  await new Promise<void>((resolve) => {
    if (hooks.signal.aborted) resolve()
    hooks.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const error = toBackupError(hooks.signal.reason)
  const record = endedRecord(hooks, error.code === 'cancelled' ? 'cancelled' : 'failed', error)
  catalog?.recordRun(record)
  return record
}

/** Waits until `check` holds; fails the test after ten seconds. */
export async function until(check: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      if (!check()) throw new Error('not yet')
    },
    { timeout: 10_000, interval: 5 },
  )
}
