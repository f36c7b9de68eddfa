/** Reads a destination's sets, proofs, pins and jobs into the catalog; changes nothing at the destination. */
import { makeFinding } from '../contract/words.ts'
import type { JournalRecord } from '../contract/journal.ts'
import type { Job } from '../contract/job.ts'
import { reaches } from '../contract/proof.ts'
import type { RunRecord } from '../contract/run.ts'
import type { Destination } from './destination/destination.ts'
import { readJournal } from './destination/journal.ts'
import type { EngineDeps } from './engine-api.ts'
import { toBackupError } from './errors.ts'
import { MANIFEST_NAME } from './destination/keys.ts'
import type { ManifestFile } from './proof/manifest-file.ts'
import { placeOfSet, readManifest, setPrefixOf, storeAt } from './proof/set-store.ts'
import { unreadableSets } from './unreadable-sets.ts'

export interface Imported {
  readonly sets: number
  /** Manifests that could not be read or are not what was written. */
  readonly damaged: readonly string[]
  /** The newest definition of each job found in the journal. */
  readonly jobs: readonly Job[]
}

const SET_FOLDER = /^[^/]+\/(full|incremental|hot)\/[^/]+$/

/** @throws BackupError where the destination could not be listed or read: "could not list" is never "empty" */
export async function importSets(destination: Destination, deps: EngineDeps, signal: AbortSignal): Promise<Imported> {
  const prefixes: string[] = []
  for await (const object of destination.list('', signal)) {
    const folder = object.key.slice(0, -MANIFEST_NAME.length - 1)
    if (object.key.endsWith(`/${MANIFEST_NAME}`) && SET_FOLDER.test(folder)) prefixes.push(folder)
  }
  const { records } = await readJournal(destination, signal)
  const published = new Map<string, string>()
  for (const record of records) if (record.type === 'set') published.set(record.set, record.manifest_sha256)

  const found = new Map<string, ManifestFile>()
  const damaged: string[] = []
  for (const prefix of prefixes) {
    const file = await tryManifest(destination, prefix, published, signal)
    if (file === undefined) damaged.push(prefix)
    else found.set(file.manifest.set, file)
  }
  const jobs = [...deps.catalog.definitions(), ...newestJobs(records)]
  deps.catalog.transaction(() => {
    enterSets(destination, found, deps)
    for (const set of unreadableSets(damaged, { destination, records, jobs, now: deps.world.clock.now() }))
      deps.catalog.recordUnreadable(set)
    enterAbsent(destination, found, damaged, deps)
    const lying = new Set([...found.keys(), ...damaged.map(idOfPrefix)])
    for (const record of records)
      if (!isOfEarlier(record, found) && !isCutOff(record, lying)) enterRecord(destination, record, deps)
    adoptRuns(destination, found, definitionsOf(records), deps)
    deps.catalog.recordGeneration(destination.id, destination.marker.generation)
  })
  return { sets: found.size, damaged, jobs: newestJobs(records) }
}

/** A manifest is taken only from where it says it belongs, and only as it was published (faults.md K05, K15). */
async function tryManifest(
  destination: Destination,
  prefix: string,
  published: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<ManifestFile | undefined> {
  try {
    const file = await readManifest(storeAt(destination, prefix), signal)
    const [slug, type, name] = prefix.split('/')
    const isInPlace = file.manifest.set === `${slug ?? ''}/${name ?? ''}` && file.manifest.backup_type === type
    const noted = published.get(file.manifest.set)
    return isInPlace && (noted === undefined || noted === file.sha256) ? file : undefined
  } catch (error) {
    const { code } = toBackupError(error)
    if (code.startsWith('manifest-')) return undefined
    throw error
  }
}

function enterSets(destination: Destination, found: ReadonlyMap<string, ManifestFile>, deps: EngineDeps): void {
  for (const { manifest, sha256 } of found.values()) {
    const path = placeOfSet(destination, setPrefixOf(manifest))
    deps.catalog.recordSet({ manifest, manifestSha256: sha256, destination: destination.id, path, state: 'present' })
  }
}

/** What the catalog knows and the destination has no more stays listed, as missing or damaged: losses are told, not forgotten. */
function enterAbsent(
  destination: Destination,
  found: ReadonlyMap<string, ManifestFile>,
  damaged: readonly string[],
  deps: EngineDeps,
): void {
  const damagedSets = new Set(damaged.map(idOfPrefix))
  const page = 1000
  for (let offset = 0; ; offset += page) {
    const { sets } = deps.catalog.sets({ destination: destination.id, limit: page, offset })
    for (const set of sets) {
      if (found.has(set.id)) continue
      deps.catalog.setState(destination.id, set.id, damagedSets.has(set.id) ? 'damaged' : 'missing')
    }
    if (sets.length < page) return
  }
}

/** A record about a set of the same name that lay there before this one was made: it tells nothing of this one. */
function isOfEarlier(record: JournalRecord, found: ReadonlyMap<string, ManifestFile>): boolean {
  if (record.type !== 'proof' && record.type !== 'pin' && record.type !== 'removed') return false
  const file = found.get(record.set)
  return file !== undefined && record.sequence < file.manifest.sequence
}

/** A removal that was cut off or refused before it took anything: what still lies there is still a backup (faults.md R06, R14). */
function isCutOff(record: JournalRecord, lying: ReadonlySet<string>): boolean {
  return record.type === 'removed' && lying.has(record.set)
}

function idOfPrefix(prefix: string): string {
  return prefix.replace(/\/(full|incremental|hot)\//, '/')
}

function enterRecord(destination: Destination, record: JournalRecord, deps: EngineDeps): void {
  const { catalog } = deps
  switch (record.type) {
    case 'proof': {
      const { set, level, ok, at, run, findings } = record
      if (catalog.manifest(destination.id, set) !== undefined) {
        catalog.recordProof({ destination: destination.id, set, level, ok, at, run, findings })
      }
      return
    }
    case 'pin':
      catalog.setPinned(destination.id, record.set, record.pinned)
      return
    case 'removed':
      catalog.forgetSet(destination.id, record.set)
      return
    case 'run':
      if (isUnsettled(catalog.run(record.run.id))) catalog.recordRun(record.run)
      return
    case 'job':
    case 'set':
      // Jobs belong to the settings; sets were entered from their own manifests, which are the truth.
      return
  }
}

/** A run that ended between publishing and its own record did its work: it is entered as done, once (faults.md A07). */
function adoptRuns(
  destination: Destination,
  found: ReadonlyMap<string, ManifestFile>,
  definitions: ReadonlyMap<string, Job>,
  deps: EngineDeps,
): void {
  for (const { manifest } of found.values()) {
    const run = deps.catalog.run(manifest.run)
    const definition = definitions.get(manifest.set) ?? deps.catalog.definition(manifest.job.id)
    if (isUnsettled(run)) deps.catalog.recordRun(adoptedRun(destination, manifest, run, definition))
  }
}

function adoptedRun(
  destination: Destination,
  manifest: ManifestFile['manifest'],
  run: RunRecord | undefined,
  definition: Job | undefined,
): RunRecord {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
  const isWarning = manifest.findings.some((finding) => finding.weight !== 'note') || !didAll(manifest, definition)
  return {
    id: manifest.run,
    kind: 'backup',
    job: manifest.job.id,
    jobName: manifest.job.name,
    type: manifest.backup_type,
    trigger: run?.trigger ?? 'manual',
    startedAt: run?.startedAt ?? manifest.backup_date,
    finishedAt: manifest.proof.at,
    outcome: manifest.missing.length > 0 ? 'failed' : isWarning ? 'warning' : 'good',
    proof: manifest.proof.level,
    sets: [{ set: manifest.set, destination: destination.id, proof: manifest.proof.level, bytes }],
    findings: [...manifest.findings, makeFinding('adopted')],
    spans: [],
    bytesRead: manifest.files.reduce((sum, file) => sum + file.plain_bytes, 0),
    bytesStored: bytes,
  }
}

/** Never entered, or entered as interrupted by an agent that did not know yet how far it had come. */
function isUnsettled(run: RunRecord | undefined): boolean {
  return run?.outcome === undefined || run.error?.code === 'interrupted'
}

/** The jobs as they were when their sets were published, by set. */
function definitionsOf(records: readonly JournalRecord[]): ReadonlyMap<string, Job> {
  return new Map(records.flatMap((record) => (record.type === 'set' ? [[record.set, record.definition] as const] : [])))
}

/** A run that ended here may have had another place to go to, or a restore test to do: then it was not all good. */
function didAll(manifest: ManifestFile['manifest'], definition: Job | undefined): boolean {
  if (definition === undefined) return false
  const wanted = definition.prove === 'restored' ? 'restored' : 'matched'
  return definition.destinations.length === 1 && reaches(manifest.proof.level, wanted)
}

function newestJobs(records: readonly JournalRecord[]): readonly Job[] {
  const jobs = new Map<string, Job>()
  for (const record of records) {
    if (record.type === 'job') jobs.set(record.job.id, record.job)
    if (record.type === 'set') jobs.set(record.job, record.definition)
  }
  return [...jobs.values()]
}
