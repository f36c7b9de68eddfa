/**
 * What the catalog promises. It is a cache over the destinations: deleted or damaged it is rebuilt from them, and nothing it
 * does ever deletes a set. All methods are synchronous (better-sqlite3) and short; times are ISO 8601 strings with offset.
 */
import type { Finding } from '../../contract/finding.ts'
import type { Job } from '../../contract/job.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { Outcome, RunKind, RunRecord } from '../../contract/run.ts'
import type { SetDetail, SetInfo } from '../../contract/set.ts'

export interface ProofRow {
  readonly destination: string
  readonly set: string
  readonly level: ProofLevel
  readonly ok: boolean
  readonly at: string
  readonly run: string
  readonly findings: readonly Finding[]
}

export interface SetRow {
  readonly manifest: Manifest
  /** SHA-256 of the manifest's bytes as read or written. */
  readonly manifestSha256: string
  readonly destination: string
  /** Folder path or URL of the set, for people. */
  readonly path: string
  readonly state: SetInfo['state']
}

export interface RunFilter {
  readonly job?: string | undefined
  readonly kind?: RunKind | undefined
  readonly outcome?: Outcome | undefined
  readonly limit: number
  readonly offset: number
}

export interface SetFilter {
  readonly job?: string | undefined
  readonly destination?: string | undefined
  readonly limit: number
  readonly offset: number
}

export interface Catalog {
  /** Why this catalog is not the one of yesterday, for the window's notices; empty on an ordinary start. */
  readonly notices: readonly { readonly code: string; readonly detail: Record<string, string | number> }[]
  /** True where a newer Sitekeep wrote the schema: nothing is written then (faults.md G05). */
  readonly readOnly: boolean

  /** Inserts or replaces. */
  recordRun(run: RunRecord): void
  run(id: string): RunRecord | undefined
  runs(filter: RunFilter): { readonly total: number; readonly runs: readonly RunRecord[] }
  /** Runs that have no outcome: they were going on when the process ended. */
  openRuns(): readonly RunRecord[]

  /** Inserts or replaces; sets of one id at two destinations are two rows. */
  recordSet(row: SetRow): void
  setState(destination: string, set: string, state: SetInfo['state']): void
  setPinned(destination: string, set: string, pinned: boolean): void
  /** Inserts once; the same proof recorded again (a rebuild) is not doubled. `SetInfo.proof` is the level of the newest proof. */
  recordProof(proof: ProofRow): void
  forgetSet(destination: string, set: string): void
  /** Newest first, by sequence. `destinationName` is filled by the caller's `names`. */
  sets(filter: SetFilter): { readonly total: number; readonly sets: readonly SetInfo[] }
  set(destination: string, set: string): SetDetail | undefined
  manifest(
    destination: string,
    set: string,
  ): { readonly manifest: Manifest; readonly manifestSha256: string } | undefined
  /** The newest set of a job at a destination whose newest proof is ok and at least `matched`. */
  newestMatched(job: string, destination: string): SetInfo | undefined

  /** Highest marker generation seen at a destination; 1 where none was. */
  generation(destination: string): number
  recordGeneration(destination: string, generation: number): void
  /** Seconds of the newest good restore or restore test of a job. */
  measuredRestoreSeconds(job: string): number | undefined

  transaction<T>(work: () => T): T
  close(): void
}

/** Names that only the settings know. */
export interface CatalogNames {
  destinationName(id: string): string
  jobName(id: string): string | undefined
  jobs(): readonly Job[]
}
