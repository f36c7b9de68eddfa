/** The only file that knows how pages reach the agent: the preload bridge in Electron, loopback HTTP in a browser. */
import { z } from 'zod'
import { errorDataSchema, type ErrorData } from '../electron/contract/error.ts'
import { agentEventSchema, type AgentEvent } from '../electron/contract/event.ts'
import { CallError } from '../electron/contract/protocol.ts'
import { methods, type MethodName, type ParamsIn, type ResultOf } from '../electron/contract/rpc.ts'
import type { SitekeepBridge } from '../electron/contract/ipc.ts'
import type { LinkState } from '../electron/contract/shell.ts'
import { heard, lost, signedOut } from './connection.ts'
import { followEvents } from './event-stream.ts'
import { codeOfAddress, pageHeaders, redeem } from './web-session.ts'

declare global {
  interface Window {
    /** Put there by the preload inside the Electron window; absent in a browser. */
    readonly sitekeep?: SitekeepBridge
  }
}

const resultSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: errorDataSchema }),
])
type WireResult = z.infer<typeof resultSchema>

/** Longest wait for an answer; `run.wait` is not used by pages, so that every call answers at once. */
const CALL_TIMEOUT_MS = 60_000

const bridge = window.sitekeep

/** File dialogs and the like; absent in a browser. */
export const desktop = bridge?.shell

/** Loads the page anew, by the one way that is open to it here. */
export function loadAgain(): void {
  if (desktop === undefined) location.reload()
  else void desktop.reload()
}

function unreachable(reason: string): ErrorData {
  return {
    code: 'agent-unreachable',
    message: `The Sitekeep service does not answer (${reason}).`,
    hint: '',
    detail: { reason },
  }
}

async function post(method: string, params: unknown): Promise<WireResult> {
  const response = await fetch(`/api/${method}`, {
    method: 'POST',
    headers: { ...pageHeaders(), 'content-type': 'application/json' },
    body: JSON.stringify(params),
    credentials: 'same-origin',
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  })
  if (response.status === 401) signedOut()
  const body: unknown = await response.json()
  return resultSchema.parse(body)
}

async function ask<M extends MethodName>(method: M, params: ParamsIn<M>): Promise<WireResult> {
  try {
    return bridge === undefined ? await post(method, params) : resultSchema.parse(await bridge.call(method, params))
  } catch (error) {
    return { ok: false, error: unreachable(error instanceof Error ? error.message : String(error)) }
  }
}

/** Calls the agent. Rejects with a `CallError`; an answer that breaks the contract is one too (`internal`). */
export async function call<M extends MethodName>(method: M, params: ParamsIn<M>): Promise<ResultOf<M>> {
  const result = await ask(method, params)
  if (!result.ok) {
    if (result.error.code === 'agent-unreachable') lost()
    else if (result.error.code === 'protocol-mismatch') lost(result.error)
    // A refusal says that somebody is there, but not that this page is let in.
    else if (result.error.code !== 'not-allowed') heard()
    throw new CallError(result.error)
  }
  heard()
  const value = methods[method].result.safeParse(result.value)
  if (!value.success) {
    const reason = `${method}: ${z.prettifyError(value.error)}`
    throw new CallError({ code: 'internal', message: reason, hint: '', detail: { reason } })
  }
  return value.data as ResultOf<M>
}

/** Delivers every event of the agent, and `onReconnect` after a gap in which some may have been missed. */
export function subscribe(onEvent: (event: AgentEvent) => void, onReconnect: () => void): () => void {
  const receive = (data: unknown): void => {
    const event = agentEventSchema.safeParse(data)
    heard()
    // An event that this page does not know comes from a newer service; what it needs is asked for anyway.
    if (event.success) onEvent(event.data)
  }
  return bridge === undefined ? subscribeHttp(receive, onReconnect) : subscribeBridge(bridge, receive, onReconnect)
}

function subscribeBridge(
  bridge: SitekeepBridge,
  receive: (data: unknown) => void,
  onReconnect: () => void,
): () => void {
  const follow = (link: LinkState): void => {
    if (link.state === 'down' || link.state === 'refused') lost(link.error)
    if (link.state === 'connected') {
      heard()
      onReconnect()
    }
  }
  const endEvents = bridge.onEvent(receive)
  const endLink = bridge.shell.link.onChange(follow)
  void bridge.shell.link.state().then(follow)
  return () => {
    endEvents()
    endLink()
  }
}

function subscribeHttp(receive: (data: unknown) => void, onReconnect: () => void): () => void {
  return followEvents({
    receive,
    opened: () => {
      heard()
      onReconnect()
    },
    broken: () => lost(),
    refused: () => signedOut(),
  })
}

/** Signs in with the one-time code of the address, and takes it out of the address and its history. */
export async function signIn(): Promise<void> {
  if (bridge !== undefined) return
  // A new link that is opened in this very tab changes the fragment alone, and nothing would be loaded.
  window.addEventListener('hashchange', () => {
    if (codeOfAddress() !== undefined) location.reload()
  })
  const code = codeOfAddress()
  if (code === undefined) return
  history.replaceState(null, '', location.pathname + location.search)
  if (!(await redeem(code))) signedOut()
}

/** The error as data, whatever was thrown. */
export function errorOf(error: unknown): ErrorData {
  if (error instanceof CallError) return error.data
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: reason, hint: '', detail: { reason } }
}
