/** Runs: started here and nowhere else, waited for, cancelled, and read back with their log. */
import { phrase } from '../../contract/phrases.ts'
import { isAbsolute, resolve } from 'node:path'
import type { Job } from '../../contract/job.ts'
import { databaseInWords, serverInWords } from '../../contract/postgres.ts'
import type { ParamsOut } from '../../contract/rpc.ts'
import type { RunRecord } from '../../contract/run.ts'
import type { RestoreOrder } from '../../engine/engine-api.ts'
import { refuseReadOnly } from '../../engine/catalog/catalog.ts'
import { BackupError } from '../../engine/errors.ts'
import type { AgentContext, Handlers } from '../context.ts'
import { findJob, noIncremental, placesFor } from '../lookup.ts'
import { fitRows, fitRun, rowOfRun } from '../page-size.ts'
import { resolveSet, type FoundSet } from '../set-ref.ts'

type RunMethods =
  | 'backup.start'
  | 'verify.start'
  | 'restore.plan'
  | 'restore.start'
  | 'restore.undo'
  | 'run.cancel'
  | 'run.wait'
  | 'run.show'
  | 'run.list'
  | 'run.log'

/** For a set of no known job; the contract's own defaults for a job. */
const DEFAULT_LIMITS = { timeoutMinutes: 12 * 60, noProgressMinutes: 15 }

export const runHandlers: Pick<Handlers, RunMethods> = {
  'backup.start': ({ job, type }, agent) => {
    const found = findJob(agent.settings.current(), job)
    if (type === 'incremental') throw noIncremental()
    return { run: startBackup(found, type, 'manual', agent) }
  },

  'verify.start': ({ set, level, destination }, agent) => {
    const found = resolveSet(set, destination, placesOf(agent))
    // Whether the set is sound is what a verification finds out.
    const location = found.location.by === 'path' ? found.location : { ...found.location, fault: undefined }
    const run = agent.runs.start({
      ...readingSpec(found, agent),
      kind: 'verify',
      keys: [`verify:${placeKey(found)}`],
      execute: (hooks) => agent.engine.verify(location, level, hooks),
    })
    return { run }
  },

  'restore.plan': async (request, agent) => await agent.engine.planRestore(orderOf(request, agent).order, agent.signal),

  'restore.start': (request, agent) => {
    const { order, found } = orderOf(request, agent)
    const spec = readingSpec(found, agent)
    const run = agent.runs.start({
      ...spec,
      kind: 'restore',
      keys: keysOf(order, found, agent),
      target: order.into === undefined ? order.to : databaseInWords(order.into),
      execute: (hooks) => agent.engine.restore(order, hooks),
    })
    return { run }
  },

  'restore.undo': ({ run }, agent) => {
    const undone = known(run, agent.catalog.run(run))
    const { job, jobName, replaced = [] } = undone
    if (replaced.length === 0) throw new BackupError('not-found', { what: phrase('restore-to-undo'), name: run })
    const target = replaced.map(databaseInWords).join(', ')
    const started = agent.runs.start({
      ...{ kind: 'restore', job, jobName, trigger: 'manual', writes: [], limits: DEFAULT_LIMITS, target },
      keys: replaced.map(({ server }) => `server:${serverInWords(server)}`),
      execute: (hooks) => agent.engine.undo(undone, hooks),
    })
    return { run: started }
  },

  'run.cancel': async ({ run }, { runs }) => {
    await runs.cancel(run)
    return {}
  },

  'run.wait': async ({ run }, { runs }) => fitRun(await runs.wait(run)),

  'run.show': ({ run }, { catalog }) => fitRun(known(run, catalog.run(run))),

  'run.list': ({ job, kind, outcome, limit, offset }, { settings, catalog }) => {
    const id = job === undefined ? undefined : findJob(settings.current(), job).id
    const { total, runs } = catalog.runs({ job: id, kind, outcome, limit, offset })
    return { total, runs: fitRows(runs.map(rowOfRun)) }
  },

  'run.log': async ({ run, offset, limit }, { runs, runLogs, catalog }) => {
    known(run, catalog.run(run))
    // Asked before the lines are read: a run that ends in between is then read once more rather than once too few.
    const finished = !runs.isActive(run)
    const { lines, next } = await runLogs.read(run, offset, limit)
    const fitting = fitRows(lines)
    return {
      lines: fitting,
      next: next - (lines.length - fitting.length),
      finished: finished && fitting.length === lines.length,
    }
  },
}

/** Starts a job's backup; throws `run-already-active` where the job is being backed up already. */
export function startBackup(
  job: Job,
  type: ParamsOut<'backup.start'>['type'],
  trigger: RunRecord['trigger'],
  agent: AgentContext,
): string {
  refuseReadOnly(agent.catalog)
  const destinations = placesFor(job, agent.settings.current())
  return agent.runs.start({
    kind: 'backup',
    job: job.id,
    jobName: job.name,
    type,
    trigger,
    keys: [`job:${job.id}`],
    writes: destinations.map(({ id }) => id),
    limits: job,
    execute: (hooks) => agent.engine.backup(job, type, destinations, hooks),
  })
}

/**
 * What verifying and restoring have in common: the set read from, and the job it belongs to, where there is one. Both only read,
 * so they hold nothing of the job: an emergency's restore goes beside a backup that takes hours.
 */
function readingSpec(found: FoundSet, agent: AgentContext) {
  const info = found.detail?.info
  const job = agent.settings.current().jobs.find(({ id }) => id === info?.job)
  return {
    job: job?.id ?? info?.job,
    jobName: job?.name ?? info?.jobName ?? folderName(found),
    trigger: 'manual' as const,
    subject: info?.id,
    writes: [],
    reads: found.location.by === 'destination' ? found.location.destination.id : undefined,
    limits: job ?? DEFAULT_LIMITS,
  }
}

/** One copy of one set; the same one is proven or tried once at a time, however often it is asked for. */
function placeKey({ location }: FoundSet): string {
  return location.by === 'path' ? location.path : `${location.destination.id}:${location.set}`
}

function folderName(found: FoundSet): string {
  const path = found.location.by === 'path' ? found.location.path : found.location.set
  return path.slice(-80)
}

function orderOf(
  request: ParamsOut<'restore.plan'>,
  agent: AgentContext,
): { readonly order: RestoreOrder; readonly found: FoundSet } {
  const { to, testMode, only, into, inPlace } = request
  const targets = [to !== undefined, into !== undefined, inPlace, testMode].filter(Boolean).length
  if (targets === 0) throw new BackupError('usage', { reason: phrase('restore-needs-folder') })
  if (targets > 1) throw new BackupError('usage', { reason: phrase('test-restore-place') })
  if (to !== undefined && (!isAbsolute(to) || to.includes('\0')))
    throw new BackupError('invalid-input', { reason: phrase('path-not-absolute'), path: to })
  const found = resolveSet(request.set, request.destination, placesOf(agent))
  const { jobs, destinations } = agent.settings.current()
  const keepOut = { jobs, folders: [agent.home, ...destinations.map(({ path }) => path)] }
  return {
    order: { from: found.location, to: to === undefined ? undefined : resolve(to), only, into, inPlace, keepOut },
    found,
  }
}

/** One restore at a time into one place, and into one server: its databases change their names. */
function keysOf({ to, into, inPlace }: RestoreOrder, found: FoundSet, agent: AgentContext): string[] {
  if (into !== undefined) return [`server:${serverInWords(into.server)}`]
  if (to !== undefined) return [`target:${to}`]
  if (inPlace !== true) return [`try:${placeKey(found)}`]
  const job = agent.settings.current().jobs.find(({ id }) => id === found.detail?.info.job)
  const servers = (job?.sources ?? []).flatMap((source) => (source.kind === 'postgres' ? [source.server] : []))
  return [...new Set(servers.map((server) => `server:${serverInWords(server)}`))]
}

function placesOf(agent: AgentContext) {
  return { settings: agent.settings.current(), catalog: agent.catalog }
}

function known(id: string, run: RunRecord | undefined): RunRecord {
  if (run === undefined) throw new BackupError('not-found', { what: 'run', name: id })
  return run
}
