/** What was last seen of each destination: reachable, how much space, which error, and whether its sets still lie there. */
import type { DestinationConfig, ProbeReport } from '../contract/destination.ts'
import type { ErrorCode } from '../contract/error.ts'
import { BackupError, toBackupError } from '../engine/errors.ts'
import type { Engine } from '../engine/engine-api.ts'
import { localIso } from '../engine/time.ts'
import type { Clock } from '../engine/world.ts'
import type { EventBus } from './events.ts'
import { atMost } from './patience.ts'
import { tellsOfPlace } from './run-places.ts'

export interface DestinationState {
  readonly reachable: boolean
  readonly lookedAt: string
  readonly errorCode?: ErrorCode
  readonly freeBytes?: number
  readonly totalBytes?: number
}

export interface DestinationStatesDeps {
  readonly engine: Pick<Engine, 'probe' | 'lookAtSets'>
  readonly clock: Clock
  readonly events: EventBus
  /** Aborted when the agent stops. */
  readonly signal: AbortSignal
  /** The place holds sets that the catalog does not know, or had given up: somebody should read them in. */
  onUnknownSets(config: DestinationConfig): Promise<void>
  /** Tests shorten these. */
  readonly probeMs?: number
  readonly listMs?: number
}

/** A look writes and reads a small object, so it is not repeated at every glance at the window. */
const FRESH_MS = 5 * 60_000
/** A share that hangs must not make a look hang for ever. */
const PROBE_MS = 30_000
/** Thousands of sets over a slow line take minutes to list. */
const LIST_MS = 5 * 60_000
/** Reading a few sets in takes a moment. */
const IMPORT_MS = 4_000

interface Seen {
  readonly state: DestinationState
  readonly at: number
}

export class DestinationStates {
  readonly #states = new Map<string, Seen>()
  readonly #listed = new Map<string, number>()
  readonly #going = new Map<string, Promise<unknown>>()
  /** What was asked, was given up, and has not come back: asking again would only tie up another thread of this process. */
  readonly #hanging = new Set<string>()
  /** The unknown sets last told of, so that one that cannot be taken in is not told of at every look. */
  readonly #told = new Map<string, string>()
  readonly #deps: DestinationStatesDeps

  constructor(deps: DestinationStatesDeps) {
    this.#deps = deps
  }

  /** What was last seen; undefined where nobody has looked yet. */
  get(id: string): DestinationState | undefined {
    return this.#states.get(id)?.state
  }

  forget(id: string): void {
    this.#states.delete(id)
    this.#listed.delete(id)
    this.#told.delete(id)
  }

  /** Looks now; a look that goes on is shared. Never throws and never hangs: what went wrong is in the report. */
  probe(config: DestinationConfig): Promise<ProbeReport> {
    return this.#shared(`probe ${config.id}`, () => this.#look(config))
  }

  /** Looks at those that nobody has looked at lately, and at the sets of those that are there. Never throws, never hangs. */
  async refresh(configs: readonly DestinationConfig[]): Promise<void> {
    await Promise.all(configs.filter(({ enabled }) => enabled).map((config) => this.#refreshOne(config)))
  }

  /** Takes what a run or an import found out: it tells more than the last look. An error that is not the place's tells nothing of it. */
  note(id: string, errorCode: ErrorCode | undefined): void {
    if (errorCode !== undefined && !tellsOfPlace(errorCode)) return
    const before = this.#states.get(id)
    // What went well says nothing of the space that is left: the next look comes when it would have come.
    const at = errorCode === undefined ? (before?.at ?? -Infinity) : this.#deps.clock.monotonic()
    this.#keep(id, { reachable: errorCode === undefined, errorCode, ...roomOf(before?.state) }, at)
  }

  async #refreshOne(config: DestinationConfig): Promise<void> {
    if (this.#isStale(this.#states.get(config.id)?.at)) await this.probe(config)
    if (this.get(config.id)?.reachable !== true || !this.#isStale(this.#listed.get(config.id))) return
    await this.#shared(`list ${config.id}`, () => this.#list(config))
  }

  #isStale(at = -Infinity): boolean {
    return this.#deps.clock.monotonic() - at > FRESH_MS
  }

  async #shared<T>(key: string, work: () => Promise<T>): Promise<T> {
    // Every key stands for one kind of work.
    const going = this.#going.get(key) as Promise<T> | undefined
    if (going !== undefined) return await going
    const mine = work().finally(() => this.#going.delete(key))
    this.#going.set(key, mine)
    return await mine
  }

  async #look(config: DestinationConfig): Promise<ProbeReport> {
    const { engine, clock, signal, probeMs = PROBE_MS } = this.#deps
    const began = clock.monotonic()
    const report = await this.#bounded(`probe ${config.id}`, config, probeMs, (bound) =>
      engine.probe(config, bound),
    ).catch((error: unknown): ProbeReport => failedReport(toBackupError(error)))
    // Nobody's fault: the agent stops, or a run was at the place since this look began and knows better.
    const seen = this.#states.get(config.id)
    if (!signal.aborted && (seen === undefined || seen.at <= began)) {
      this.#keep(
        config.id,
        { reachable: report.ok, errorCode: report.error?.code, ...roomOf(report) },
        clock.monotonic(),
      )
    }
    return report
  }

  async #list(config: DestinationConfig): Promise<void> {
    const { engine, clock, events, signal, listMs = LIST_MS } = this.#deps
    try {
      const { missing, unknown } = await this.#bounded(`list ${config.id}`, config, listMs, (bound) =>
        engine.lookAtSets(config, bound),
      )
      this.#listed.set(config.id, clock.monotonic())
      if (missing.length > 0) events.emit({ type: 'destination.changed', destination: config.id })
      const told = unknown.join('\n')
      // A look that found them has them in the list; behind a run that holds the place they come later.
      if (told !== '' && told !== this.#told.get(config.id)) await atMost(IMPORT_MS, this.#deps.onUnknownSets(config))
      this.#told.set(config.id, told)
    } catch (error) {
      // "Could not list" is never "empty": nothing is known of the sets, and that the place says so is what is noted.
      if (!signal.aborted) this.note(config.id, toBackupError(error).code)
    }
  }

  /** @throws BackupError destination-no-answer, also where an earlier call still hangs; else what `work` throws */
  async #bounded<T>(
    key: string,
    { id, path }: DestinationConfig,
    milliseconds: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const late = new BackupError('destination-no-answer', { path, seconds: Math.round(milliseconds / 1000) })
    if (this.#hanging.has(key)) throw late
    const given = new AbortController()
    const asked = work(AbortSignal.any([this.#deps.signal, given.signal]))
    const answer = await atMost(milliseconds, asked)
    if (answer !== 'late') return answer
    this.#hanging.add(key)
    const settled = (): void => {
      this.#hanging.delete(key)
      this.#listed.delete(id)
    }
    asked.then(settled, settled)
    given.abort(late)
    throw late
  }

  #keep(
    id: string,
    seen: Omit<DestinationState, 'lookedAt' | 'errorCode'> & { errorCode: ErrorCode | undefined },
    at: number,
  ): void {
    const before = this.get(id)
    const { errorCode, ...rest } = seen
    const lookedAt = localIso(this.#deps.clock.now())
    this.#states.set(id, { state: { ...rest, lookedAt, ...(errorCode === undefined ? {} : { errorCode }) }, at })
    const changed = before?.reachable !== seen.reachable || before.errorCode !== errorCode
    if (changed) this.#deps.events.emit({ type: 'destination.changed', destination: id })
  }
}

function roomOf(
  from: Pick<ProbeReport, 'freeBytes' | 'totalBytes'> | undefined,
): Pick<DestinationState, 'freeBytes' | 'totalBytes'> {
  return {
    ...(from?.freeBytes === undefined ? {} : { freeBytes: from.freeBytes }),
    ...(from?.totalBytes === undefined ? {} : { totalBytes: from.totalBytes }),
  }
}

function failedReport(error: BackupError): ProbeReport {
  return { ok: false, writable: false, state: 'missing', error: error.toData() }
}
