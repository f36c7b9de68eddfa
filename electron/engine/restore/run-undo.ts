/** Takes a restore in place back, as a run: what it had put aside gets its name again. */
import { join } from 'node:path'
import { databaseInWords } from '../../contract/postgres.ts'
import { phrase } from '../../contract/phrases.ts'
import type { Outcome, Replaced, RunRecord } from '../../contract/run.ts'
import type { EngineDeps, RunHooks } from '../engine-api.ts'
import { BackupError, toBackupError } from '../errors.ts'
import { makeFinding, RunRecorder } from '../run-recorder.ts'
import { sourceReader } from '../source/registry.ts'
import { makeWorkDir, removeWorkDir } from '../work-dir.ts'
import { enterRun } from '../write-run-record.ts'

/** @param undone the run of the restore; what it put aside must be there still. What went wrong is in the record. */
export async function runUndo(undone: RunRecord, deps: EngineDeps, hooks: RunHooks): Promise<RunRecord> {
  const recorder = new RunRecorder(deps, hooks)
  let aside: Replaced | undefined
  let failure: BackupError | undefined
  try {
    recorder.plan([{ stage: 'restore-swap' }], new Map())
    aside = await recorder.stage('restore-swap', {}, () => takeBack(undone, deps, hooks))
    if (aside !== undefined) recorder.find(makeFinding('database-kept', { database: aside.kept }))
  } catch (error) {
    failure = toBackupError(error, 'restore-swap')
  }
  const outcome = failure === undefined ? recorder.outcomeOfFindings() : outcomeOfFailure(failure)
  const record = recorder.close(subjectOf(undone), {
    outcome,
    ...(failure === undefined ? {} : { error: failure.toData() }),
    ...(aside === undefined ? {} : { replaced: aside }),
  })
  hooks.log(failure === undefined ? 'info' : 'error', `outcome=${record.outcome ?? ''} ${failure?.message ?? ''}`)
  if (!deps.catalog.readOnly) enterRun(record, deps, hooks)
  return record
}

function subjectOf({ job, jobName, replaced }: RunRecord): Pick<RunRecord, 'kind' | 'job' | 'jobName' | 'target'> {
  const target = replaced === undefined ? {} : { target: databaseInWords(replaced) }
  return { kind: 'restore', jobName, ...(job === undefined ? {} : { job }), ...target }
}

function outcomeOfFailure({ code }: BackupError): Outcome {
  return code === 'cancelled' ? 'cancelled' : 'failed'
}

async function takeBack(
  { id, replaced }: RunRecord,
  { world, workRoot }: EngineDeps,
  hooks: RunHooks,
): Promise<Replaced | undefined> {
  const reader = sourceReader('postgres', world)
  if (replaced === undefined || reader.takeBack === undefined)
    throw new BackupError('not-found', { what: phrase('restore-to-undo'), name: id })
  const folder = await makeWorkDir(world, join(workRoot, `undo-${hooks.run}`))
  try {
    return await reader.takeBack(replaced, { target: folder, signal: hooks.signal })
  } finally {
    await removeWorkDir(world, folder)
  }
}
