/** The agent as its clients see it: found by its state directory, called, listened to, and found again after it was restarted. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { AgentEvent } from '../contract/event.ts'
import { AGENT_NOTE, AGENT_SOCKET, tokenFiles } from '../contract/state-files.ts'
import { CallError } from '../contract/protocol.ts'
import type { Call, Role } from '../contract/rpc.ts'
import { callError, openConnection, type Connection, type ConnectionOptions } from './connection.ts'

export { callError } from './connection.ts'

export interface ConnectOptions {
  /** The agent's state directory: socket and token are found there. */
  readonly home?: string
  /** Instead of, or overriding what `home` says. */
  readonly socketPath?: string
  readonly tokenPath?: string
  readonly role?: Role
  /** How this client names itself. */
  readonly client: string
  /** For connecting and shaking hands; ten seconds where it is not said. */
  readonly timeoutMs?: number
}

export interface AgentClient {
  readonly call: Call
  readonly version: string
  /** Returns how to stop listening. */
  onEvent(listener: (event: AgentEvent) => void): () => void
  readonly ended: Promise<CallError>
  close(): void
}

const DEFAULT_TIMEOUT_MS = 10_000
const noteSchema = z.object({ socket: z.string() })

/** Throws CallError: `agent-unreachable` where none answers, `protocol-mismatch`, `not-allowed`. */
export async function connectAgent(options: ConnectOptions): Promise<AgentClient> {
  return await openConnection(resolveOptions(options))
}

function resolveOptions(options: ConnectOptions): ConnectionOptions {
  const role = options.role ?? 'administrator'
  const socketPath = options.socketPath ?? socketOf(required(options.home))
  const tokenPath = options.tokenPath ?? join(required(options.home), tokenFiles[role])
  return {
    socketPath,
    token: readToken(tokenPath),
    role,
    client: options.client,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  }
}

function required(home: string | undefined): string {
  if (home === undefined)
    throw callError('usage', { reason: 'Neither a state directory nor a socket and token were named.' })
  return home
}

/** Where the agent said that it listens: a path too long for a socket lies elsewhere. */
function socketOf(home: string): string {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(join(home, AGENT_NOTE), 'utf8'))).socket
  } catch {
    // No note, or a torn one: the place where it would be by default; connecting says the rest.
    return join(home, AGENT_SOCKET)
  }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
    if (denied) throw callError('not-allowed', { method: `read ${path}` })
    throw callError('agent-unreachable', { reason: 'it has not been started here yet' })
  }
}

/** How a window stands to its agent. */
export type LinkState =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected'; readonly version: string }
  /** `since`: milliseconds of `performance.now()` when it was lost; `error` says why in words. */
  | { readonly state: 'lost'; readonly since: number; readonly error: CallError }

export interface AgentLink {
  /** Goes to the present connection; rejects with `agent-unreachable` while there is none. */
  readonly call: Call
  onEvent(listener: (event: AgentEvent) => void): () => void
  onState(listener: (state: LinkState) => void): () => void
  current(): LinkState
  close(): void
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * A lasting link: connects, and after a loss again, at first quickly, then every five seconds. Calls are not repeated: whoever asked
 * decides. A mismatch of versions is reported as it is and tried again, because an update ends with a restart.
 */
export function linkAgent(options: ConnectOptions): AgentLink {
  const link = new ReconnectingLink(options)
  void link.run()
  return link
}

class ReconnectingLink implements AgentLink {
  readonly #options: ConnectOptions
  readonly #stop = new AbortController()
  readonly #events = new Set<(event: AgentEvent) => void>()
  readonly #watchers = new Set<(state: LinkState) => void>()
  #connection: Connection | undefined
  #state: LinkState = { state: 'connecting' }

  constructor(options: ConnectOptions) {
    this.#options = options
  }

  readonly call: Call = async (method, params) => {
    if (this.#connection !== undefined) return await this.#connection.call(method, params)
    throw this.#state.state === 'lost'
      ? this.#state.error
      : callError('agent-unreachable', { reason: 'not connected yet' })
  }

  onEvent(listener: (event: AgentEvent) => void): () => void {
    this.#events.add(listener)
    return () => this.#events.delete(listener)
  }

  onState(listener: (state: LinkState) => void): () => void {
    this.#watchers.add(listener)
    return () => this.#watchers.delete(listener)
  }

  current(): LinkState {
    return this.#state
  }

  close(): void {
    this.#stop.abort()
    this.#connection?.close()
  }

  async run(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    while (!this.#stop.signal.aborted) {
      if (await this.#stay()) pause = FIRST_PAUSE_MS
      // An abort only ends the pause.
      await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => undefined)
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
    }
  }

  /** Connects and stays until the connection ends; true where it had come about. */
  async #stay(): Promise<boolean> {
    let connected = false
    try {
      const connection = await openConnection(resolveOptions(this.#options))
      connected = true
      this.#connection = connection
      if (this.#stop.signal.aborted) connection.close()
      connection.onEvent((event) => {
        for (const listener of [...this.#events]) listener(event)
      })
      this.#tell({ state: 'connected', version: connection.version })
      this.#lost(await connection.ended)
    } catch (error) {
      this.#lost(error instanceof CallError ? error : callError('agent-unreachable', { reason: String(error) }))
    }
    this.#connection = undefined
    return connected
  }

  #lost(error: CallError): void {
    this.#connection = undefined
    if (this.#stop.signal.aborted) return
    const since = this.#state.state === 'lost' ? this.#state.since : performance.now()
    this.#tell({ state: 'lost', since, error })
  }

  #tell(state: LinkState): void {
    this.#state = state
    for (const listener of [...this.#watchers]) listener(state)
  }
}
