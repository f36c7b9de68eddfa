/** The only user of ipcMain: who calls is checked first, then what is asked, and only then anything happens. */
import { ipcMain, type IpcMainInvokeEvent } from 'electron'
import { z } from 'zod'
import type { ErrorCode, ErrorData, Result } from '../contract/error.ts'
import { channels } from '../contract/ipc.ts'
import { methods, type Call, type MethodName } from '../contract/rpc.ts'
import {
  confirmedByShell,
  shellRequests,
  type ConfirmedMethod,
  type ShellParams,
  type ShellRequest,
  type ShellResult,
} from '../contract/shell.ts'
import { wordsOf, type Language } from '../contract/words.ts'
import { errorOf } from './agent-link.ts'
import { isTrustedSender } from './page-policy.ts'

/** One handler per request: a forgotten one does not compile. */
export type ShellHandlers = {
  readonly [K in ShellRequest]: (params: ShellParams<K>) => ShellResult<K> | Promise<ShellResult<K>>
}

export interface IpcDeps {
  readonly isKnownWindow: (contentsId: number) => boolean
  readonly callAgent: Call
  readonly confirm: (method: ConfirmedMethod, params: unknown) => Promise<boolean>
  readonly handlers: ShellHandlers
  readonly language: () => Language
}

export function setUpIpc(deps: IpcDeps): void {
  ipcMain.handle(channels.call, (event, method: unknown, params: unknown) =>
    guarded(event, deps, () => callAgent(deps, method, params)),
  )
  ipcMain.handle(channels.shell, (event, request: unknown, params: unknown) =>
    guarded(event, deps, () => handleRequest(deps, request, params)),
  )
}

async function guarded(
  event: IpcMainInvokeEvent,
  deps: IpcDeps,
  work: () => Promise<Result<unknown>>,
): Promise<Result<unknown>> {
  if (!isTrustedSender(event, deps.isKnownWindow)) return refusal('not-allowed', deps, { method: 'sender' })
  try {
    return await work()
  } catch (error) {
    return { ok: false, error: errorOf(error) }
  }
}

async function callAgent(deps: IpcDeps, method: unknown, params: unknown): Promise<Result<unknown>> {
  if (!isMethod(method)) return refusal('invalid-input', deps, { reason: 'unknown method' })
  const checked = methods[method].params.safeParse(params)
  if (!checked.success) return refusal('invalid-input', deps, { reason: z.prettifyError(checked.error) })
  if (isConfirmed(method) && !(await deps.confirm(method, checked.data))) return refusal('cancelled', deps, {})
  // The table ties each method to its schema; the compiler loses that tie for a name known only at run time.
  const call = deps.callAgent as (method: MethodName, params: unknown) => Promise<unknown>
  return { ok: true, value: await call(method, checked.data) }
}

async function handleRequest(deps: IpcDeps, request: unknown, params: unknown): Promise<Result<unknown>> {
  if (typeof request !== 'string' || !Object.hasOwn(shellRequests, request)) {
    return refusal('invalid-input', deps, { reason: 'unknown request' })
  }
  const name = request as ShellRequest
  const checked = shellRequests[name].params.safeParse(params)
  if (!checked.success) return refusal('invalid-input', deps, { reason: z.prettifyError(checked.error) })
  const handler = deps.handlers[name] as (params: unknown) => unknown
  return { ok: true, value: await handler(checked.data) }
}

function isMethod(method: unknown): method is MethodName {
  return typeof method === 'string' && Object.hasOwn(methods, method)
}

function isConfirmed(method: MethodName): method is ConfirmedMethod {
  return (confirmedByShell as readonly MethodName[]).includes(method)
}

function refusal(code: ErrorCode, deps: IpcDeps, detail: NonNullable<ErrorData['detail']>): Result<never> {
  return { ok: false, error: { code, ...wordsOf(code, detail, deps.language()), detail } }
}
