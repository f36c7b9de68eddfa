/** What was last seen of each destination: reachable, how much space, and which error; looked at in the background. */
import type { DestinationConfig, ProbeReport } from '../contract/destination.ts'
import { toBackupError } from '../engine/errors.ts'
import type { Engine } from '../engine/engine-api.ts'
import type { Clock } from '../engine/world.ts'
import type { EventBus } from './events.ts'

export interface DestinationState {
  readonly reachable: boolean
  readonly errorCode?: string
  readonly freeBytes?: number
  readonly totalBytes?: number
}

/** A look writes and reads a small object, so it is not repeated at every glance at the window. */
const FRESH_MS = 5 * 60_000
/** A share that hangs must not make a look hang for ever. */
const PROBE_TIMEOUT_MS = 30_000

export class DestinationStates {
  readonly #states = new Map<string, { readonly state: DestinationState; readonly at: number }>()
  readonly #looking = new Map<string, Promise<ProbeReport>>()
  readonly #deps: { engine: Engine; clock: Clock; events: EventBus; signal: AbortSignal }

  constructor(deps: { engine: Engine; clock: Clock; events: EventBus; signal: AbortSignal }) {
    this.#deps = deps
  }

  /** What was last seen; undefined where nobody has looked yet. */
  get(id: string): DestinationState | undefined {
    return this.#states.get(id)?.state
  }

  forget(id: string): void {
    this.#states.delete(id)
  }

  /** Looks now; a look that goes on is shared. Never throws: what went wrong is in the report. */
  async probe(config: DestinationConfig): Promise<ProbeReport> {
    const going = this.#looking.get(config.id)
    if (going !== undefined) return await going
    const look = this.#look(config).finally(() => this.#looking.delete(config.id))
    this.#looking.set(config.id, look)
    return await look
  }

  /** Looks at those that nobody has looked at lately. */
  async refresh(configs: readonly DestinationConfig[]): Promise<void> {
    const now = this.#deps.clock.monotonic()
    const stale = configs.filter(
      ({ id, enabled }) => enabled && now - (this.#states.get(id)?.at ?? -Infinity) > FRESH_MS,
    )
    await Promise.all(stale.map((config) => this.probe(config)))
  }

  /** Takes what a run found out: its error tells more than the last look. */
  note(id: string, errorCode: string | undefined): void {
    const { freeBytes, totalBytes } = this.get(id) ?? {}
    this.#keep(id, {
      reachable: errorCode === undefined,
      ...(errorCode === undefined ? {} : { errorCode }),
      ...(freeBytes === undefined ? {} : { freeBytes }),
      ...(totalBytes === undefined ? {} : { totalBytes }),
    })
  }

  async #look(config: DestinationConfig): Promise<ProbeReport> {
    const { engine, signal } = this.#deps
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)])
    const report = await engine.probe(config, bounded).catch((error: unknown): ProbeReport => {
      const { code, message, hint } = toBackupError(error)
      return { ok: false, writable: false, state: 'missing', error: { code, message, hint } }
    })
    this.#keep(config.id, {
      reachable: report.ok,
      ...(report.error === undefined ? {} : { errorCode: report.error.code }),
      ...(report.freeBytes === undefined ? {} : { freeBytes: report.freeBytes }),
      ...(report.totalBytes === undefined ? {} : { totalBytes: report.totalBytes }),
    })
    return report
  }

  #keep(id: string, state: DestinationState): void {
    const before = this.get(id)
    this.#states.set(id, { state, at: this.#deps.clock.monotonic() })
    const changed = before?.reachable !== state.reachable || before.errorCode !== state.errorCode
    if (changed) this.#deps.events.emit({ type: 'destination.changed', destination: id })
  }
}
