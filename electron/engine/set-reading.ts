/** Opens an existing set for reading: by its destination, or by the path of its folder on any machine. */
import { makeFinding } from '../contract/words.ts'
import { phrase } from '../contract/phrases.ts'
import { basename, resolve } from 'node:path'
import type { Detail } from '../contract/error.ts'
import type { Finding } from '../contract/finding.ts'
import { setIdSchema } from '../contract/ids.ts'
import type { Manifest } from '../contract/manifest.ts'
import type { RunRecord } from '../contract/run.ts'
import type { SourceConfig } from '../contract/source.ts'
import type { Destination } from './destination/destination.ts'
import type { EngineDeps, SetFault, SetLocation } from './engine-api.ts'
import { diskError } from './disk-errors.ts'
import { BackupError, errnoOf } from './errors.ts'
import { openForReading, type OlderState } from './open-destination.ts'
import { readManifest, setPrefixFrom, storeAt, storeInFolder, typeOfSet, type SetStore } from './proof/set-store.ts'

/** The contract's bound of a job's name. */
const MAX_JOB_NAME = 80

export interface OpenSet {
  readonly manifest: Manifest
  readonly store: SetStore
  /** What whoever reads the set must hear: an older one than asked for, an older copy of its place, sources that it lacks. */
  readonly findings: readonly Finding[]
  /** True where it was read from an older copy of its place: then nothing that is found out says anything of the place itself. */
  readonly isFromCopy: boolean
  close(): Promise<void>
}

/** The sources of a set as its job has them now: their programs and servers may serve to prove it. Empty for a foreign set. */
export function sourcesNow({ job }: Manifest, deps: EngineDeps): readonly SourceConfig[] {
  return deps.jobs().find(({ id }) => id === job.id)?.sources ?? []
}

/**
 * @throws BackupError not-found (no such folder), manifest-missing, manifest-damaged, manifest-edited, manifest-newer, or what the place
 *   reports; destination-rolled-back where an older copy of the place does not hold the set
 */
export async function openSet(from: SetLocation, deps: EngineDeps, signal: AbortSignal): Promise<OpenSet> {
  if (from.by === 'path') return openByPath(from.path, deps, signal)
  const { destination, older } = await openForReading(from.destination, deps, signal)
  try {
    const prefix = setPrefixFrom(from.set, typeOfSet(from.set))
    const store = storeAt(destination, prefix)
    const { manifest, sha256 } = await readManifest(store, signal)
    checkIdentity(manifest, sha256, from.set, destination, deps)
    const findings = [...placeFindings(from, older), ...missingFindings(manifest)]
    return { manifest, store, findings, isFromCopy: older !== undefined, close: () => destination.close() }
  } catch (error) {
    await destination.close()
    // Of an older copy it says nothing that a newer set is not there.
    const isAbsent = error instanceof BackupError && error.code === 'manifest-missing'
    throw isAbsent && older !== undefined ? new BackupError('destination-rolled-back', { ...older }) : error
  }
}

function placeFindings(from: Extract<SetLocation, { by: 'destination' }>, older: OlderState | undefined): Finding[] {
  const { insteadOf, fault, set } = from
  return [
    ...(insteadOf === undefined
      ? []
      : [makeFinding('newer-set-passed-over', { ...placed(insteadOf), newest: insteadOf.id, set })]),
    ...(fault === undefined ? [] : [makeFinding('no-sound-set', { ...placed(fault), set })]),
    ...(older === undefined ? [] : [makeFinding('destination-older', { ...older })]),
  ]
}

function placed({ reason, sources }: SetFault): SetFault & Detail {
  return { reason, sources }
}

/** Of which set and job a run that reads a set tells, also where the set could not be opened. */
export function subjectOf(
  set: OpenSet | undefined,
  from: SetLocation,
  { catalog }: EngineDeps,
): Pick<RunRecord, 'jobName'> & Partial<RunRecord> {
  if (set !== undefined) {
    const { job, set: subject } = set.manifest
    return { job: job.id, jobName: job.name, subject }
  }
  if (from.by === 'path') return { jobName: from.path.slice(-MAX_JOB_NAME) }
  const known = catalog.set(from.destination.id, from.set)?.info
  const subject = setIdSchema.parse(from.set)
  return known === undefined ? { jobName: '', subject } : { job: known.job, jobName: known.jobName, subject }
}

async function openByPath(path: string, deps: EngineDeps, signal: AbortSignal): Promise<OpenSet> {
  // `--set …/manifest.json` is an easy slip; the folder is meant.
  const folder = basename(path) === 'manifest.json' ? resolve(path, '..') : resolve(path)
  await demandFolder(folder, deps)
  const store = storeInFolder(folder, deps.world)
  const { manifest } = await readManifest(store, signal)
  return { manifest, store, findings: missingFindings(manifest), isFromCopy: false, close: () => Promise.resolve() }
}

/** A mistyped path is no damaged backup. */
async function demandFolder(path: string, { world }: EngineDeps): Promise<void> {
  try {
    if ((await world.files.stat(path)).isDirectory()) return
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errnoOf(error) ?? ''))
      throw await diskError(error, { role: 'reading', path }, world)
  }
  throw new BackupError('not-found', { what: phrase('backup'), name: path })
}

/** A warning for each source that the set lacks: whoever reads the set must not take it for whole. */
function missingFindings(manifest: Manifest): Finding[] {
  return manifest.missing.map(({ name, code }) =>
    makeFinding('source-failed', { source: name, reason: phrase('not-read-then'), cause: code }, { source: name }),
  )
}

/** The manifest must be the one that was published, in the place where it was published (faults.md K06, K15). */
function checkIdentity(
  manifest: Manifest,
  sha256: string,
  set: string,
  destination: Destination,
  deps: EngineDeps,
): void {
  const path = set
  if (manifest.set !== set) {
    throw new BackupError('manifest-edited', { path, reason: phrase('other-set'), set: manifest.set })
  }
  if (manifest.destination_id !== destination.id) {
    throw new BackupError('manifest-edited', { path, reason: phrase('other-place') })
  }
  const known = deps.catalog.manifest(destination.id, set)
  if (known !== undefined && known.manifestSha256 !== sha256) {
    throw new BackupError('manifest-edited', { path, reason: phrase('not-as-published') })
  }
}
