/** The shape of a language's table of words: one row for every error and finding. */
import type { ErrorCode } from './error.ts'
import type { FindingCode } from './finding.ts'

/** `message`: what happened and what it means for the data. `hint`: what to press or type. */
export interface Words {
  readonly message: string
  readonly hint: string
}
export type MessageTable = Readonly<Record<ErrorCode | FindingCode, Words>>
