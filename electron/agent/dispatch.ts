/** The one way from any wire to a handler: known method, allowed role, checked parameters, cleaned answer. */
import type { z } from 'zod'
import { fieldOf, problemOf } from '../contract/issue.ts'
import { phrase } from '../contract/phrases.ts'
import { errorDataSchema, type ErrorData, type Result } from '../contract/error.ts'
import { methods, type MethodName, type ResultOf } from '../contract/rpc.ts'
import { BackupError, toBackupError } from '../engine/errors.ts'
import { redactData } from '../engine/redact-data.ts'
import type { AgentContext, Caller, Handlers } from './context.ts'

export type Dispatch = (method: string, params: unknown, caller: Caller) => Promise<Result<unknown>>

export function createDispatch(agent: AgentContext, handlers: Handlers): Dispatch {
  return async (method, params, caller) => {
    try {
      const value = await answer(method, params, caller, agent, handlers)
      return {
        ok: true,
        value: isMethod(method) ? redactData(value, methods[method].result, agent.redactor) : undefined,
      }
    } catch (error) {
      const known = toBackupError(error)
      if (known.code === 'internal') agent.log.error(`${method} failed: ${stackOf(error)}`)
      return { ok: false, error: redactData(known.toData(), errorDataSchema, agent.redactor) }
    }
  }
}

async function answer(
  method: string,
  params: unknown,
  caller: Caller,
  agent: AgentContext,
  handlers: Handlers,
): Promise<unknown> {
  if (!isMethod(method)) throw new BackupError('not-found', { what: 'method', name: method })
  if (methods[method].role === 'administrator' && caller.role !== 'administrator')
    throw new BackupError('not-allowed', { method })
  return await handle(method, params, agent, handlers)
}

async function handle<M extends MethodName>(
  method: M,
  params: unknown,
  agent: AgentContext,
  handlers: Handlers,
): Promise<ResultOf<M>> {
  const parsed = methods[method].params.safeParse(params ?? {})
  if (!parsed.success) throw notUnderstood(method, parsed.error.issues[0])
  // Parsed by the very schema that the handler's parameter type is derived from; the compiler cannot follow the index.
  return await handlers[method](parsed.data as Parameters<Handlers[M]>[0], agent)
}

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name)
}

/** The first field that is wrong and why; values are left out, because one of them may be a secret. */
function notUnderstood(method: MethodName, issue: z.core.$ZodIssue | undefined): BackupError {
  const reason = phrase('fields-not-understood')
  const found = issue === undefined ? { problem: phrase('value-wrong') } : problemOf(issue)
  const field = issue === undefined ? '' : fieldOf(issue).replace(/^draft\./, '')
  return new BackupError('invalid-input', { reason, field: field === '' ? method : field, ...found })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** An error as data for answers that are made outside `Dispatch`. */
export function refusal(error: BackupError): { readonly ok: false; readonly error: ErrorData } {
  return { ok: false, error: error.toData() }
}
