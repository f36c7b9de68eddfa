/** Puts an agent together and takes it apart: the one list that says in which order. */
import { CallError, PROTOCOL } from '../contract/protocol.ts'
import type { AgentEvent } from '../contract/event.ts'
import type { Call, MethodName, ParamsIn, ResultOf } from '../contract/rpc.ts'
import { BackupError, reasonOf } from '../engine/errors.ts'
import { Redactor } from '../engine/secret.ts'
import { localIso } from '../engine/time.ts'
import { assemble, type AgentOptions, type AgentParts } from './assemble.ts'
import type { AgentContext } from './context.ts'
import { createDispatch } from './dispatch.ts'
import { handlers } from './handlers/index.ts'
import { listenHttp, type HttpServer } from './http-server.ts'
import { acquireLock, removeNote, writeNote, type AgentLock } from './lock.ts'
import { openHome, openState, type AgentState } from './open-state.ts'
import { closeInterrupted, importAll, isCatalogNew } from './recovery.ts'
import { listenRpc, type RpcServer } from './rpc-server.ts'
import { SafeMode } from './safe-mode.ts'
import { startScheduler, type Scheduler } from './scheduler.ts'
import { noteStart, type Starts } from './state/starts.ts'
import { openTokens } from './tokens.ts'

export type { AgentOptions } from './assemble.ts'

export interface RunningAgent {
  readonly home: string
  readonly socketPath: string
  /** `http://127.0.0.1:PORT`, where pages are served. */
  readonly origin: string | undefined
  /** As an administrator, without the socket; rejects with a CallError. */
  readonly call: Call
  /** Returns how to stop listening. */
  onEvent(listener: (event: AgentEvent) => void): () => void
  /** A link that signs one browser in; undefined where no pages are served. */
  webLink(): string | undefined
  /** Cancels what goes on, within ten seconds, and lets go of everything; the same promise however often it is asked. */
  stop(): Promise<void>
  /** Resolves when the agent has stopped, whoever asked for it. */
  readonly stopped: Promise<void>
}

/**
 * Starts an agent on `home`. When it resolves, the agent answers.
 * @throws BackupError `agent-running`, `config-newer`, `catalog-unusable`, `usage` (an address that others can reach) …
 */
export async function createAgent(options: AgentOptions): Promise<RunningAgent> {
  const redactor = new Redactor()
  const paths = await openHome(options.home, options.world)
  // Before anything is read that another agent could be writing.
  const lock = acquireLock(paths.home)
  let state: AgentState | undefined
  try {
    state = await openState(paths, options.world, redactor, options.logEcho)
    return await new Agent(options, state, redactor, lock).start()
  } catch (error) {
    await state?.close()
    lock.release()
    throw error
  }
}

class Agent implements RunningAgent {
  readonly home: string
  readonly socketPath: string
  readonly stopped: Promise<void>
  readonly #options: AgentOptions
  readonly #state: AgentState
  readonly #lock: AgentLock
  readonly #context: AgentContext
  readonly #parts: AgentParts
  readonly #abort = new AbortController()
  readonly #starts: Starts | undefined
  readonly #safeMode: SafeMode
  readonly #dispatch
  #isReady = false
  #rpc: RpcServer | undefined
  #http: HttpServer | undefined
  #scheduler: Scheduler | undefined
  #stopping: Promise<void> | undefined
  #resolveStopped: () => void = () => undefined

  constructor(options: AgentOptions, state: AgentState, redactor: Redactor, lock: AgentLock) {
    this.#options = options
    this.#state = state
    this.#lock = lock
    this.home = state.paths.home
    this.socketPath = state.paths.socket
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve
    })
    // One that lives as long as a command keeps no schedules that it could crash on.
    this.#starts = options.mode === 'agent' ? noteStart(this.home, options.world) : undefined
    this.#safeMode = new SafeMode(this.#starts?.crashes ?? 0)
    this.#parts = assemble(options, state, redactor, {
      signal: this.#abort.signal,
      safeMode: this.#safeMode,
      web: () => this.#http,
      requestStop: () => setImmediate(() => void this.stop()),
    })
    this.#context = this.#parts.context
    this.#dispatch = createDispatch(this.#context, handlers)
  }

  async start(): Promise<this> {
    const { world, version, mode, http } = this.#options
    const { events, engine } = this.#context
    try {
      const interrupted = closeInterrupted(this.#context)
      await this.#unlessSafe('taking up the work', () => engine.recover(this.#context.settings.current().jobs))
      const tokens = openTokens(this.home, world)
      const shared = { dispatch: this.#dispatch, events }
      if (mode === 'agent') this.#context.background('read the destinations', () => importAll(this.#context))
      // A command must not answer "no backups" because it has not looked yet.
      else if (isCatalogNew(this.#context) || interrupted.length > 0) await importAll(this.#context)
      const onError = (error: Error): void => this.#context.log.error(`the socket: ${error.message}`)
      const monotonic = (): number => world.clock.monotonic()
      this.#rpc = await listenRpc(this.socketPath, { ...shared, tokens, version, monotonic, onError })
      if (http !== undefined && http !== false) {
        const { allowHosts = [], pagesDir } = this.#options
        const deps = { ...shared, world, metricsToken: tokens.metrics, summary: () => this.#context.summary() }
        this.#http = await listenHttp({ ...http, allowHosts, pagesDir }, deps)
      }
      // Nothing is known of the places yet, and the light is not good before it is.
      if (mode === 'agent') void this.#context.lookAtPlaces()
      if (mode === 'agent') this.#startSchedules()
      const startedAt = localIso(world.clock.now())
      const { home, socketPath: socket } = this
      writeNote({ pid: process.pid, home, socket, version, protocol: PROTOCOL, startedAt })
    } catch (error) {
      await this.stop()
      throw error
    }
    this.#isReady = true
    events.emit({ type: 'agent.state', state: 'ready' })
    this.#context.log.info(`version ${version} started as ${mode} on ${this.home}`)
    return this
  }

  /** In safe mode it must come up whatever lies in its way, so that a person can see and help. */
  async #unlessSafe(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!this.#safeMode.isOn) throw error
      this.#context.log.error(`${what}: ${reasonOf(error)}`)
    }
  }

  #startSchedules(): void {
    const { events, log, settings } = this.#context
    if (!this.#safeMode.isOn) {
      this.#scheduler = startScheduler(this.#context)
      return
    }
    log.error('it crashed three times in ten minutes: no schedule is started')
    this.#safeMode.whenLeft(() => {
      log.warn('the schedules are started after all')
      this.#starts?.forgive()
      this.#scheduler = startScheduler(this.#context)
      for (const { id: job } of settings.current().jobs) events.emit({ type: 'job.changed', job })
    }, this.#options.safeModeMs)
  }

  get origin(): string | undefined {
    return this.#http?.origin
  }

  readonly call: Call = async <M extends MethodName>(method: M, params: ParamsIn<M>): Promise<ResultOf<M>> => {
    const result = await this.#dispatch(method, params, { role: 'administrator', client: 'in-process' })
    if (!result.ok) throw new CallError(result.error)
    return result.value as ResultOf<M>
  }

  onEvent(listener: (event: AgentEvent) => void): () => void {
    return this.#context.events.subscribe(listener)
  }

  webLink(): string | undefined {
    return this.#http?.link()
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    const { events, runs, catalog, log } = this.#context
    events.emit({ type: 'agent.state', state: 'stopping' })
    log.info('stopping')
    this.#safeMode.stop()
    this.#scheduler?.stop()
    // Before the rest: a stop that hangs and is cut short is none of its own.
    if (this.#isReady) this.#starts?.endInOrder()
    const steps: readonly [what: string, step: () => unknown][] = [
      // Runs end first, while their clients still hear of it; what nobody waits for is cut short.
      ['ending the runs', () => runs.stop()],
      ['ending other work', () => this.#abort.abort(new BackupError('cancelled'))],
      ['waiting for other work', () => this.#parts.settle()],
      ['closing the pages', () => this.#http?.close()],
      ['closing the socket', () => this.#rpc?.close()],
      ['closing the catalog', () => catalog.close()],
      ['closing the state', () => this.#state.close()],
      ['removing the note', () => removeNote(this.home)],
      ['releasing the lock', () => this.#lock.release()],
    ]
    for (const [what, step] of steps) {
      try {
        await step()
      } catch (error) {
        // One that fails must not keep the next from letting go: else the data stays locked while the process lives.
        log.error(`${what}: ${reasonOf(error)}`)
      }
    }
    this.#resolveStopped()
  }
}
