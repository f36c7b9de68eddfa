/** Puts the engine together: the one door for the agent. */
import { join } from 'node:path'
import type { DestinationConfig, ProbeReport } from '../contract/destination.ts'
import { setIdSchema } from '../contract/ids.ts'
import type { Job } from '../contract/job.ts'
import type { SourceConfig, SourceReport } from '../contract/source.ts'
import { refuseReadOnly } from './catalog/catalog.ts'
import type { Lease } from './destination/destination.ts'
import type { JournalWriter } from './destination/journal.ts'
import { destinations as destinationKinds } from './destination/registry.ts'
import type { Engine, EngineDeps, InitOptions } from './engine-api.ts'
import { BackupError } from './errors.ts'
import { previewCleanup, removalsInSight } from './cleanup/preview-cleanup.ts'
import { runCleanup } from './cleanup/run-cleanup.ts'
import { importSets } from './import-sets.ts'
import { listFiles } from './list-files.ts'
import { lookAtSets } from './look-at-sets.ts'
import { openDestination, openForWriting } from './open-destination.ts'
import { runBackup } from './pipeline.ts'
import { checkPlaces } from './preflight.ts'
import { runVerify } from './proof/run-verify.ts'
import { planRestore } from './restore/plan-restore.ts'
import { runRestore } from './restore/run-restore.ts'
import { runUndo } from './restore/run-undo.ts'
import { createSource } from './source/registry.ts'
import { emptyWorkRoot, makeWorkDir, removeWorkDir, workRootOf } from './work-dir.ts'
import type { World } from './world.ts'

export type { Engine, EngineDeps, RestoreOrder, RunHooks, SetLocation } from './engine-api.ts'

export function createEngine(deps: EngineDeps): Engine {
  const { world } = deps
  return {
    backup: (job, type, destinations, hooks) => runBackup(job, type, destinations, deps, hooks),
    verify: (from, level, hooks) => runVerify(from, level, deps, hooks),
    restore: (order, hooks) => runRestore(order, deps, hooks),
    undo: (undone, hooks) => runUndo(undone, deps, hooks),
    cleanup: (job, destinations, options, hooks) => runCleanup(job, destinations, deps, options, hooks),
    previewCleanup: (job, destinations, options, signal) => previewCleanup(job, destinations, deps, options, signal),
    removalsInSight: (job, destinations, options) => removalsInSight(job, destinations, deps, options),
    planRestore: (order, signal) => planRestore(order, deps, signal),
    listFiles: (from, asked, signal) => listFiles(from, asked, deps, signal),
    testSource: (source, signal) => testSource(source, deps, signal),
    checkJob: async (job, destinations, signal) => {
      await checkPlaces(job, destinations, deps.workRoot, world)
      refuseUntestable(job, world)
      for (const source of job.sources) await testSource(source, deps, signal)
    },
    probe: (destination, signal) => {
      const known = { minGeneration: deps.catalog.generation(destination.id) }
      return destinationKinds[destination.kind].probe(destination, world, signal, known)
    },
    initDestination: (destination, options, signal) => initDestination(destination, options, deps, signal),
    releaseDestination: (config, signal) => destinationKinds[config.kind].unmark(config, world, signal),
    importDestination: async (config, signal) => {
      const destination = await openDestination(config, deps, signal)
      try {
        const { sets, jobs } = await importSets(destination, deps, signal)
        return { sets, jobs }
      } finally {
        await destination.close()
      }
    },
    lookAtSets: async (config, signal) => {
      const destination = await openDestination(config, deps, signal)
      try {
        return await lookAtSets(destination, deps, signal)
      } finally {
        await destination.close()
      }
    },
    noteJob: (job, destinations, signal) => noteJob(job, destinations, deps, signal),
    pin: (destination, set, pinned, signal) => pin(destination, set, pinned, deps, signal),
    recover: async (jobs) => {
      await makeWorkDir(world, deps.workRoot)
      for (const root of new Set([deps.workRoot, ...jobs.map((job) => workRootOf(job, deps))])) {
        await emptyWorkRoot(world, root)
      }
    },
  }
}

/** A job that asks for what can never be done would end with the same warning every night. */
function refuseUntestable({ prove, sources }: Job, world: World): void {
  const untestable = sources.find((source) => !createSource(source, world).isRestoreTestable)
  if (prove === 'restored' && untestable !== undefined)
    throw new BackupError('restore-test-nowhere', { source: untestable.name })
}

/** In a folder below the work root, so that nothing of it outlives a killed agent: it may hold a password. */
async function testSource(source: SourceConfig, deps: EngineDeps, signal: AbortSignal): Promise<SourceReport> {
  const { world, workRoot } = deps
  const workDir = await makeWorkDir(world, join(workRoot, `look-${world.random(8)}`))
  try {
    return await createSource(source, world).check({ workDir, signal })
  } finally {
    await removeWorkDir(world, workDir)
  }
}

/**
 * Makes the marker at a new place, or takes over one that bears a marker already.
 * @returns the definition with the id that the place bears from now on
 * @throws BackupError destination-marker-foreign where the place has a marker and `adopt` was not said; nothing-to-adopt where it was, and
 *   the place is neither known nor bears one; destination-missing where a known one is away
 */
async function initDestination(
  config: DestinationConfig,
  options: InitOptions,
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<DestinationConfig> {
  refuseReadOnly(deps.catalog)
  const kind = destinationKinds[config.kind]
  const probe = await kind.probe(config, deps.world, signal)
  if (options.adopt && (probe.state === 'foreign' || probe.state === 'ours')) return adopt(config, deps, signal)
  if (options.adopt) demandPlace(config.path, probe, options)
  const id = probe.state === 'foreign' ? await ownIdOf(config, deps, signal) : config.id
  // A new disk for a known purpose goes on counting where the old one stopped.
  const minGeneration = deps.catalog.generation(id)
  const destination = await kind.open({ ...config, id }, { mode: 'create', minGeneration }, deps.world, signal)
  try {
    deps.catalog.recordGeneration(id, destination.marker.generation)
    return { ...config, id }
  } finally {
    await destination.close()
  }
}

/** Whoever takes a place over means one that is there: a mistyped path, or a disk that is away, must not become a new place. */
function demandPlace(path: string, { state, error }: ProbeReport, { isKnown = false }: InitOptions): void {
  if (state === 'missing' && isKnown) throw new BackupError('destination-missing', { path })
  if (isKnown) return
  const isOther = error !== undefined && error.code !== 'destination-missing'
  throw isOther ? new BackupError(error.code, error.detail) : new BackupError('nothing-to-adopt', { path })
}

/** A place that was removed from the settings and is added again is ours still: its marker bears an id that the catalog knows. */
async function ownIdOf(config: DestinationConfig, deps: EngineDeps, signal: AbortSignal): Promise<string> {
  const id = await destinationKinds[config.kind].identify(config, deps.world, signal)
  return deps.catalog.hasSeen(id) ? id : config.id
}

/**
 * The place keeps its own id: its sets name it, and other machines may know it. An older state of a known place (a disk from
 * the shelf, a clone) is raised above what was last seen, since the user has said that it is to be used as it is.
 */
async function adopt(config: DestinationConfig, deps: EngineDeps, signal: AbortSignal): Promise<DestinationConfig> {
  const kind = destinationKinds[config.kind]
  const adopted = { ...config, id: await kind.identify(config, deps.world, signal) }
  const destination = await kind.open(adopted, { mode: 'existing', minGeneration: 1 }, deps.world, signal)
  let lease: Lease | undefined
  try {
    lease = await kind.acquireLease(destination, `${deps.installId}:adopt`, deps.world, signal)
    const { generation } = await destination.raiseGeneration(signal, deps.catalog.generation(adopted.id))
    await importSets(destination, deps, signal)
    deps.catalog.recordGeneration(adopted.id, generation)
    return adopted
  } finally {
    await lease?.release()
    await destination.close()
  }
}

async function noteJob(
  job: Job,
  destinations: readonly DestinationConfig[],
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<void> {
  for (const config of destinations) {
    await mutate(config, deps, 'job', signal, (journal) => journal.append({ type: 'job', job }, signal))
  }
}

async function pin(
  config: DestinationConfig,
  set: string,
  pinned: boolean,
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<void> {
  if (deps.catalog.manifest(config.id, set) === undefined)
    throw new BackupError('not-found', { what: 'backup', name: set })
  await mutate(config, deps, 'pin', signal, (journal) =>
    journal.append({ type: 'pin', set: setIdSchema.parse(set), pinned }, signal),
  )
  deps.catalog.setPinned(config.id, set, pinned)
}

/** One small change at a destination, under its lease. */
async function mutate(
  config: DestinationConfig,
  deps: EngineDeps,
  what: string,
  signal: AbortSignal,
  write: (journal: JournalWriter) => Promise<unknown>,
): Promise<void> {
  const writing = await openForWriting(config, deps, what, signal)
  try {
    await write(writing.journal)
    deps.catalog.recordGeneration(config.id, writing.sequence)
  } finally {
    await writing.close()
  }
}
