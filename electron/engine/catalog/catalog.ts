/**
 * What the catalog promises. It is a cache over the destinations: deleted or damaged it is rebuilt from them, and nothing it
 * does ever deletes a set. All methods are synchronous (better-sqlite3) and short; times are ISO 8601 strings with offset.
 * Methods throw BackupError only: `catalog-unusable` (locked for 30 s, disk full, damaged while in use), `catalog-newer` (readOnly).
 */
import { BackupError } from '../errors.ts'
import type { Finding } from '../../contract/finding.ts'
import type { BackupType, Job } from '../../contract/job.ts'
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

/** A set whose manifest cannot be read: what its name and the journal tell of it. */
export interface UnreadableSet {
  readonly destination: string
  readonly id: string
  readonly type: BackupType
  readonly job: string
  readonly jobName: string
  readonly path: string
  readonly at: string
  /** 0 where nothing tells. */
  readonly sequence: number
  readonly run: string | undefined
}

/** A set at a destination, by as little as tells whether it is there. */
export interface SetStateRow {
  readonly id: string
  readonly type: BackupType
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
  /** One set's id, at every destination that holds it. */
  readonly id?: string | undefined
  readonly limit: number
  readonly offset: number
}

/** What the light needs to know of a set, without its manifest. */
export interface SetFact {
  readonly id: string
  readonly destination: string
  readonly sequence: number
  /** Rises with sequence at each destination and merges destinations by time: greater is newer, whatever the clock said. */
  readonly position: number
  readonly at: string
  readonly type: BackupType
  readonly bytes: number
  readonly state: SetInfo['state']
  readonly proof: ProofLevel
  readonly provenAt: string | undefined
  readonly suspicious: boolean
}

/** What the light needs to know of a run. */
export interface RunFact {
  readonly id: string
  readonly kind: RunKind
  readonly startedAt: string
  readonly seconds: number
  /** Absent while the run goes on. */
  readonly outcome: Outcome | undefined
  readonly errorCode: string | undefined
}

/** What the newest matched and present set of a job at a destination holds. */
export interface HeldFact {
  readonly destination: string
  /** Ids of its sources. */
  readonly sources: readonly string[]
}

export interface JobFacts {
  /** Newest first. Everything since the asked moment, the last 48 full sets, and per destination the newest and the newest matched. */
  readonly sets: readonly SetFact[]
  /** One entry per destination that has a matched and present set. */
  readonly held: readonly HeldFact[]
  /** Backup runs, newest first: everything since the asked moment, and the newest ones before it. */
  readonly runs: readonly RunFact[]
  /** When this catalog first heard of the job, by `noteJob` or by its oldest run or set. */
  readonly since: string | undefined
  readonly restoreSeconds: number | undefined
}

/** `since`: from here on; `refused`: it was begun and could not be; `skipped`: nothing was done, for a reason. */
export const slotStates = ['since', 'begun', 'refused', 'skipped'] as const
export const slotReasons = [
  'first-seen',
  'changed',
  'due',
  'late',
  'quiet-over',
  'retry',
  'missed',
  'recent',
  'done-since',
] as const

/** What became of a moment at which a job was due (faults.md F): each is decided once. */
export interface SlotNote {
  readonly job: string
  readonly type: BackupType
  readonly slot: string
  readonly state: (typeof slotStates)[number]
  readonly why: (typeof slotReasons)[number]
  /** Of the newest attempt; absent until it has begun. */
  readonly run: string | undefined
  readonly attempts: number
  /** When this was decided, or last attempted. */
  readonly at: string
  /** Earlier slots that nothing was done for, and the first of them. */
  readonly missed: number
  readonly missedSince: string | undefined
  /** The timetable that named the slot. */
  readonly timetable: string
}

export interface Catalog {
  /** Why this catalog is not the one of yesterday, for the window's notices; empty on an ordinary start. */
  readonly notices: readonly { readonly code: string; readonly detail: Record<string, string | number> }[]
  /** True where a newer Sitekeep wrote the schema: nothing is written then (faults.md G05). */
  readonly readOnly: boolean

  /** Inserts or replaces; called at the start of a run (without outcome) and at its end. */
  recordRun(run: RunRecord): void
  run(id: string): RunRecord | undefined
  /** Newest first. */
  runs(filter: RunFilter): { readonly total: number; readonly runs: readonly RunRecord[] }
  /** Runs that have no outcome: they were going on when the process ended. */
  openRuns(): readonly RunRecord[]

  /** Inserts or replaces; sets of one id at two destinations are two rows. The manifest's own proof is entered with it. */
  recordSet(row: SetRow): void
  /** Marks a known set as damaged, or enters one that was never known, so that it is listed at all. */
  recordUnreadable(set: UnreadableSet): void
  /** One that was never readable and is `missing` now is forgotten: nothing that was known is lost with it. */
  setState(destination: string, set: string, state: SetInfo['state']): void
  /** Every set known at a destination. */
  setStates(destination: string): readonly SetStateRow[]
  setPinned(destination: string, set: string, pinned: boolean): void
  /**
   * Inserts once; the same proof recorded again (a rebuild) is not doubled. `SetInfo.proof` is the strongest level that no later failed
   * proof contradicts; a failed one (`ok: false`, `level`: what still held) makes the set `damaged` until it is proven beyond that level.
   * A verification that could not reach the destination is no proof: use `setState` for it.
   */
  recordProof(proof: ProofRow): void
  forgetSet(destination: string, set: string): void
  /** Newest first: by sequence at each destination, destinations merged by time. */
  sets(filter: SetFilter): { readonly total: number; readonly sets: readonly SetInfo[] }
  set(destination: string, set: string): SetDetail | undefined
  manifest(
    destination: string,
    set: string,
  ): { readonly manifest: Manifest; readonly manifestSha256: string } | undefined
  /** The newest set of a job at a destination that is present and whose proof is at least `matched`. */
  newestMatched(job: string, destination: string): SetInfo | undefined

  /** Whether this destination was ever one of this installation's. */
  hasSeen(destination: string): boolean
  /** Highest marker generation seen at a destination; 1 where none was. */
  generation(destination: string): number
  recordGeneration(destination: string, generation: number): void
  /** Seconds of the newest good restore or restore test of a job. */
  measuredRestoreSeconds(job: string): number | undefined

  /** Notes once when a job was first heard of, so that one that never runs is told from one that was just added. */
  noteJob(job: string, at: string): void
  jobFacts(job: string, since: string): JobFacts
  /** Inserts or replaces; notes of more than 400 days before are forgotten. */
  noteSlot(note: SlotNote): void
  /** What was noted of exactly this slot. */
  slotNote(job: string, type: BackupType, slot: Date): SlotNote | undefined
  /** The note of the newest slot that is not after `until`. */
  newestSlotNote(job: string, type: BackupType, until: Date): SlotNote | undefined
  /** Sets that are not missing, and their stored bytes. */
  totals(destination: string): { readonly sets: number; readonly bytes: number }

  /** The job as the settings define it now. */
  definition(job: string): Job | undefined
  /** All jobs as the settings define them now. */
  definitions(): readonly Job[]
  /** All or nothing. */
  transaction<T>(work: () => T): T
  close(): void
}

/** Names that only the settings know. */
export interface CatalogNames {
  destinationName(id: string): string
  jobName(id: string): string | undefined
  jobs(): readonly Job[]
}

/** What a newer Sitekeep keeps, an older one leaves alone: it could not note what it did. @throws BackupError catalog-newer (G05) */
export function refuseReadOnly({ readOnly, notices }: Pick<Catalog, 'readOnly' | 'notices'>): void {
  if (!readOnly) return
  throw new BackupError('catalog-newer', notices.find(({ code }) => code === 'catalog-newer')?.detail ?? {})
}
