/** The only file that knows the order of a backup (DESIGN §4). */
import { causedBy, makeFinding } from '../contract/words.ts'
import type { DestinationConfig } from '../contract/destination.ts'
import type { BackupType, Job } from '../contract/job.ts'
import type { Artifact, Manifest } from '../contract/manifest.ts'
import type { SourceConfig } from '../contract/source.ts'
import { reaches, weakest, type ProofLevel } from '../contract/proof.ts'
import type { Outcome, RunRecord } from '../contract/run.ts'
import { artifactBases } from './artifact-names.ts'
import { backupLegs, expectedSizes } from './backup-plan.ts'
import type { BackupRun, Branch, OpenBranch } from './backup-run.ts'
import { closeBranches, failBranch, living, openBranches } from './branches.ts'
import { encodeSource } from './encode-source.ts'
import type { EngineDeps, RunHooks } from './engine-api.ts'
import { toBackupError, type BackupError } from './errors.ts'
import { checkPlaces, sharesVolume } from './preflight.ts'
import { proveSet } from './proof/prove-set.ts'
import { recordProof } from './proof/record-proof.ts'
import { isAboutSet, testRestore } from './proof/restore-test.ts'
import { setPrefixOf, storeAt } from './proof/set-store.ts'
import { publishBranch } from './publish.ts'
import { RunRecorder } from './run-recorder.ts'
import { createSource } from './source/registry.ts'
import { enterRun, writeRunRecord } from './write-run-record.ts'

/**
 * Backs a job up to its destinations.
 * lock → preflight → snapshot → compress → digest → put → read back → decode → match → manifest → publish → journal → catalog
 * Retention and the telling of people follow as runs of their own: a clean-up that fails makes no good backup a failed one, its record
 * says by itself what went and why, and the places are not kept from the next writer meanwhile.
 */
export async function runBackup(
  job: Job,
  type: BackupType,
  destinations: readonly DestinationConfig[],
  deps: EngineDeps,
  hooks: RunHooks,
): Promise<RunRecord> {
  const recorder = new RunRecorder(deps, hooks)
  const run: BackupRun = { job, type, deps, hooks, recorder, startedAt: deps.world.clock.now(), files: new Set() }
  recorder.plan(backupLegs(job, destinations), expectedSizes(job, destinations, deps.catalog))
  const branches: Branch[] = []
  try {
    const error = await work(run, destinations, branches)
    return await finish(run, branches, error)
  } finally {
    await closeBranches(run, branches)
  }
}

/** Everything up to the outcome. @returns what went wrong with the run or one of its sources; a destination's error is in its branch */
async function work(
  run: BackupRun,
  destinations: readonly DestinationConfig[],
  branches: Branch[],
): Promise<BackupError | undefined> {
  const { recorder } = run
  try {
    branches.push(...(await recorder.stage('lock', {}, () => openBranches(run, destinations))))
    await recorder.stage('preflight', {}, () => preflight(run, branches))
    const { missing, firstError } = await encodeAll(run, branches)
    for (const { branch, open } of living(branches)) await proveAndPublish(run, branch, open, missing)
    return firstError
  } catch (error) {
    return toBackupError(error)
  }
}

async function preflight(run: BackupRun, branches: readonly Branch[]): Promise<void> {
  const { job, deps, recorder } = run
  const configs = branches.map((branch) => branch.config)
  await checkPlaces(job, configs, deps.workRoot, deps.world)
  const paths = await Promise.all(job.sources.map((source) => createSource(source, deps.world).paths()))
  for (const { path } of configs) {
    if (await sharesVolume(path, paths.flat(), deps.world)) recorder.find(makeFinding('same-volume', { place: path }))
  }
}

/** A server takes a few seconds to start again. */
const RESTART_MS = 10_000

interface Encoded {
  readonly missing: Manifest['missing']
  readonly firstError: BackupError | undefined
}

/** A source that fails does not stop the others (faults.md B07); the set that is then published says what it lacks. */
async function encodeAll(run: BackupRun, branches: readonly Branch[]): Promise<Encoded> {
  const bases = artifactBases(run.job.sources)
  const missing: Manifest['missing'] = []
  let firstError: BackupError | undefined
  for (const config of run.job.sources) {
    const { id, kind, name } = config
    try {
      await encodeTwice(run, config, bases.get(id) ?? id, branches)
    } catch (error) {
      const failure = toBackupError(error, 'snapshot')
      if (run.hooks.signal.aborted || living(branches).length === 0) throw failure
      firstError ??= failure
      missing.push({ id, kind, name, code: failure.code })
      run.recorder.find(makeFinding('source-failed', { ...causedBy(failure), source: name }, { source: name }))
    }
  }
  return { missing, firstError }
}

/** A server that was restarted is there again in a moment: its source is begun anew, once (faults.md D06). */
async function encodeTwice(
  run: BackupRun,
  config: SourceConfig,
  base: string,
  branches: readonly Branch[],
): Promise<void> {
  try {
    await encodeSource(run, config, base, branches)
  } catch (error) {
    const failure = toBackupError(error, 'snapshot')
    const { signal } = run.hooks
    if (failure.code !== 'postgres-lost' || signal.aborted || living(branches).length === 0) throw failure
    run.hooks.log('warn', failure.message)
    await run.deps.world.clock.sleep(RESTART_MS, signal)
    await encodeSource(run, config, base, branches)
    run.recorder.find(
      makeFinding('source-retried', { ...failure.detail, source: config.name }, { source: config.name }),
    )
  }
}

async function proveAndPublish(
  run: BackupRun,
  branch: Branch,
  open: OpenBranch,
  missing: Manifest['missing'],
): Promise<void> {
  if (branch.artifacts.length === 0) return
  try {
    const level = await proveBranch(run, branch, open, missing)
    const manifest = await publishBranch(run, branch, open, missing, level)
    if (run.job.prove === 'restored') await proveRestored(run, branch, open, manifest)
  } catch (error) {
    if (run.hooks.signal.aborted) throw error
    failBranch(run, branch, toBackupError(error))
  }
}

/** Reads every staged artifact back from where it lies. @returns the level that the manifest may claim */
function proveBranch(
  run: BackupRun,
  branch: Branch,
  open: OpenBranch,
  missing: Manifest['missing'],
): Promise<ProofLevel> {
  const { recorder, deps, hooks } = run
  const totalBytes = branch.artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0)
  return recorder.stage('read-back', { destination: branch.config.name, totalBytes }, async (progress) => {
    const done = new Map<string, number>()
    const proof = await proveSet(branch.artifacts, missing, open.store, 'matched', {
      world: deps.world,
      signal: hooks.signal,
      sources: run.job.sources,
      progress: (artifact: Artifact, bytes) => {
        done.set(artifact.file, bytes)
        progress([...done.values()].reduce((sum, value) => sum + value, 0))
      },
    })
    const failed = proof.artifacts.find((artifact) => artifact.error !== undefined)
    if (failed?.error !== undefined) throw failed.error
    return proof.level
  })
}

/** The job wants a restore test after every run: from the published set, not from what was staged. */
async function proveRestored(run: BackupRun, branch: Branch, open: OpenBranch, manifest: Manifest): Promise<void> {
  const { deps, hooks, recorder } = run
  const { destination } = open.writing
  const store = storeAt(destination, setPrefixOf(manifest))
  const { level, error, unproven } = await testRestore(manifest, store, deps, hooks, recorder)
  recorder.find(...unproven.map((reason) => makeFinding('not-provable', reason.detail)))
  if (error === undefined || isAboutSet(error)) {
    await recordProof(open.writing, { set: manifest.set, level, ok: error === undefined }, deps, hooks)
    if (branch.made !== undefined) branch.made = { ...branch.made, proof: level }
  }
  if (error === undefined) return
  // The set is stored and matched: that it could not be tried says nothing of its place.
  if (isAboutSet(error)) throw error
  recorder.find(makeFinding('restore-test-failed', { ...causedBy(error), place: branch.config.name }))
}

/** Turns what happened at each destination into the one outcome; writes it to the journals, then to the catalog. */
async function finish(run: BackupRun, branches: readonly Branch[], error: BackupError | undefined): Promise<RunRecord> {
  const { job, type, deps, hooks, recorder } = run
  const sets = branches.flatMap((branch) => branch.made ?? [])
  const failure = error ?? branches.find((branch) => branch.error !== undefined)?.error
  const outcome = outcomeOf(run, branches, error)
  const proof = weakest(sets.map((made) => made.proof))
  const record = recorder.close(
    { kind: 'backup', job: job.id, jobName: job.name, type },
    { outcome, proof, sets, ...(failure === undefined ? {} : { error: failure.toData() }) },
  )
  hooks.log(outcome === 'failed' ? 'error' : 'info', `outcome=${outcome} proof=${proof}`)
  for (const branch of branches)
    await writeRunRecord(record, branch.open?.writing, `${job.slug}/logs/backup.log`, hooks)
  enterRun(record, deps, hooks)
  return record
}

/** Good: matched at every wanted destination. A warning: something to look at, or one of several destinations failed. */
function outcomeOf(run: BackupRun, branches: readonly Branch[], error: BackupError | undefined): Outcome {
  const sets = branches.flatMap((branch) => branch.made ?? [])
  if (error?.code === 'cancelled' && sets.length === 0) return 'cancelled'
  const isProven = sets.length > 0 && sets.every((made) => reaches(made.proof, 'matched'))
  if (error !== undefined || !isProven) return 'failed'
  return sets.length < branches.length ? 'warning' : run.recorder.outcomeOfFindings()
}
