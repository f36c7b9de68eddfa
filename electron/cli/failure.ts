/** What ends a command other than success: an error as data, its words in the person's language, and its exit code. */
import { errorRows, type ErrorCode, type ErrorData } from '../contract/error.ts'
import { CallError } from '../contract/protocol.ts'
import { wordsOf, type Language } from '../contract/words.ts'

/** DESIGN §9. */
export const exitCodes = { done: 0, failed: 1, usage: 2, warning: 3, notFound: 4, refused: 5 } as const

/** A wrong use of the command line, in words that are final: nothing is filled in or translated later. */
export function wrongUse(message: string, hint: string): CallError {
  return new CallError({ code: 'usage', message, hint })
}

/** An error of the contract, by code; its words are made where it is shown. */
export function failure(code: ErrorCode, detail: Readonly<Record<string, string | number>>): CallError {
  const { message, hint } = wordsOf(code, detail, 'en')
  return new CallError({ code, message, hint, detail })
}

/** Whatever was thrown, as data. The unknown becomes `internal`: its message, never its dump. */
export function errorDataOf(error: unknown): ErrorData {
  if (error instanceof CallError) return error.data
  if (hasErrorData(error)) return error.toData()
  const reason = error instanceof Error ? error.message : String(error)
  return failure('internal', { reason }).data
}

/** Errors of the engine reach the command line as they are where both run in one process. */
function hasErrorData(error: unknown): error is { toData(): ErrorData } {
  return typeof error === 'object' && error !== null && 'toData' in error && typeof error.toData === 'function'
}

/** The same error in `language`. An error that carries no detail has final words already. */
export function inLanguage(data: ErrorData, language: Language): ErrorData {
  return data.detail === undefined ? data : { ...data, ...wordsOf(data.code, data.detail, language) }
}

export function exitOf(code: ErrorCode): number {
  return errorRows[code].exit
}
