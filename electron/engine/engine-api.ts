/** What the agent may ask of the engine: the types behind `createEngine`. */
import type { Finding } from '../contract/finding.ts'
import type { DestinationConfig, ProbeReport } from '../contract/destination.ts'
import type { AgentEvent } from '../contract/event.ts'
import type { BackupType, Job } from '../contract/job.ts'
import type { PhraseCode } from '../contract/phrases.ts'
import type { VerifyLevel } from '../contract/proof.ts'
import type { RetentionPlan } from '../contract/retention.ts'
import type { RestorePlan } from '../contract/restore.ts'
import type { LogLine } from '../contract/rpc.ts'
import type { Progress, RunRecord } from '../contract/run.ts'
import type { SetInfo } from '../contract/set.ts'
import type { SourceConfig, SourceReport } from '../contract/source.ts'
import type { Catalog } from './catalog/catalog.ts'
import type { FilesAsked } from './list-files.ts'
import type { SetsSeen } from './look-at-sets.ts'
import type { Redactor } from './secret.ts'
import type { ServerTarget } from './source/source.ts'
import type { World } from './world.ts'

export interface EngineDeps {
  readonly world: World
  readonly catalog: Catalog
  /** `SITEKEEP_HOME/work`: snapshots and scratch restores lie below it. */
  readonly workRoot: string
  readonly installId: string
  readonly version: string
  /** Knows the secrets that must not get into a record, a journal or a log. */
  readonly redactor: Redactor
  /** The jobs as they are defined now. */
  jobs(): readonly Job[]
}

/** What a run is given by whoever started it. */
export interface RunHooks {
  readonly run: string
  readonly trigger: RunRecord['trigger']
  readonly startedAt: string
  /** Aborted with a BackupError as its reason: cancelled, timed-out, no-progress. */
  readonly signal: AbortSignal
  log(level: LogLine['level'], text: string): void
  progress(progress: Progress): void
  /** A finding, as soon as it is made; the run's record holds them all in the end. */
  found?(finding: Finding): void
  event(event: AgentEvent): void
}

/** Why a set does not count as a backup. */
export interface SetFault {
  readonly reason: PhraseCode
  /** Names of the sources that it lacks. */
  readonly sources: string
}

/** A set to read: at a configured destination, or by the path of its folder on any machine. */
export type SetLocation =
  | {
      readonly by: 'destination'
      readonly destination: DestinationConfig
      readonly set: string
      /** The newest set, where `latest` was asked for and this is an older one, because that one does not count as a backup. */
      readonly insteadOf?: (SetFault & Pick<SetInfo, 'id'>) | undefined
      /** Where `latest` was asked for and no set counts as a backup, this one neither. */
      readonly fault?: SetFault | undefined
    }
  | { readonly by: 'path'; readonly path: string }

export interface RestoreOrder {
  readonly from: SetLocation
  /** Absolute folder, absent or empty; undefined means a scratch place that is compared and removed (`--test-mode`). */
  readonly to: string | undefined
  readonly only: string | undefined
  /** In the place where the data came from; for databases of a server alone. */
  readonly inPlace?: boolean
  /** Into a database of a server, instead of `to`. */
  readonly into?: ServerTarget | undefined
  /** Where nothing may be restored to: live data, backups, our own state. */
  readonly keepOut?: KeepOut | undefined
}

/** What only the agent knows of the sets that a clean-up may meet. */
export interface CleanupOptions {
  /** Ids of sets that a restore or a verification reads at this moment (faults.md R07). */
  inUse(): ReadonlySet<string>
}

/** A page of what lies in a set. */
export interface ListedFiles {
  readonly set: string
  readonly at: string
  /** `path` as a restore would name it, below its target. */
  readonly files: readonly { readonly source: string; readonly path: string; readonly bytes: number }[]
  readonly isMore: boolean
}

export interface InitOptions {
  /** Take over a place that has another's marker, or an older one. */
  readonly adopt: boolean
  /** It is configured already: then `adopt` makes the marker of a place that has lost it. */
  readonly isKnown?: boolean
}

/** The jobs whose sources are live data, and folders besides. */
export interface KeepOut {
  readonly jobs: readonly Job[]
  readonly folders: readonly string[]
}

/**
 * A run never throws for what can go wrong with data, disks or people: the returned record holds outcome, error and findings,
 * and has been entered into the catalog, where that can be written. It throws only where the record itself could not be made.
 */
export interface Engine {
  backup(job: Job, type: BackupType, destinations: readonly DestinationConfig[], hooks: RunHooks): Promise<RunRecord>
  verify(from: SetLocation, level: VerifyLevel, hooks: RunHooks): Promise<RunRecord>
  restore(order: RestoreOrder, hooks: RunHooks): Promise<RunRecord>
  /** Takes a restore in place back. @param undone the restore's record */
  undo(undone: RunRecord, hooks: RunHooks): Promise<RunRecord>
  /** Removes what the job's policy lets go, destination by destination (DESIGN §7). */
  cleanup(
    job: Job,
    destinations: readonly DestinationConfig[],
    options: CleanupOptions,
    hooks: RunHooks,
  ): Promise<RunRecord>
  /** What `cleanup` would do now, and why; changes nothing. The job may bear a policy that is not saved. */
  previewCleanup(
    job: Job,
    destinations: readonly DestinationConfig[],
    options: CleanupOptions,
    signal: AbortSignal,
  ): Promise<readonly RetentionPlan[]>
  /** How many sets would go by what the catalog says, without a look at any place. Throws BackupError. */
  removalsInSight(job: Job, destinations: readonly DestinationConfig[], options: CleanupOptions): number
  planRestore(order: RestoreOrder, signal: AbortSignal): Promise<RestorePlan>
  /** Some of a set's files, in the set's order. */
  listFiles(from: SetLocation, asked: FilesAsked, signal: AbortSignal): Promise<ListedFiles>

  testSource(source: SourceConfig, signal: AbortSignal): Promise<SourceReport>
  /** Refuses a job whose destination lies in its source, is its source, and the like. Throws BackupError. */
  checkJob(job: Job, destinations: readonly DestinationConfig[], signal: AbortSignal): Promise<void>
  probe(destination: DestinationConfig, signal: AbortSignal): Promise<ProbeReport>

  /** Makes the marker at a new place; one of ours of earlier is known again. */
  initDestination(destination: DestinationConfig, options: InitOptions, signal: AbortSignal): Promise<DestinationConfig>
  /** Takes the marker away again where nothing was ever stored; true where it was taken away. */
  releaseDestination(destination: DestinationConfig, signal: AbortSignal): Promise<boolean>
  /** Reads sets, proofs, pins and jobs of a destination into the catalog; never deletes anything there. */
  importDestination(
    destination: DestinationConfig,
    signal: AbortSignal,
  ): Promise<{ sets: number; jobs: readonly Job[] }>
  /** Whether the sets that the catalog knows still lie there; see `lookAtSets`. Throws where they could not be listed. */
  lookAtSets(destination: DestinationConfig, signal: AbortSignal): Promise<SetsSeen>
  /** Notes the job's definition in the journals of its destinations. */
  noteJob(job: Job, destinations: readonly DestinationConfig[], signal: AbortSignal): Promise<void>
  pin(destination: DestinationConfig, set: string, pinned: boolean, signal: AbortSignal): Promise<void>
  /** Empties the work folders, also those that `jobs` name, of what an ended process left; once at start, when the lock is held. */
  recover(jobs: readonly Job[]): Promise<void>
}
