/** What every step of a backup is handed: the run's fixed facts, and one branch per destination. */
import type { DestinationConfig } from '../contract/destination.ts'
import type { BackupType, Job } from '../contract/job.ts'
import type { Artifact } from '../contract/manifest.ts'
import type { RunRecord } from '../contract/run.ts'
import type { StagedSet } from './destination/destination.ts'
import type { EngineDeps, RunHooks } from './engine-api.ts'
import type { BackupError } from './errors.ts'
import type { Writing } from './open-destination.ts'
import type { SetStore } from './proof/set-store.ts'
import type { RunRecorder } from './run-recorder.ts'

export interface BackupRun {
  readonly job: Job
  readonly type: BackupType
  readonly deps: EngineDeps
  readonly hooks: RunHooks
  readonly recorder: RunRecorder
  readonly startedAt: Date
  /** File names that the set has already. */
  readonly files: Set<string>
}

/** A destination in this run: what is staged there, and what went wrong there. One failing never stops the others. */
export interface Branch {
  readonly config: DestinationConfig
  readonly open: OpenBranch | undefined
  /** In the order they were written. */
  readonly artifacts: Artifact[]
  error: BackupError | undefined
  made: RunRecord['sets'][number] | undefined
}

export interface OpenBranch {
  readonly writing: Writing
  readonly staged: StagedSet
  /** The staged bytes, from where they lie. */
  readonly store: SetStore
  /** `<slug>/<set-name>` */
  readonly set: string
}
