/** What retention is decided from: the sets of one job at one destination, and what is known of runs and place. */
import type { BackupType, Job } from '../../contract/job.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import { countsAsBackup, type SetInfo } from '../../contract/set.ts'

export interface RetentionSet {
  readonly id: string
  readonly type: BackupType
  readonly at: string
  /** The order of sets at a destination, whatever the clock said. */
  readonly sequence: number
  readonly bytes: number
  readonly state: SetInfo['state']
  readonly proof: ProofLevel
  readonly pinned: boolean
  readonly suspicious: boolean
  /** Its run noticed something that weighs a warning or more. */
  readonly hasWarnings: boolean
  /** Its manifest is authentic, and names this job and this destination; nothing else is ever removed (R10, R11). */
  readonly isOurs: boolean
  /** Something lies in its folder that its manifest does not name (R10). */
  readonly hasForeign: boolean
  /** Names of the sources of which it holds something, by their ids. */
  readonly sources: ReadonlyMap<string, string>
  /** The set without which it cannot be read. */
  readonly parent: string | undefined
  /** A restore or a verification reads it now. */
  readonly inUse: boolean
}

export interface RetentionFacts {
  readonly sets: readonly RetentionSet[]
  /** How the newest backup that ended by itself went; undefined where none is known. */
  readonly lastRun: 'good' | 'warning' | 'failed' | undefined
  /** A verification of this job has failed since that backup. */
  readonly hasFailedVerification: boolean
  /** `listed`: somebody has just read, whole and from this very place, what lies there. */
  readonly place: 'listed' | 'unreachable' | 'older'
  /** Sets that were there at the last look, and are not any more. */
  readonly vanished: number
}

export type RetentionPolicy = Pick<Job, 'keep' | 'rpoMinutes'>

/** Ours, there, and found to hold the data it was made from. */
export function isMatched(set: RetentionSet): boolean {
  return set.isOurs && countsAsBackup(set)
}

/** Matched, and nothing about it was odd: only these take a place that a policy gives (faults.md I6). */
export function isSound(set: RetentionSet): boolean {
  return isMatched(set) && !set.suspicious && !set.hasWarnings
}
