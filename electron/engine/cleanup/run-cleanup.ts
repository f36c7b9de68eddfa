/** A clean-up as a run: at each destination of a job, what retention allows to go, and nothing where that cannot be told. */
import { causedBy, makeFinding } from '../../contract/words.ts'
import type { DestinationConfig } from '../../contract/destination.ts'
import type { Job } from '../../contract/job.ts'
import type { RetentionReason } from '../../contract/retention.ts'
import type { RunRecord } from '../../contract/run.ts'
import type { CleanupOptions, EngineDeps, RunHooks } from '../engine-api.ts'
import { throwIfAborted, toBackupError, type BackupError } from '../errors.ts'
import { importSets } from '../import-sets.ts'
import { openForWriting, type Writing } from '../open-destination.ts'
import { noteAtDestination } from '../proof/record-proof.ts'
import { RunRecorder } from '../run-recorder.ts'
import { enterRun, writeRunRecord } from '../write-run-record.ts'
import { setsOf } from './gather-facts.ts'
import { isWhole, listJob, type ListedSet } from './list-job.ts'
import { planAt } from './plan-at.ts'
import { finishRemovals, removeSets, type RemovedSet } from './remove-sets.ts'

/** Journal records of one change are numbered with two digits, and the run's own is among them. */
const BATCH = 90

interface Cleanup {
  readonly job: Job
  readonly deps: EngineDeps
  readonly hooks: RunHooks
  readonly options: CleanupOptions
  readonly recorder: RunRecorder
  readonly removed: RemovedSet[]
}

/** What cannot be removed, and why nothing is, is in the record's findings. One destination failing never stops the others. */
export async function runCleanup(
  job: Job,
  destinations: readonly DestinationConfig[],
  deps: EngineDeps,
  options: CleanupOptions,
  hooks: RunHooks,
): Promise<RunRecord> {
  const recorder = new RunRecorder(deps, hooks)
  const cleanup: Cleanup = { job, deps, hooks, options, recorder, removed: [] }
  const errors: BackupError[] = []
  recorder.plan(
    destinations.map(({ name: destination }) => ({ stage: 'remove', destination })),
    new Map(),
  )
  for (const config of destinations) {
    try {
      await recorder.stage('remove', { destination: config.name }, () => cleanAt(config, cleanup))
    } catch (error) {
      const failure = toBackupError(error, 'remove')
      errors.push(failure)
      if (hooks.signal.aborted) break
      tellFailure(config, failure, cleanup)
    }
  }
  const record = recordOf(cleanup, errors, destinations.length)
  hooks.log(record.outcome === 'failed' ? 'error' : 'info', `outcome=${record.outcome ?? ''}`)
  await noteAt(destinations, record, cleanup)
  enterRun(record, deps, hooks)
  return record
}

function tellFailure(config: DestinationConfig, failure: BackupError, { recorder, hooks }: Cleanup): void {
  const { name: place, id: destination } = config
  hooks.log('error', `${place}: ${failure.message}`)
  // As a backup tells it, so that whoever follows the places hears of it in one way.
  recorder.find(makeFinding('destination-failed', { ...causedBy(failure), place, destination }))
  const code = failure.code === 'destination-rolled-back' ? 'frozen-older' : 'frozen-unreachable'
  recorder.find(frozenFinding({ code, detail: {} }, place))
}

function frozenFinding({ code, detail }: RetentionReason, place: string) {
  return makeFinding('retention-frozen', { ...detail, place, reason: code })
}

/** Batch by batch, each decided anew. */
async function cleanAt(config: DestinationConfig, cleanup: Cleanup): Promise<void> {
  const { removed } = cleanup
  const before = removed.length
  try {
    while (await cleanBatch(config, cleanup));
  } finally {
    const count = removed.length - before
    if (count > 0) cleanup.recorder.find(makeFinding('sets-removed', { count, place: config.name }))
  }
}

/** @returns whether there may be more to remove */
async function cleanBatch(config: DestinationConfig, cleanup: Cleanup): Promise<boolean> {
  const { job, deps, hooks, options, recorder, removed } = cleanup
  throwIfAborted(hooks.signal)
  const present = presentAt(config.id, cleanup)
  const writing = await openForWriting(config, deps, hooks.run, hooks.signal)
  try {
    const seen = await listJob(writing.destination, job.slug, hooks.signal)
    await importNews(writing, seen, cleanup)
    const known = new Map(setsOf(deps.catalog, job.id, config.id).map((set) => [set.id, set]))
    const vanished = present.filter((id) => known.get(id)?.state === 'missing').length
    const inUse = options.inUse()
    const asked = { job, destination: config.id, seen, vanished, inUse }
    const { frozen, sets } = await planAt(writing.destination, asked, deps, hooks.signal)
    const removing = { writing, deps, hooks, recorder, inUse: () => options.inUse() }
    await finishRemovals(seen, removing)
    const going = sets.filter(({ action }) => action === 'delete')
    if (sets.length > 0) recorder.find(...frozen.map((reason) => frozenFinding(reason, config.name)))
    const isDone = await removeSets(going.slice(0, BATCH), removing, removed)
    deps.catalog.recordGeneration(config.id, writing.sequence)
    return isDone && going.length > BATCH
  } finally {
    await writing.close()
  }
}

/** Ids of the job's sets that were there when somebody last looked. */
function presentAt(destination: string, { job, deps }: Cleanup): string[] {
  return setsOf(deps.catalog, job.id, destination)
    .filter(({ state }) => state === 'present' || state === 'damaged')
    .map(({ id }) => id)
}

/** What lies there and is not known is read first, and what is known and does not lie there is noted: never the other way round (G04). */
async function importNews(writing: Writing, seen: ReadonlyMap<string, ListedSet>, cleanup: Cleanup): Promise<void> {
  const { job, deps, hooks } = cleanup
  const known = new Set(presentAt(writing.config.id, cleanup))
  const there = [...seen].filter(([, listed]) => isWhole(listed)).map(([id]) => id)
  const hasNews = there.some((id) => !known.has(id) && !isOfOther(id, writing.config.id, job.id, cleanup))
  const isShort = [...known].some((id) => !there.includes(id))
  if (hasNews || isShort) await importSets(writing.destination, deps, hooks.signal)
}

/** Another job's set in a folder of the same name: known, and none of this one's business (R11). */
function isOfOther(id: string, destination: string, job: string, { deps }: Cleanup): boolean {
  const { sets } = deps.catalog.sets({ id, destination, limit: 1, offset: 0 })
  return sets.some((set) => set.job !== job && set.state !== 'missing')
}

function recordOf({ job, recorder, removed }: Cleanup, errors: readonly BackupError[], places: number): RunRecord {
  const error = errors.find(({ code }) => code === 'cancelled') ?? (errors.length === places ? errors[0] : undefined)
  const outcome =
    error === undefined ? recorder.outcomeOfFindings() : error.code === 'cancelled' ? 'cancelled' : 'failed'
  return recorder.close(
    { kind: 'cleanup', job: job.id, jobName: job.name },
    {
      outcome,
      ...(error === undefined ? {} : { error: error.toData() }),
      ...(removed.length === 0 ? {} : { removed: removed.slice(0, MAX_REMOVED) }),
    },
  )
}

/** The contract's bound; the finding has the true count. */
const MAX_REMOVED = 1000

/** Only where something was removed: a look that changes nothing leaves no trace at a place. */
async function noteAt(destinations: readonly DestinationConfig[], record: RunRecord, cleanup: Cleanup): Promise<void> {
  const { deps, hooks, job, removed } = cleanup
  for (const config of destinations) {
    if (!removed.some(({ destination }) => destination === config.id)) continue
    await noteAtDestination(config, deps, hooks, (writing) =>
      writeRunRecord(record, writing, `${job.slug}/logs/backup.log`, hooks),
    )
  }
}
