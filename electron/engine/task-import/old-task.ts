/** An old task as every reader of one hands it on: when it starts, what it starts, and what is already known to be weak. */
import type { Detail } from '../../contract/error.ts'
import type { OldTaskRef } from '../../contract/replaces.ts'
import type { ImportedTrigger, Unmapped, Weakness } from '../../contract/task-import.ts'
import { taskWords, type TaskReasonCode, type WeaknessCode } from '../../contract/task-notes.ts'

/** One program or command line that the task starts. */
export interface Action {
  /** `program`: `command` and its `arguments` as Windows takes them apart; the others are text of a shell. */
  readonly how: 'program' | 'cmd' | 'sh'
  readonly command: string
  readonly arguments: string
  readonly cwd: string | undefined
}

export interface OldTask {
  readonly name: string
  /** What a job of it may be called, where that is not the end of its name; empty: after what it backs up. */
  readonly title?: string
  readonly triggers: readonly ImportedTrigger[]
  readonly actions: readonly Action[]
  readonly weaknesses: readonly Weakness[]
  readonly unmapped: readonly Unmapped[]
  readonly timeoutMinutes?: number | undefined
  /** Account without a stored password, as which no share can be reached. */
  readonly isWithoutNetwork?: boolean
  /** Whose account it is, where it is a person's. */
  readonly user?: string | undefined
  readonly replaces?: OldTaskRef | undefined
}

export function weakness(code: WeaknessCode, detail: Detail = {}): Weakness {
  return { code, ...taskWords(code, detail, 'en'), detail }
}

export function unmapped(task: string, reason: TaskReasonCode, detail: Detail = {}, trigger?: string): Unmapped {
  const said = { task, reason, ...taskWords(reason, detail, 'en'), detail }
  return trigger === undefined ? said : { ...said, trigger }
}
