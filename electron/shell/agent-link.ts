/** The shell's one connection to the agent: made, kept, made again; starts the agent where none runs, and never two. */
import { CallError } from '../contract/protocol.ts'
import type { ErrorData } from '../contract/error.ts'
import type { AgentEvent } from '../contract/event.ts'
import type { Call } from '../contract/rpc.ts'
import type { LinkState } from '../contract/shell.ts'
import type { Summary } from '../contract/summary.ts'
import { wordsOf } from '../contract/words.ts'
import type { ShellClock } from './clock.ts'

/** What one open connection offers (electron/client). */
export interface AgentConnection {
  readonly call: Call
  onEvent(listener: (event: AgentEvent) => void): () => void
  /** Resolves when the connection has ended, however it ended. */
  readonly ended: Promise<unknown>
  close(): void
}

/** An agent that this shell started. */
export interface StartedAgent {
  isAlive(): boolean
  /** Why the program could not be run at all. */
  failure(): string | undefined
}

export interface AgentLinkDeps {
  /** Rejects with a `CallError`. */
  readonly connect: () => Promise<AgentConnection>
  readonly startAgent: () => StartedAgent
  readonly clock: ShellClock
}

interface LinkEvents {
  link: (link: LinkState) => void
  event: (event: AgentEvent) => void
  summary: (summary: Summary) => void
}

/** Milliseconds between attempts; the last one repeats. An agent that dies at once is not started in a tight loop. */
const BACK_OFF = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000] as const
/** A freshly started agent opens its socket within this many milliseconds, or the page says that it does not run. */
const START_GRACE = 10_000
/** An agent that a service manager looks after gets this many milliseconds to come back before the shell starts one. */
const RETURN_GRACE = 3000
const POLL = 200
/** A summary also ages by itself, and an agent that hangs without closing the socket is as silent as a dead one. */
const HEARTBEAT = 30_000
const HEARTBEAT_TIMEOUT = 20_000
/** A connection that lasted this long was no crash loop: the back-off begins anew. */
const STEADY = 60_000

/** The light may stay as it is while what the tray says beside it does not. */
const changesSummary: ReadonlySet<AgentEvent['type']> = new Set(['run.started', 'run.finished', 'job.changed'])

export class AgentLink {
  readonly #deps: AgentLinkDeps
  readonly #stopped = new AbortController()
  readonly #listeners: { [K in keyof LinkEvents]: Set<LinkEvents[K]> } = {
    link: new Set(),
    event: new Set(),
    summary: new Set(),
  }
  #pause = new AbortController()
  #connection: AgentConnection | undefined
  #agent: StartedAgent | undefined
  #state: LinkState
  #summary: Summary | undefined

  constructor(deps: AgentLinkDeps) {
    this.#deps = deps
    this.#state = { state: 'connecting', since: deps.clock.now().toISOString() }
  }

  get state(): LinkState {
    return this.#state
  }

  /** Undefined wherever the agent does not answer: what it said before may no longer be true. */
  get summary(): Summary | undefined {
    return this.#state.state === 'connected' ? this.#summary : undefined
  }

  /** Rejects with a `CallError` `agent-unreachable` while there is no connection. */
  readonly call: Call = (method, params) => {
    if (this.#connection === undefined) return Promise.reject(new CallError(this.#state.error ?? unreachable('')))
    return this.#connection.call(method, params)
  }

  on<K extends keyof LinkEvents>(name: K, listener: LinkEvents[K]): () => void {
    this.#listeners[name].add(listener)
    return () => this.#listeners[name].delete(listener)
  }

  /** Connects now instead of after the current pause. */
  retry(): LinkState {
    this.#pause.abort()
    return this.#state
  }

  /** Runs until `stop`; the agent goes on without the shell. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#stopped.signal.aborted;) {
      const connection = await this.#reach()
      const livedFor = connection === undefined ? 0 : await this.#live(connection)
      failures = livedFor > STEADY ? 0 : failures + 1
      if (connection !== undefined) await this.#awaitReturn()
      await this.#wait(BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? BACK_OFF[0])
    }
  }

  stop(): void {
    this.#stopped.abort()
    this.#pause.abort()
    this.#connection?.close()
  }

  async #reach(): Promise<AgentConnection | undefined> {
    try {
      return await this.#deps.connect()
    } catch (error) {
      const data = errorOf(error)
      if (data.code === 'agent-unreachable') return await this.#bringUp(data)
      this.#set('refused', data)
      return undefined
    }
  }

  async #bringUp(reason: ErrorData): Promise<AgentConnection | undefined> {
    // Ours may be alive but deaf: hanging, or still recovering. A second one could only fail on the lock.
    if (this.#agent?.isAlive() !== true) {
      const agent = (this.#agent = this.#deps.startAgent())
      for (let waited = 0; waited < START_GRACE && agent.isAlive(); waited += POLL) {
        await this.#deps.clock.wait(POLL, this.#stopped.signal)
        if (this.#stopped.signal.aborted) return undefined
        const connection = await this.#deps.connect().catch(() => undefined)
        if (connection !== undefined) return connection
      }
    }
    const failure = this.#agent.failure()
    this.#set('down', failure === undefined ? reason : unreachable(failure))
    return undefined
  }

  /** Answers how many milliseconds the connection lasted. */
  async #live(connection: AgentConnection): Promise<number> {
    const from = this.#deps.clock.now().getTime()
    const ended = new AbortController()
    void connection.ended.then(() => ended.abort())
    this.#stopped.signal.addEventListener('abort', () => connection.close())
    connection.onEvent((event) => {
      if (event.type === 'light.changed') this.#keep(event.summary)
      else if (changesSummary.has(event.type)) void this.#refresh(connection)
      this.#emit('event', event)
    })
    try {
      this.#keep(await connection.call('status', {}))
      this.#connection = connection
      this.#set('connected')
      await this.#watch(connection, ended.signal)
      this.#set('down', unreachable('connection lost'))
    } catch (error) {
      // Neither its light nor anything else of it can be shown: as good as not running.
      this.#set('down', errorOf(error))
    } finally {
      this.#connection = undefined
      connection.close()
    }
    return this.#deps.clock.now().getTime() - from
  }

  async #refresh(connection: AgentConnection): Promise<void> {
    try {
      this.#keep(await connection.call('status', {}))
    } catch {
      // The heartbeat decides what a silent agent means; this was only the quicker way to the news.
    }
  }

  /** Returns when the connection has ended, or when the agent no longer answers on it. */
  async #watch(connection: AgentConnection, ended: AbortSignal): Promise<void> {
    for (;;) {
      await this.#deps.clock.wait(HEARTBEAT, ended)
      if (ended.aborted) return
      const silence = this.#deps.clock.wait(HEARTBEAT_TIMEOUT, ended)
      const answer = await Promise.race([connection.call('status', {}), silence])
      if (answer === undefined) return
      this.#keep(answer)
    }
  }

  /** After a loss: an agent that somebody else started may be on its way back. */
  async #awaitReturn(): Promise<void> {
    if (this.#agent !== undefined || this.#stopped.signal.aborted) return
    await this.#wait(RETURN_GRACE)
  }

  async #wait(milliseconds: number): Promise<void> {
    if (this.#stopped.signal.aborted) return
    this.#pause = new AbortController()
    await this.#deps.clock.wait(milliseconds, this.#pause.signal)
  }

  #keep(summary: Summary): void {
    this.#summary = summary
    this.#emit('summary', summary)
  }

  #set(state: LinkState['state'], error?: ErrorData): void {
    // "Not running since" counts from the first moment, not from the latest attempt.
    if (this.#state.state === state) return
    const since = this.#deps.clock.now().toISOString()
    this.#state = { state, since, ...(error === undefined ? {} : { error }) }
    this.#emit('link', this.#state)
  }

  #emit<K extends keyof LinkEvents>(name: K, ...args: Parameters<LinkEvents[K]>): void {
    for (const listener of this.#listeners[name]) (listener as (...args: Parameters<LinkEvents[K]>) => void)(...args)
  }
}

export function errorOf(error: unknown): ErrorData {
  if (error instanceof CallError) return error.data
  const detail = { reason: error instanceof Error ? error.message : String(error) }
  return { code: 'internal', ...wordsOf('internal', detail, 'en'), detail }
}

function unreachable(reason: string): ErrorData {
  const detail = { reason }
  return { code: 'agent-unreachable', ...wordsOf('agent-unreachable', detail, 'en'), detail }
}
