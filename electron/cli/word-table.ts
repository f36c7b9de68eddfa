/** Which words the command line needs; each language fills the whole table, or it does not compile. */
import type { BackupType } from '../contract/job.ts'
import type { ProofLevel } from '../contract/proof.ts'
import type { Outcome, RunKind } from '../contract/run.ts'
import type { Light, reasonCodes } from '../contract/summary.ts'
import type { SourceKind } from '../contract/source.ts'
import type { ServiceWords } from './service-words.ts'
import type { TaskWords } from './task-words.ts'

export interface CliWords {
  readonly light: Readonly<Record<Light, string>>
  readonly reason: Readonly<Record<(typeof reasonCodes)[number], string>>
  readonly proof: Readonly<Record<ProofLevel, string>>
  readonly outcome: Readonly<Record<Outcome, string>>
  readonly type: Readonly<Record<BackupType, string>>
  readonly kind: Readonly<Record<SourceKind, string>>
  readonly runKind: Readonly<Record<RunKind, string>>
  readonly column: Readonly<
    Record<
      | 'set'
      | 'at'
      | 'type'
      | 'proof'
      | 'size'
      | 'stored'
      | 'destination'
      | 'job'
      | 'sources'
      | 'schedule'
      | 'enabled'
      | 'run'
      | 'outcome'
      | 'duration'
      | 'name'
      | 'path'
      | 'source'
      | 'content'
      | 'light'
      | 'why'
      | 'next'
      | 'updated'
      | 'table'
      | 'rows'
      | 'expected',
      string
    >
  >
  readonly yes: string
  readonly no: string
  readonly running: string
  readonly pinned: string
  readonly none: string
  readonly hint: string
  readonly noJobs: string
  readonly noSets: string
  readonly noRuns: string
  readonly cancelling: string
  readonly confirm: (question: string) => string
  readonly needYes: string
  readonly askRemoveJob: (name: string) => string
  readonly askRemoveDestination: (name: string) => string
  readonly askRemoveSecret: (name: string) => string
  readonly askSecret: (name: string) => string
  readonly refused: string
  readonly passwordInArgument: string
  readonly passwordHint: string
  readonly emptyPath: string
  readonly unknownLanguage: (tag: string) => string
  readonly noSecretValue: string
  /** Puts items into one line. */
  readonly listed: (items: readonly string[]) => string
  /** As `listed`, but for single words. */
  readonly joined: (items: readonly string[]) => string
  readonly noCommand: string
  readonly usageHint: string
  readonly yesHint: string
  readonly jobAdded: (name: string) => string
  readonly jobChanged: (name: string) => string
  readonly jobRemoved: (name: string) => string
  readonly paused: (jobs: string, until: string | undefined) => string
  readonly resumed: (jobs: string) => string
  readonly jobEnabled: (name: string, enabled: boolean) => string
  readonly destinationAdded: (name: string, path: string) => string
  readonly destinationRemoved: (name: string) => string
  readonly destinationTested: (name: string, write: string, read: string) => string
  readonly adopted: (sets: number, jobs: number) => string
  readonly secretStored: (name: string) => string
  readonly secretRemoved: (name: string) => string
  readonly setPinned: (set: string, pinned: boolean) => string
  readonly backupDone: (outcome: string, seconds: string) => string
  /** A set's id with its date. */
  readonly dated: (set: string, at: string) => string
  readonly moreFiles: (limit: number) => string
  readonly restoringTo: (target: string) => string
  readonly noSchedule: (name: string) => string
  readonly jobNotAdded: string
  readonly jobUnchanged: string
  readonly nothingToChange: string
  readonly nothingToBackUp: string
  readonly verifyDone: (set: string, proof: string) => string
  readonly verifyFailed: (set: string) => string
  readonly setUnread: (set: string) => string
  readonly restoreFailed: (set: string) => string
  readonly restoreDone: (set: string, target: string, seconds: string) => string
  readonly testRestoreNotTried: (set: string) => string
  readonly testRestoreDone: (set: string, seconds: string) => string
  readonly rowsCompared: (tables: number, rows: number) => string
  readonly filesCompared: (count: number) => string
  readonly plan: (set: string, target: string) => string
  readonly planServerNotAsked: string
  readonly planSpace: (needed: string, free: string) => string
  readonly planTime: (seconds: string) => string
  readonly tablesAndRows: (tables: number, rows: number) => string
  readonly files: (count: number) => string
  readonly agentAt: (url: string) => string
  readonly agentRuns: string
  readonly opened: string
  /** Why there are no pages to open; within the message of `agent-unreachable`. */
  readonly noService: string
  readonly provenAgo: (age: string) => string
  readonly neverProven: string
  readonly nextRun: (at: string) => string
  readonly tasks: TaskWords
  readonly service: ServiceWords
  readonly postgres: {
    readonly passwordHint: string
    readonly noAddress: string
    readonly addressOption: (option: string) => string
    readonly addressHint: string
    /** An option that describes something which another one must name. */
    readonly needs: (option: string, missing: string) => string
    readonly databaseTwice: string
    readonly noService: (name: string) => string
    readonly noEngine: (name: string) => string
    readonly noContainer: (name: string) => string
    readonly noDatabase: (name: string) => string
    readonly scratchDatabase: string
    readonly twoPasswords: string
    readonly oneLine: string
    readonly restoreDatabase: string
    readonly restoreFolderInPlace: string
    readonly restorePassword: string
    readonly askReplaceOwn: string
    readonly askReplace: (database: string, server: string) => string
  }
  readonly cleanup: {
    readonly action: string
    readonly keep: string
    readonly delete: string
    readonly place: (job: string, place: string) => string
    readonly frozen: (reason: string) => string
    readonly more: (count: number) => string
    readonly total: (go: number, stay: number, bytes: string) => string
  }
  readonly askUndo: (target: string, kept: string) => string
  readonly undoDone: (target: string) => string
  readonly undoFailed: (target: string) => string
  readonly undoWith: (run: string) => string
  readonly demo: {
    readonly making: (path: string) => string
    readonly backingUp: string
    readonly proving: string
    readonly commits: (count: number, slowest: string) => string
    readonly proven: string
    readonly notProven: string
    readonly keptIn: (path: string) => string
    readonly window: string
    readonly address: (url: string) => string
    readonly stop: string
    readonly jobName: string
  }
}
