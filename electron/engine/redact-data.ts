/** Removes secrets from structured data and leaves its structure: a code, an id or a date is no text, though a secret may read like one. */
import type { z } from 'zod'
import { isPhraseCode, phraseFields } from '../contract/phrases.ts'
import { isErrorCode } from '../contract/words.ts'
import { REDACTED, type Redactor } from './secret.ts'

/**
 * A copy of `value` in which every free text is cleaned; what fits `schema` still fits it. What the schema does not know is cleaned as
 * plain data. Texts whose form the schema fixes (a choice, a pattern, a date) are kept where they have that form: they are our own
 * words, ids and names, and no secret ever becomes part of one.
 */
export function redactData<T>(value: T, schema: z.ZodType, redactor: Redactor): T {
  return redactor.isEmpty ? value : (clean(value, schema, redactor) as T)
}

/** The kinds of schema that the contract is made of; others are taken for free text. */
type AnySchema = z.ZodType & { readonly def: Definition }
interface Definition {
  readonly type: string
  readonly format?: string
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string } } }[]
  readonly shape?: Readonly<Record<string, AnySchema>>
  readonly element?: AnySchema
  readonly valueType?: AnySchema
  readonly innerType?: AnySchema
  readonly options?: readonly AnySchema[]
}

function clean(value: unknown, schema: AnySchema, redactor: Redactor): unknown {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return value
  const { def } = schema
  if (def.innerType !== undefined) return clean(value, def.innerType, redactor)
  if (def.options !== undefined) return cleanOption(value, def.options, redactor)
  if (typeof value === 'string') return cleanText(value, schema, redactor)
  if (Array.isArray(value)) return cleanArray(value, def.element, redactor)
  return cleanFields(value, def, redactor)
}

function cleanOption(value: unknown, options: readonly AnySchema[], redactor: Redactor): unknown {
  const fitting = options.find((option) => option.safeParse(value).success)
  return fitting === undefined ? redactor.data(value) : clean(value, fitting, redactor)
}

function cleanArray(value: readonly unknown[], element: AnySchema | undefined, redactor: Redactor): unknown {
  return element === undefined ? redactor.data(value) : value.map((item) => clean(item, element, redactor))
}

function cleanFields(value: object, def: Definition, redactor: Redactor): unknown {
  const { shape, valueType } = def
  if (shape === undefined && valueType === undefined) return redactor.data(value)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => {
      const schema = shape?.[key] ?? valueType
      if (schema === undefined) return [redactor.text(key), redactor.data(item)]
      // The keys of a record are placeholders and stages: names that the program gives.
      return [key, isOwnCode(key, item) ? item : clean(item, schema, redactor)]
    }),
  )
}

/** A reason or a kind of thing by its code, from which each language makes its own words. */
function isOwnCode(key: string, value: unknown): boolean {
  if (typeof value !== 'string') return false
  return phraseFields.has(key.slice(key.lastIndexOf('.') + 1)) && (isPhraseCode(value) || isErrorCode(value))
}

function cleanText(value: string, schema: AnySchema, redactor: Redactor): string {
  if (isFixed(schema.def) && schema.safeParse(value).success) return value
  const text = redactor.text(value)
  // The mark may be longer than what it stands for.
  return text === value || schema.safeParse(text).success ? text : REDACTED
}

function isFixed({ type, format, checks = [] }: Definition): boolean {
  if (type !== 'string') return true
  return format !== undefined || checks.some((check) => check._zod.def.check === 'string_format')
}
