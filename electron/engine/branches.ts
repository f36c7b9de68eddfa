/** Opens and closes the destinations of a run, and keeps their failures apart. */
import { causedBy, makeFinding } from '../contract/words.ts'
import type { DestinationConfig } from '../contract/destination.ts'
import { setNameAt } from './artifact-names.ts'
import type { BackupRun, Branch, OpenBranch } from './backup-run.ts'
import { BackupError, toBackupError } from './errors.ts'
import { openForWriting, type Writing } from './open-destination.ts'

/** Staged remains of a run that never published stay this long, in case somebody wants to look (faults.md A06). */
const SWEEP_GRACE_MS = 24 * 60 * 60 * 1000

/**
 * @returns one branch per destination, those that could not be opened with their error
 * @throws BackupError the first error, where none could be opened
 */
export async function openBranches(run: BackupRun, destinations: readonly DestinationConfig[]): Promise<Branch[]> {
  const opened: Opened[] = []
  const branches: Branch[] = []
  try {
    for (const config of destinations) opened.push(await openOne(run, config))
    const name = await freeName(
      run,
      opened.flatMap(({ writing }) => writing ?? []),
    )
    for (const one of opened) branches.push(await beginBranch(run, one, name))
    const first = branches.find(({ error }) => error !== undefined)?.error
    if (first !== undefined && living(branches).length === 0) throw first
    return branches
  } catch (error) {
    for (const { open } of branches) await open?.staged.abandon()
    for (const { writing } of opened) await writing?.close()
    throw error
  }
}

interface Opened {
  readonly config: DestinationConfig
  readonly writing?: Writing
  readonly error?: BackupError
}

async function openOne(run: BackupRun, config: DestinationConfig): Promise<Opened> {
  try {
    const writing = await openForWriting(config, run.deps, run.hooks.run, run.hooks.signal)
    return { config, writing }
  } catch (error) {
    if (run.hooks.signal.aborted) throw error
    return { config, error: toBackupError(error, 'lock') }
  }
}

/** A place that opens but in which no set can be begun fails by itself, as one that cannot be opened does. */
async function beginBranch(run: BackupRun, { config, writing, error }: Opened, name: string): Promise<Branch> {
  const branch: Branch = { config, open: undefined, artifacts: [], error: undefined, made: undefined }
  if (writing === undefined) {
    failBranch(run, branch, error ?? new BackupError('internal', { reason: 'not opened' }))
    return branch
  }
  try {
    return { ...branch, open: await stage(run, writing, name) }
  } catch (failure) {
    if (run.hooks.signal.aborted) throw failure
    await writing.close()
    failBranch(run, branch, toBackupError(failure, 'lock'))
    return branch
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
  try {
    for await (const object of writing.destination.list(prefix, run.hooks.signal)) return object.key !== ''
  } catch (error) {
    // `beginSet` refuses a taken name by itself, and tells what is wrong with this one place.
    if (run.hooks.signal.aborted) throw error
  }
  return false
}

async function stage(run: BackupRun, writing: Writing, name: string): Promise<OpenBranch> {
  const { job, type, hooks } = run
  await writing.destination.sweep(SWEEP_GRACE_MS, hooks.signal)
  const staged = await writing.destination.beginSet(`${job.slug}/${type}/${name}`, hooks.signal)
  const store = { place: writing.destination.place, get: staged.get.bind(staged) }
  return { writing, staged, store, set: `${job.slug}/${name}` }
}

/** Notes that this destination does not get what was wanted of it; what it has got already stays. */
export function failBranch(run: BackupRun, branch: Branch | undefined, error: BackupError): void {
  if (branch === undefined || branch.error !== undefined) return
  branch.error = error
  run.hooks.log('error', `${branch.config.name}: ${error.message}`)
  run.recorder.find(
    makeFinding('destination-failed', { ...causedBy(error), place: branch.config.name, destination: branch.config.id }),
  )
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
