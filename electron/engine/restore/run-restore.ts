/** A restore as a run: plan, staging, check, swap; into a new place, or into a scratch place that is thrown away. */
import type { Finding } from '../../contract/finding.ts'
import { phrase } from '../../contract/phrases.ts'
import { isAbsolute, join, resolve } from 'node:path'
import type { RestorePlan } from '../../contract/rpc.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { RunRecord } from '../../contract/run.ts'
import { isAboutSet, levelAfter } from '../proof/restore-test.ts'
import { noteAtDestination, recordProof, recordProofLocally } from '../proof/record-proof.ts'
import type { EngineDeps, RestoreOrder, RunHooks } from '../engine-api.ts'
import { BackupError, toBackupError } from '../errors.ts'
import { makeFinding, RunRecorder } from '../run-recorder.ts'
import { missingFindings, openSet, type OpenSet } from '../set-reading.ts'
import { makeWorkDir, removeWorkDir } from '../work-dir.ts'
import { enterRun, writeRunRecord } from '../write-run-record.ts'
import { restoreSet, selectArtifacts, type RestoredSet } from './restore-set.ts'
import { freeBytes, stageTarget } from './target.ts'

/** Plain bytes that a restore of this selection writes. */
function bytesOf(set: OpenSet, only: string | undefined): number {
  return selectArtifacts(set.manifest, only).reduce((sum, file) => {
    // A tar's own size may be far below what sparse files claim, and far above what a part of it needs.
    const { content } = file
    return (
      sum +
      (content.kind === 'files' || content.kind === 'config'
        ? Math.min(content.file_bytes, file.plain_bytes)
        : file.plain_bytes)
    )
  }, 0)
}

/** Restores into `order.to`, or into a scratch place where that is undefined. What went wrong is in the record. */
export async function runRestore(order: RestoreOrder, deps: EngineDeps, hooks: RunHooks): Promise<RunRecord> {
  const recorder = new RunRecorder(deps.world, hooks)
  recorder.plan(4)
  let set: OpenSet | undefined
  let restored: RestoredSet | undefined
  let failure: BackupError | undefined
  try {
    const opened = await recorder.stage('preflight', {}, () => openSet(order.from, deps, hooks.signal))
    set = opened
    recorder.find(...lackingFor(order, opened))
    restored =
      order.to === undefined
        ? await restoreToScratch(opened, order, deps, hooks, recorder)
        : await restoreTo(opened, order.to, order.only, deps, hooks, recorder)
  } catch (error) {
    failure = toBackupError(error, 'restore-fetch')
  } finally {
    await set?.close()
  }
  const record = recorder.close(
    {
      kind: 'restore',
      jobName: set?.manifest.job.name ?? '',
      ...(set === undefined ? {} : { job: set.manifest.job.id, subject: set.manifest.set }),
    },
    {
      outcome:
        failure === undefined ? recorder.outcomeOfFindings() : failure.code === 'cancelled' ? 'cancelled' : 'failed',
      ...(failure === undefined ? { proof: proofOf(set, order) } : { error: failure.toData() }),
      ...(restored === undefined ? {} : { compared: restored.compared }),
      ...(order.to === undefined ? {} : { target: order.to }),
    },
  )
  await note(record, order, deps, hooks)
  return record
}

/** Whoever asked for one part has chosen it; whoever asked for all must hear what is not there. */
function lackingFor(order: RestoreOrder, set: OpenSet): readonly Finding[] {
  return order.only === undefined ? missingFindings(set.manifest) : []
}

/** `restored` of a whole set alone: a part of one proves and measures nothing about the rest. */
function proofOf(set: OpenSet | undefined, order: RestoreOrder): ProofLevel | undefined {
  if (set === undefined || order.only !== undefined) return undefined
  return set.manifest.missing.length > 0 ? 'none' : 'restored'
}

async function restoreTo(
  set: OpenSet,
  to: string,
  only: string | undefined,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoredSet> {
  const { world } = deps
  if (!isAbsolute(to)) throw new BackupError('invalid-input', { reason: phrase('path-not-absolute'), path: to })
  const target = resolve(to)
  const totalBytes = bytesOf(set, only)
  const staging = await stageTarget(target, totalBytes, world)
  try {
    const restored = await recorder.stage('restore-stage', { totalBytes }, (progress) =>
      restoreSet(set.manifest, set.store, staging.path, { world, signal: hooks.signal, only, progress }),
    )
    recorder.addRead(totalBytes)
    await recorder.stage('restore-swap', {}, () => staging.commit())
    for (const place of restored.places) hooks.log('info', `restored ${join(target, place)}`)
    return restored
  } catch (error) {
    await staging.discard()
    throw error
  }
}

/** The same way to a place of our own, compared and removed: a restore test. */
async function restoreToScratch(
  set: OpenSet,
  order: RestoreOrder,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoredSet> {
  const scratch = await makeWorkDir(deps.world, join(deps.workRoot, `scratch-${hooks.run}`))
  try {
    return await restoreTo(set, join(scratch, 'restored'), order.only, deps, hooks, recorder)
  } finally {
    await removeWorkDir(deps.world, scratch)
  }
}

async function note(record: RunRecord, order: RestoreOrder, deps: EngineDeps, hooks: RunHooks): Promise<void> {
  const { outcome, error, subject } = record
  hooks.log(outcome === 'failed' ? 'error' : 'info', `outcome=${outcome ?? ''} ${error?.message ?? ''}`)
  // A newer catalog is left as it is; reading a backup needs nothing of it.
  if (deps.catalog.readOnly) return
  enterRun(record, deps, hooks)
  if (order.from.by !== 'destination' || subject === undefined) return
  const { destination } = order.from
  const outcomeOfSet = proofOfRestore(record)
  const proof = outcomeOfSet === undefined ? undefined : { set: subject, ...outcomeOfSet }
  const isNoted = await noteAtDestination(destination, deps, hooks, async (writing) => {
    if (proof !== undefined) await recordProof(writing, proof, deps, hooks)
    await writeRunRecord(record, writing, `${subject.slice(0, subject.indexOf('/'))}/logs/restore.log`, hooks)
  })
  // Read-only, full, or busy with a backup: what was found out about the set must not be lost with the note.
  if (!isNoted && proof !== undefined) recordProofLocally(destination.id, proof, deps, hooks)
}

/** A whole set that came out equal is proven as far as can be; one that turned out damaged is not what it was. */
function proofOfRestore(record: RunRecord): { level: ProofLevel; ok: boolean } | undefined {
  if (record.error !== undefined) {
    return isAboutSet(record.error) ? { level: levelAfter(record.error, 'none'), ok: false } : undefined
  }
  return record.proof === 'restored' ? { level: 'restored', ok: true } : undefined
}

/** What a restore would do, in numbers; changes nothing. */
export async function planRestore(order: RestoreOrder, deps: EngineDeps, signal: AbortSignal): Promise<RestorePlan> {
  const set = await openSet(order.from, deps, signal)
  try {
    const { manifest } = set
    const target = order.to ?? join(deps.workRoot, 'scratch')
    const seconds = deps.catalog.measuredRestoreSeconds(manifest.job.id)
    return {
      set: {
        id: manifest.set,
        jobName: manifest.job.name,
        type: manifest.backup_type,
        at: manifest.backup_date,
        proof: manifest.proof.level,
      },
      target,
      items: selectArtifacts(manifest, order.only).map(({ source, content, plain_bytes: bytes }) => ({
        source: source.name,
        kind: source.kind,
        to:
          content.kind === 'sqlite'
            ? content.name
            : content.kind === 'index'
              ? ''
              : content.roots.map((root) => root.name).join(', '),
        bytes,
        ...(content.kind === 'sqlite' ? { tables: content.tables.length } : {}),
        ...(content.kind === 'files' || content.kind === 'config' ? { files: content.files } : {}),
      })),
      bytesNeeded: bytesOf(set, order.only),
      bytesFree: await freeBytes(target, deps.world),
      ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
      warnings: await warningsOf(target, order, set, deps),
    }
  } finally {
    await set.close()
  }
}

async function warningsOf(target: string, order: RestoreOrder, set: OpenSet, deps: EngineDeps): Promise<Finding[]> {
  const warnings: Finding[] = []
  const entries = order.to === undefined ? [] : await deps.world.files.readdir(target).catch(() => [])
  if (entries.length > 0) warnings.push(makeFinding('target-occupied', { path: target }))
  return [...warnings, ...missingFindings(set.manifest)]
}
