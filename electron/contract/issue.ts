/** What a schema found wrong, in our words instead of the schema library's: by code, so that each language says it itself. */
import type { z } from 'zod'
import type { Detail } from './error.ts'
import { phrase, type PhraseCode } from './phrases.ts'

/** `problem` and, where it has one, its `limit`: values of a message that names the field. Never the value itself: it may be a secret. */
export interface Problem extends Detail {
  readonly problem: PhraseCode
}

export function problemOf(issue: z.core.$ZodIssue): Problem {
  switch (issue.code) {
    case 'too_small':
      return { problem: phrase(isNumeric(issue.origin) ? 'value-small' : 'value-short'), limit: String(issue.minimum) }
    case 'too_big':
      return { problem: phrase(isNumeric(issue.origin) ? 'value-large' : 'value-long'), limit: String(issue.maximum) }
    default:
      return { problem: phrase('value-wrong') }
  }
}

/** The field as a person may look for it; empty for the whole. */
export function fieldOf(issue: z.core.$ZodIssue): string {
  return issue.path.map(String).join('.')
}

function isNumeric(origin: string): boolean {
  return ['number', 'int', 'bigint', 'date'].includes(origin)
}
