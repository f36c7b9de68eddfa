/** What a run is started with, and what it stands on. */
import type { BackupType } from '../contract/job.ts'
import type { RunKind, RunRecord } from '../contract/run.ts'
import type { LogLine } from '../contract/rpc.ts'
import type { Catalog } from '../engine/catalog/catalog.ts'
import type { RunHooks } from '../engine/engine-api.ts'
import type { Redactor } from '../engine/secret.ts'
import type { World } from '../engine/world.ts'
import type { EventBus } from './events.ts'

/** A cancelled run that has not settled by then is recorded without it; DESIGN promises ten seconds in all. */
export const CANCEL_GRACE_MS = 9_000

export interface RunSpec {
  readonly kind: RunKind
  readonly job?: string | undefined
  readonly jobName: string
  readonly type?: BackupType | undefined
  readonly trigger: RunRecord['trigger']
  readonly subject?: string | undefined
  readonly target?: string | undefined
  /** What only one run may hold: `job:<id>` for its backup, `cleanup:<job>`, `target:<path>`, `verify:<copy of a set>`, `try:<copy of a set>`. */
  readonly keys: readonly string[]
  /** Destinations written to: taken all at once, in order of arrival. */
  readonly writes: readonly string[]
  /** A destination that is only read from. */
  readonly reads?: string | undefined
  readonly limits: { readonly timeoutMinutes: number; readonly noProgressMinutes: number }
  execute(hooks: RunHooks): Promise<RunRecord>
}

export interface RunLogSink {
  write(level: LogLine['level'], text: string): void
  close(): void
}

export interface RunsDeps {
  readonly world: World
  readonly catalog: Catalog
  readonly events: EventBus
  readonly redactor: Redactor
  openLog(run: string): RunLogSink
  /** Told of what concerns the agent rather than one run. */
  warn(text: string): void
  /** Told of every run that ended, also of one that settles after it was given up. */
  ended?(spec: RunSpec, record: RunRecord): void
  readonly graceMs?: number | undefined
  readonly minuteMs?: number | undefined
}
