/** Opens and closes the destinations of a run, and keeps their failures apart. */
import type { DestinationConfig } from '../contract/destination.ts'
import { setNameAt } from './artifact-names.ts'
import type { BackupRun, Branch, OpenBranch } from './backup-run.ts'
import { BackupError, toBackupError } from './errors.ts'
import { openForWriting, type Writing } from './open-destination.ts'
import { makeFinding } from './run-recorder.ts'

/** Staged remains of a run that never published stay this long, in case somebody wants to look (faults.md A06). */
const SWEEP_GRACE_MS = 24 * 60 * 60 * 1000

/**
 * @returns one branch per destination, those that could not be opened with their error
 * @throws BackupError the first error, where none could be opened
 */
export async function openBranches(run: BackupRun, destinations: readonly DestinationConfig[]): Promise<Branch[]> {
  const opened: { config: DestinationConfig; writing?: Writing; error?: BackupError }[] = []
  try {
    for (const config of destinations) opened.push(await openOne(run, config))
    const name = await freeName(
      run,
      opened.flatMap(({ writing }) => writing ?? []),
    )
    const branches: Branch[] = []
    for (const { config, writing, error } of opened) {
      const open = writing === undefined ? undefined : await stage(run, writing, name)
      branches.push({ config, open, artifacts: [], error: undefined, made: undefined })
      if (error !== undefined) failBranch(run, branches.at(-1), error)
    }
    const first = opened.find(({ error }) => error !== undefined)?.error
    if (first !== undefined && opened.every(({ writing }) => writing === undefined)) throw first
    return branches
  } catch (error) {
    for (const { writing } of opened) await writing?.close()
    throw error
  }
}

async function openOne(
  run: BackupRun,
  config: DestinationConfig,
): Promise<{ config: DestinationConfig; writing?: Writing; error?: BackupError }> {
  try {
    const writing = await openForWriting(config, run.deps, run.hooks.run, run.hooks.signal)
    return { config, writing }
  } catch (error) {
    if (run.hooks.signal.aborted) throw error
    return { config, error: toBackupError(error, 'lock') }
  }
}

/** Local time to the second; a repeated second gets `_2`. One name for all destinations, so that people see one backup. */
async function freeName(run: BackupRun, writings: readonly Writing[]): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = setNameAt(run.type, run.startedAt, attempt)
    const taken = await Promise.all(writings.map((writing) => isTaken(run, writing, name)))
    if (!taken.includes(true)) return name
  }
}

async function isTaken(run: BackupRun, writing: Writing, name: string): Promise<boolean> {
  const prefix = `${run.job.slug}/${run.type}/${name}/`
  for await (const object of writing.destination.list(prefix, run.hooks.signal)) return object.key !== ''
  return false
}

async function stage(run: BackupRun, writing: Writing, name: string): Promise<OpenBranch> {
  const { job, type, hooks } = run
  await writing.destination.sweep(SWEEP_GRACE_MS, hooks.signal)
  const staged = await writing.destination.beginSet(`${job.slug}/${type}/${name}`, hooks.signal)
  const store = { place: writing.destination.place, get: staged.get.bind(staged) }
  return { writing, staged, store, set: `${job.slug}/${name}` }
}

/** Notes that nothing will be published at this destination. */
export function failBranch(run: BackupRun, branch: Branch | undefined, error: BackupError): void {
  if (branch === undefined || branch.error !== undefined) return
  branch.error = error
  run.hooks.log('error', `${branch.config.name}: ${error.message}`)
  run.recorder.find(makeFinding('destination-failed', { place: branch.config.name, reason: error.message }))
}

/** Destinations that still take part. */
export function living(branches: readonly Branch[]): { readonly branch: Branch; readonly open: OpenBranch }[] {
  return branches.flatMap((branch) =>
    branch.error === undefined && branch.open !== undefined ? [{ branch, open: branch.open }] : [],
  )
}

/** Removes what was staged and not published, gives leases back. Never throws: the run's outcome is decided by now. */
export async function closeBranches(run: BackupRun, branches: readonly Branch[]): Promise<void> {
  for (const { open, made } of branches) {
    if (open === undefined) continue
    try {
      if (made === undefined) await open.staged.abandon()
      await open.writing.close()
    } catch (error) {
      run.hooks.log('warn', `${open.writing.config.name}: ${toBackupError(error).message}`)
    }
  }
}
