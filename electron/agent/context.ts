/** What every handler may use: the parts of a running agent. */
import type { Summary } from '../contract/summary.ts'
import type { MethodName, ParamsOut, ResultOf, Role } from '../contract/rpc.ts'
import type { LogLine } from '../contract/rpc.ts'
import type { Settings } from '../contract/settings.ts'
import type { Catalog } from '../engine/catalog/catalog.ts'
import type { Engine } from '../engine/engine-api.ts'
import type { Redactor, Secret } from '../engine/secret.ts'
import type { World } from '../engine/world.ts'
import type { DestinationStates } from './destination-states.ts'
import type { EventBus } from './events.ts'
import type { Runs } from './runs.ts'
import type { SafeMode } from './safe-mode.ts'

/** `agent` keeps schedules and stays; `command` lives as long as one command line (DESIGN §2). */
export type AgentMode = 'agent' | 'command'

/** The settings file, as the handlers see it. */
export interface SettingsAccess {
  current(): Settings
  /** Writes what `change` returns, atomically; changes are made one after the other. */
  update(change: (now: Settings) => Settings): Promise<Settings>
}

export interface SecretsAccess {
  /** Throws `secret-missing`. */
  get(name: string): Promise<Secret>
  list(): Promise<readonly { readonly name: string; readonly updatedAt: string }[]>
  set(name: string, value: Secret): Promise<void>
  /** Throws `secret-missing`. */
  remove(name: string): Promise<void>
}

export interface RunLogReader {
  read(run: string, offset: number, limit: number): Promise<{ lines: LogLine[]; next: number }>
}

export interface AgentLog {
  info(text: string): void
  warn(text: string): void
  error(text: string): void
}

/** The loopback pages, where they are served. */
export interface WebAccess {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string
  /** A link that signs one browser in, once, within ten minutes. */
  link(): string
}

export interface AgentContext {
  readonly world: World
  readonly version: string
  readonly home: string
  readonly mode: AgentMode
  readonly settings: SettingsAccess
  readonly secrets: SecretsAccess
  readonly runLogs: RunLogReader
  readonly log: AgentLog
  readonly catalog: Catalog
  readonly engine: Engine
  readonly runs: Runs
  readonly events: EventBus
  readonly redactor: Redactor
  readonly destinations: DestinationStates
  readonly safeMode: SafeMode
  /** Aborted when the agent stops. */
  readonly signal: AbortSignal
  summary(): Summary
  /** Looks at the enabled destinations that nobody has looked at lately; resolves when that is done. Never rejects. */
  lookAtPlaces(): Promise<void>
  web(): WebAccess | undefined
  /** Starts stopping; returns at once, so that the answer still goes out. */
  requestStop(): void
  /** Work that nobody waits for, but that is over before the catalog closes; a failure is logged. */
  background(what: string, work: () => Promise<void>): void
  /** One after the other: checks that must still hold when the settings are written. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

/** Who calls. */
export interface Caller {
  readonly role: Role
  /** As the client names itself; claimed, not confirmed. */
  readonly client: string
}

/** A record must name every method, and only those: a forgotten one does not compile. */
export type Handlers = {
  readonly [M in MethodName]: (params: ParamsOut<M>, agent: AgentContext) => Promise<ResultOf<M>> | ResultOf<M>
}
