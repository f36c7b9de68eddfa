/** Whether the agent can be heard: when it falls silent, no page may go on showing an old green. */
import { useSyncExternalStore } from 'react'
import type { ErrorData } from '../electron/contract/error.ts'
import { now } from './clock.ts'

export interface Connection {
  /** `connecting`: this page has not heard from the agent yet, and shows nothing that could be taken for good. */
  readonly state: 'connecting' | 'live' | 'silent' | 'signed-out'
  /** Milliseconds since the epoch: when the agent was last heard; where it never was, when this page was opened. */
  readonly lastHeard: number
  readonly wasHeard: boolean
  /** Why nobody answers, where the shell knows: another protocol, say. */
  readonly error?: ErrorData
}

/** Three missed rounds of the 15 s status query. */
const SILENT_AFTER_MS = 45_000
const TICK_MS = 5_000

let connection: Connection = { state: 'connecting', lastHeard: now(), wasHeard: false }
const listeners = new Set<() => void>()

function set(next: Connection): void {
  const changed = next.state !== connection.state || next.error !== connection.error
  connection = next
  if (changed) for (const listener of listeners) listener()
}

/** The agent answered or told something. */
export function heard(): void {
  set({ state: 'live', lastHeard: now(), wasHeard: true })
}

/** A call found nobody. */
export function lost(error?: ErrorData): void {
  if (connection.state === 'signed-out') return
  set({ ...connection, state: 'silent', ...(error === undefined ? {} : { error }) })
}

/** The browser session is not, or no longer, allowed in. */
export function signedOut(): void {
  set({ ...connection, state: 'signed-out' })
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  const timer = setInterval(() => {
    if (['live', 'connecting'].includes(connection.state) && now() - connection.lastHeard > SILENT_AFTER_MS) lost()
  }, TICK_MS)
  return () => {
    clearInterval(timer)
    listeners.delete(listener)
  }
}

export function useConnection(): Connection {
  return useSyncExternalStore(listen, () => connection)
}
