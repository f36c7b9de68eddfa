/** A restore as a run: plan, staging, check, swap; into a new place, or into a scratch place that is thrown away. */
import type { DestinationConfig } from '../../contract/destination.ts'
import type { Finding } from '../../contract/finding.ts'
import { isTree, type Artifact, type Content, type Manifest } from '../../contract/manifest.ts'
import { phrase } from '../../contract/phrases.ts'
import { isAbsolute, join, resolve } from 'node:path'
import type { RestorePlan } from '../../contract/rpc.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { RunRecord } from '../../contract/run.ts'
import { isAboutSet, levelAfter } from '../proof/restore-test.ts'
import { noteAtDestination, recordProof, recordProofLocally } from '../proof/record-proof.ts'
import type { EngineDeps, RestoreOrder, RunHooks, SetLocation } from '../engine-api.ts'
import { freeBytesAt } from '../disk-errors.ts'
import { BackupError, toBackupError } from '../errors.ts'
import { checkTarget } from '../preflight.ts'
import { sizesOf, type Leg } from '../run-fraction.ts'
import { makeFinding, RunRecorder } from '../run-recorder.ts'
import { openSet, sourcesNow, subjectOf, type OpenSet } from '../set-reading.ts'
import { enterRun, writeRunRecord } from '../write-run-record.ts'
import { databaseFor, nameOfTarget, restoreInto } from './into-server.ts'
import { maskedFindings } from './masked.ts'
import { restoredBytes, restoreSet, selectArtifacts, type RestoredSet } from './restore-set.ts'
import { restoreToScratch } from './scratch.ts'
import { stageTarget } from './target.ts'

/** Restores into `order.to`, or into a scratch place where that is undefined. What went wrong is in the record. */
export async function runRestore(order: RestoreOrder, deps: EngineDeps, hooks: RunHooks): Promise<RunRecord> {
  const recorder = new RunRecorder(deps, hooks)
  let set: OpenSet | undefined
  let restored: RestoredSet | undefined
  let failure: BackupError | undefined
  try {
    const opened = await recorder.stage('preflight', {}, () => openSet(order.from, deps, hooks.signal))
    set = opened
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
      ...(restored?.replaced === undefined ? {} : { replaced: restored.replaced }),
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
    ...(replaced === undefined ? [] : [makeFinding('database-kept', { database: replaced.kept })]),
  ]
}

function namedTarget({ to, into }: RestoreOrder): Pick<RunRecord, 'target'> {
  if (into !== undefined) return { target: nameOfTarget(into) }
  return to === undefined ? {} : { target: to }
}

function isTest({ to, into }: RestoreOrder): boolean {
  return to === undefined && into === undefined
}

function legsOf(order: RestoreOrder): readonly Leg[] {
  return [{ stage: isTest(order) ? 'restore-check' : 'restore-stage' }]
}

/** Whoever asked for one part has chosen it; whoever asked for all must hear what is not there. */
function findingsFor(order: RestoreOrder, set: OpenSet, { world }: EngineDeps): readonly Finding[] {
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

/** What a restore would do, in numbers; changes nothing. */
export async function planRestore(order: RestoreOrder, deps: EngineDeps, signal: AbortSignal): Promise<RestorePlan> {
  if (order.to !== undefined) await checkTarget(order.to, order.keepOut, deps.world)
  const set = await openSet(order.from, deps, signal)
  try {
    const { manifest } = set
    const target = order.into === undefined ? (order.to ?? join(deps.workRoot, 'scratch')) : nameOfTarget(order.into)
    const seconds = deps.catalog.measuredRestoreSeconds(manifest.job.id)
    return {
      set: {
        id: manifest.set,
        jobName: manifest.job.name,
        type: manifest.backup_type,
        at: manifest.backup_date,
        proof: provenNow(set, order, deps) ?? manifest.proof.level,
      },
      target,
      items: chosenFor(order, manifest).map(({ source, content, plain_bytes: bytes }) => ({
        source: source.name,
        kind: source.kind,
        to: placesOf(content),
        bytes,
        ...('tables' in content ? { tables: content.tables.length } : {}),
        ...(isTree(content) ? { files: content.files } : {}),
      })),
      bytesNeeded: restoredBytes(manifest, order.only),
      ...(order.into === undefined ? { bytesFree: (await freeBytesAt(target, deps.world)) ?? 0 } : {}),
      ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
      warnings: await warningsOf(target, order, set, deps),
    }
  } finally {
    await set.close()
  }
}

function chosenFor({ into, only }: RestoreOrder, manifest: Manifest): readonly Artifact[] {
  return into === undefined ? selectArtifacts(manifest, only) : [databaseFor(manifest, only)]
}

/** What a restore calls what it makes of an artifact. */
function placesOf(content: Content): string {
  switch (content.kind) {
    case 'sqlite':
      return content.name
    case 'postgres':
      return content.database
    case 'files':
    case 'config':
      return content.roots.map((root) => root.name).join(', ')
    case 'globals':
      return 'globals.sql'
    case 'index':
      return ''
  }
}

/** The manifest knows the proof of the day it was written; the catalog knows what was found out since. */
function provenNow(
  { manifest, isFromCopy }: OpenSet,
  { from }: RestoreOrder,
  deps: EngineDeps,
): ProofLevel | undefined {
  if (from.by === 'path' || isFromCopy) return undefined
  return deps.catalog.set(from.destination.id, manifest.set)?.info.proof
}

async function warningsOf(target: string, order: RestoreOrder, set: OpenSet, deps: EngineDeps): Promise<Finding[]> {
  const warnings: Finding[] = []
  if (order.into?.mode === 'replace') warnings.push(makeFinding('database-replaced', { database: order.into.database }))
  const entries = order.to === undefined ? [] : await deps.world.files.readdir(target).catch(() => [])
  if (entries.length > 0) warnings.push(makeFinding('target-occupied', { path: target }))
  return [...warnings, ...findingsFor(order, set, deps)]
}
