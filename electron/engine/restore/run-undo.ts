/** Takes a restore in place back, as a run: what it had put aside gets its name again. */
import { makeFinding } from '../../contract/words.ts'
import { join } from 'node:path'
import { databaseInWords } from '../../contract/postgres.ts'
import { phrase } from '../../contract/phrases.ts'
import type { Outcome, Replaced, RunRecord } from '../../contract/run.ts'
import type { EngineDeps, RunHooks } from '../engine-api.ts'
import { BackupError, toBackupError } from '../errors.ts'
import { RunRecorder } from '../run-recorder.ts'
import { sourceReader } from '../source/registry.ts'
import { makeWorkDir, removeWorkDir } from '../work-dir.ts'
import { enterRun } from '../write-run-record.ts'

/** @param undone the run of the restore; what it put aside must be there still. What went wrong is in the record. */
export async function runUndo(undone: RunRecord, deps: EngineDeps, hooks: RunHooks): Promise<RunRecord> {
  const recorder = new RunRecorder(deps, hooks)
  const aside: Replaced[] = []
  let failure: BackupError | undefined
  try {
    recorder.plan([{ stage: 'restore-swap' }], new Map())
    aside.push(...(await recorder.stage('restore-swap', {}, () => takeBack(undone, deps, hooks))))
    recorder.find(...aside.map(({ kept }) => makeFinding('database-kept', { database: kept })))
  } catch (error) {
    failure = toBackupError(error, 'restore-swap')
  }
  const outcome = failure === undefined ? recorder.outcomeOfFindings() : outcomeOfFailure(failure)
  const record = recorder.close(subjectOf(undone), {
    outcome,
    ...(failure === undefined ? {} : { error: failure.toData() }),
    ...(aside.length === 0 ? {} : { replaced: aside }),
  })
  hooks.log(failure === undefined ? 'info' : 'error', `outcome=${record.outcome ?? ''} ${failure?.message ?? ''}`)
  if (!deps.catalog.readOnly) enterRun(record, deps, hooks)
  return record
}

function subjectOf({ job, jobName, replaced = [] }: RunRecord): Pick<RunRecord, 'kind' | 'job' | 'jobName' | 'target'> {
  const target = replaced.length === 0 ? {} : { target: replaced.map(databaseInWords).join(', ') }
  return { kind: 'restore', jobName, ...(job === undefined ? {} : { job }), ...target }
}

function outcomeOfFailure({ code }: BackupError): Outcome {
  return code === 'cancelled' ? 'cancelled' : 'failed'
}

async function takeBack(
  { id, replaced = [] }: RunRecord,
  { world, workRoot }: EngineDeps,
  hooks: RunHooks,
): Promise<readonly Replaced[]> {
  if (replaced.length === 0) throw new BackupError('not-found', { what: phrase('restore-to-undo'), name: id })
  const folder = await makeWorkDir(world, join(workRoot, `undo-${hooks.run}`))
  try {
    const aside: Replaced[] = []
    for (const one of replaced) {
      const put = await sourceReader(one.kind, world).takeBack?.(one, { target: folder, signal: hooks.signal })
      if (put !== undefined) aside.push(put)
    }
    return aside
  } finally {
    await removeWorkDir(world, folder)
  }
}
