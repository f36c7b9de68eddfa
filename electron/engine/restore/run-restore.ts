/** A restore as a run: plan, staging, check, swap; into a new place, or into a scratch place that is thrown away. */
import type { DestinationConfig } from '../../contract/destination.ts'
import { makeFinding } from '../../contract/words.ts'
import type { Finding } from '../../contract/finding.ts'
import { databaseInWords } from '../../contract/postgres.ts'
import { phrase } from '../../contract/phrases.ts'
import { isAbsolute, join, resolve } from 'node:path'
import type { ProofLevel } from '../../contract/proof.ts'
import type { RunRecord } from '../../contract/run.ts'
import { isAboutSet, levelAfter } from '../proof/restore-test.ts'
import { noteAtDestination, recordProof, recordProofLocally } from '../proof/record-proof.ts'
import type { EngineDeps, RestoreOrder, RunHooks, SetLocation } from '../engine-api.ts'
import { BackupError, toBackupError } from '../errors.ts'
import { checkTarget } from '../preflight.ts'
import { sizesOf, type Leg } from '../run-fraction.ts'
import { RunRecorder } from '../run-recorder.ts'
import { openSet, sourcesNow, subjectOf, type OpenSet } from '../set-reading.ts'
import { enterRun, writeRunRecord } from '../write-run-record.ts'
import { restoreInto, resolved } from './into-server.ts'
import { maskedFindings } from './masked.ts'
import { restoredBytes, restoreSet, type RestoredSet } from './restore-set.ts'
import { restoreToScratch } from './scratch.ts'
import { stageTarget } from './target.ts'

/** Restores into `order.to`, or into a scratch place where that is undefined. What went wrong is in the record. */
export async function runRestore(asked: RestoreOrder, deps: EngineDeps, hooks: RunHooks): Promise<RunRecord> {
  const recorder = new RunRecorder(deps, hooks)
  let order = asked
  let set: OpenSet | undefined
  let restored: RestoredSet | undefined
  let failure: BackupError | undefined
  try {
    const opened = await recorder.stage('preflight', {}, () => openSet(asked.from, deps, hooks.signal))
    set = opened
    order = resolved(asked, opened.manifest, deps)
    recorder.find(...findingsFor(order, opened, deps))
    recorder.plan(legsOf(order), sizesOf(opened.manifest))
    restored = await restoreAsOrdered(opened, order, deps, hooks, recorder)
    recorder.find(...afterwards(restored))
  } catch (error) {
    failure = toBackupError(error, 'restore-fetch')
  } finally {
    await set?.close()
  }
  const record = recorder.close(
    { kind: 'restore', ...subjectOf(set, order.from, deps) },
    {
      outcome:
        failure === undefined ? recorder.outcomeOfFindings() : failure.code === 'cancelled' ? 'cancelled' : 'failed',
      ...(failure === undefined ? { proof: proofOf(set, restored, order) } : { error: failure.toData() }),
      ...(restored === undefined ? {} : { compared: restored.compared }),
      ...namedTarget(order),
      ...(restored === undefined || restored.replaced.length === 0 ? {} : { replaced: [...restored.replaced] }),
    },
  )
  await note(record, set, order, deps, hooks)
  return record
}

async function restoreAsOrdered(
  set: OpenSet,
  order: RestoreOrder,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoredSet> {
  if (order.into !== undefined) return await restoreInto(set, order.into, order.only, deps, hooks, recorder)
  if (order.to === undefined) return await restoreToScratch(set, order.only, deps, hooks, recorder)
  return await restoreTo(set, order.to, order, deps, hooks, recorder)
}

/** What whoever restored must hear of how it went. */
function afterwards({ unproven, replaced }: RestoredSet): readonly Finding[] {
  return [
    ...unproven.map(({ detail }) => makeFinding('not-provable', detail)),
    ...replaced.map(({ kept }) => makeFinding('database-kept', { database: kept })),
  ]
}

function namedTarget({ to, into }: RestoreOrder): Pick<RunRecord, 'target'> {
  if (into !== undefined) return { target: databaseInWords(into) }
  return to === undefined ? {} : { target: to }
}

export function isTest({ to, into }: RestoreOrder): boolean {
  return to === undefined && into === undefined
}

function legsOf(order: RestoreOrder): readonly Leg[] {
  return [{ stage: isTest(order) ? 'restore-check' : 'restore-stage' }]
}

/** Whoever asked for one part has chosen it; whoever asked for all must hear what is not there. */
export function findingsFor(order: RestoreOrder, set: OpenSet, { world }: EngineDeps): readonly Finding[] {
  const { only } = order
  const found = only === undefined ? set.findings : set.findings.filter(({ code }) => code !== 'source-failed')
  return [...found, ...maskedFindings(set.manifest, only, !isTest(order), world.host.platform)]
}

/** `restored` of a whole set alone: a part of one, or a set that lacks a source, proves nothing about the rest. */
function proofOf(
  set: OpenSet | undefined,
  restored: RestoredSet | undefined,
  order: RestoreOrder,
): ProofLevel | undefined {
  if (set === undefined || restored === undefined || order.only !== undefined || order.into !== undefined)
    return undefined
  return set.manifest.missing.length > 0 ? undefined : restored.level
}

async function restoreTo(
  set: OpenSet,
  to: string,
  { only, keepOut }: RestoreOrder,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoredSet> {
  const { world } = deps
  if (!isAbsolute(to)) throw new BackupError('invalid-input', { reason: phrase('path-not-absolute'), path: to })
  const target = resolve(to)
  await recorder.stage('preflight', {}, () => checkTarget(target, keepOut, world))
  const totalBytes = restoredBytes(set.manifest, only)
  const staging = await stageTarget(target, totalBytes, world)
  try {
    const restored = await recorder.stage('restore-stage', { totalBytes }, (progress) =>
      restoreSet(set.manifest, set.store, staging.path, {
        ...{ world, signal: hooks.signal, only, progress },
        isTest: false,
        into: undefined,
        sources: sourcesNow(set.manifest, deps),
      }),
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

/** Where what was found out is noted: nothing that an older copy of a place shows says anything of the place itself. */
function placeOf(set: OpenSet | undefined, from: SetLocation): DestinationConfig | undefined {
  return set?.isFromCopy === true || from.by === 'path' ? undefined : from.destination
}

async function note(
  record: RunRecord,
  set: OpenSet | undefined,
  order: RestoreOrder,
  deps: EngineDeps,
  hooks: RunHooks,
): Promise<void> {
  const { outcome, error, subject } = record
  hooks.log(outcome === 'failed' ? 'error' : 'info', `outcome=${outcome ?? ''} ${error?.message ?? ''}`)
  // A newer catalog is left as it is; reading a backup needs nothing of it.
  if (deps.catalog.readOnly) return
  enterRun(record, deps, hooks)
  const destination = placeOf(set, order.from)
  if (destination === undefined || subject === undefined) return
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
