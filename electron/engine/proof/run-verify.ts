/** A verification as a run: reads a set back from where it lies and says how far it is proven. */
import { makeFinding } from '../../contract/words.ts'
import { proofOfVerify, type VerifyLevel } from '../../contract/proof.ts'
import type { RunRecord } from '../../contract/run.ts'
import type { EngineDeps, RunHooks, SetLocation } from '../engine-api.ts'
import { toBackupError } from '../errors.ts'
import { sizesOf } from '../run-fraction.ts'
import { RunRecorder } from '../run-recorder.ts'
import { openSet, sourcesNow, subjectOf, type OpenSet } from '../set-reading.ts'
import { isAboutSet, testRestore, type RestoreTest } from './restore-test.ts'
import { enterRun, writeRunRecord } from '../write-run-record.ts'
import { proveSet } from './prove-set.ts'
import { noteAtDestination, recordProof, recordProofLocally } from './record-proof.ts'

/** What is wrong with the set is in the record: outcome `failed`, the level that still holds, the first error. */
export async function runVerify(
  from: SetLocation,
  level: VerifyLevel,
  deps: EngineDeps,
  hooks: RunHooks,
): Promise<RunRecord> {
  const recorder = new RunRecorder(deps, hooks)
  let set: OpenSet | undefined
  let verified: RestoreTest
  try {
    set = await recorder.stage('preflight', {}, () => openSet(from, deps, hooks.signal))
    recorder.find(...set.findings)
    verified = await verifyOpen(set, level, deps, hooks, recorder)
    recorder.find(...verified.unproven.map((reason) => makeFinding('not-provable', reason.detail)))
  } catch (error) {
    verified = { level: 'none', error: toBackupError(error, 'read-back'), compared: undefined, unproven: [] }
  } finally {
    await set?.close()
  }
  const record = recordOf(verified, set, from, deps, recorder)
  await note(record, verified, set, from, deps, hooks)
  return record
}

async function verifyOpen(
  set: OpenSet,
  level: VerifyLevel,
  deps: EngineDeps,
  hooks: RunHooks,
  recorder: RunRecorder,
): Promise<RestoreTest> {
  recorder.plan([{ stage: level === 'restore' ? 'restore-check' : 'read-back' }], sizesOf(set.manifest))
  if (level === 'restore') return testRestore(set.manifest, set.store, deps, hooks, recorder)
  const { manifest, store } = set
  const totalBytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
  return recorder.stage('read-back', { totalBytes }, async (progress) => {
    const done = new Map<string, number>()
    const proof = await proveSet(manifest.files, manifest.missing, store, proofOfVerify[level], {
      world: deps.world,
      signal: hooks.signal,
      sources: sourcesNow(manifest, deps),
      progress: (artifact, bytes) => {
        done.set(artifact.file, bytes)
        progress([...done.values()].reduce((sum, value) => sum + value, 0))
      },
    })
    recorder.addRead(totalBytes)
    for (const artifact of proof.artifacts) {
      hooks.log(
        artifact.error === undefined ? 'info' : 'error',
        `${artifact.file}: ${artifact.error?.message ?? artifact.level}`,
      )
    }
    const errors = proof.artifacts.flatMap((artifact) => artifact.error ?? [])
    const unproven = errors.filter(({ code }) => code === 'not-provable')
    const error = errors.find(({ code }) => code !== 'not-provable')
    return { level: proof.level, error, compared: undefined, unproven }
  })
}

function recordOf(
  verified: RestoreTest,
  set: OpenSet | undefined,
  from: SetLocation,
  deps: EngineDeps,
  recorder: RunRecorder,
): RunRecord {
  const { error, level, compared } = verified
  const outcome =
    error === undefined ? recorder.outcomeOfFindings() : error.code === 'cancelled' ? 'cancelled' : 'failed'
  return recorder.close(
    { kind: 'verify', ...subjectOf(set, from, deps) },
    {
      outcome,
      proof: level,
      ...(error === undefined ? {} : { error: error.toData() }),
      ...(compared === undefined ? {} : { compared }),
    },
  )
}

async function note(
  record: RunRecord,
  verified: RestoreTest,
  set: OpenSet | undefined,
  from: SetLocation,
  deps: EngineDeps,
  hooks: RunHooks,
): Promise<void> {
  const { level, error, unproven } = verified
  hooks.log(error === undefined ? 'info' : 'error', `outcome=${record.outcome ?? ''} proof=${level}`)
  // A newer catalog is left as it is; reading a backup needs nothing of it.
  if (deps.catalog.readOnly) return
  enterRun(record, deps, hooks)
  if (from.by !== 'destination' || set?.isFromCopy === true) return
  if (error !== undefined && !isAboutSet(error)) return
  // Neither good nor bad: what was known of the set before still holds.
  if (error === undefined && unproven.length > 0) return
  const proof = { set: from.set, level, ok: error === undefined }
  const { destination } = from
  const isNoted = await noteAtDestination(destination, deps, hooks, async (writing) => {
    await recordProof(writing, proof, deps, hooks)
    await writeRunRecord(record, writing, `${from.set.slice(0, from.set.indexOf('/'))}/logs/backup.log`, hooks)
  })
  // Read-only or full: what was found out about the set must not be lost with the note.
  if (!isNoted) recordProofLocally(destination.id, proof, deps, hooks)
}
