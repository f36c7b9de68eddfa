/** Every run that goes on: started, watched, cancelled and brought to an end that is recorded, whatever the engine does. */
import { phrase } from '../contract/phrases.ts'
import type { AgentEvent } from '../contract/event.ts'
import { runRecordSchema, type Progress, type RunKind, type RunRecord } from '../contract/run.ts'
import { BackupError, toBackupError } from '../engine/errors.ts'
import { redactData } from '../engine/redact-data.ts'
import { ActiveRun } from './active-run.ts'
import { RunKeys, WriterQueue } from './queue.ts'
import { CANCEL_GRACE_MS, type RunsDeps, type RunSpec } from './run-spec.ts'
import { startWatchdog } from './watchdog.ts'

export interface RunningInfo {
  readonly run: string
  readonly kind: RunKind
  readonly job: string | undefined
  readonly progress: Progress | undefined
  /** The set that it reads. */
  readonly subject: string | undefined
}

export class Runs {
  readonly #deps: RunsDeps
  readonly #keys = new RunKeys()
  readonly #writers = new WriterQueue()
  readonly #active = new Map<string, ActiveRun>()
  #stopping = false

  constructor(deps: RunsDeps) {
    this.#deps = deps
  }

  /** Starts and returns the run's id at once; throws `run-already-active` where one of its keys is held. */
  start(spec: RunSpec): string {
    if (this.#stopping) throw new BackupError('agent-unreachable', { reason: phrase('stopping') })
    const id = `run_${this.#deps.world.random(8)}`
    const releaseKeys = this.#keys.take(spec.keys, id)
    const active = new ActiveRun(id, spec, this.#deps)
    this.#active.set(id, active)
    this.#record(active.record)
    this.#deps.events.emit({ type: 'run.started', run: active.record })
    active.log.write('info', `${spec.kind} ${spec.jobName} started (${spec.trigger})`)
    void this.#drive(active, releaseKeys)
    return id
  }

  running(): readonly RunningInfo[] {
    return [...this.#active.values()].map((active) => ({
      run: active.id,
      kind: active.spec.kind,
      job: active.spec.job,
      progress: active.meter.latest,
      subject: active.spec.subject,
    }))
  }

  /** Does something short as the only writer at these destinations; throws `destination-busy` at once where a run writes there. */
  async asWriter<T>(destinations: readonly string[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const busy = destinations.find((destination) => this.#writers.isBusy(destination))
    if (busy !== undefined) throw new BackupError('destination-busy', { path: busy, holder: 'a run of this service' })
    const release = await this.#writers.acquire(destinations, signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  isActive(run: string): boolean {
    return this.#active.has(run)
  }

  /** The run that holds `key`, if one does. */
  holder(key: string): string | undefined {
    return this.#keys.holder(key)
  }

  /** Resolves when the run is recorded as ended; a run that has ended is left as it is. Throws `not-found`. */
  async cancel(run: string, reason = new BackupError('cancelled')): Promise<void> {
    const active = this.#active.get(run)
    if (active === undefined) {
      if (this.#deps.catalog.run(run) === undefined) throw new BackupError('not-found', { what: 'run', name: run })
      return
    }
    active.log.write('warn', `asked to stop: ${reason.message}`)
    active.controller.abort(reason)
    await active.ended
  }

  /** The record once it has an outcome. Throws `not-found`. */
  async wait(run: string): Promise<RunRecord> {
    const active = this.#active.get(run)
    if (active !== undefined) return active.ended
    const record = this.#deps.catalog.run(run)
    if (record === undefined) throw new BackupError('not-found', { what: 'run', name: run })
    return record
  }

  /** Refuses new runs and cancels those that go on; resolves when all are recorded, within the grace. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#active.keys()].map((run) => this.cancel(run)))
  }

  async #drive(active: ActiveRun, releaseKeys: () => void): Promise<void> {
    let release = releaseKeys
    let work: Promise<RunRecord> | undefined
    let record: RunRecord
    try {
      const releaseWriters = await this.#writers.acquire(active.spec.writes, active.controller.signal)
      release = () => {
        releaseWriters()
        releaseKeys()
      }
      work = this.#work(active)
      record = await Promise.race([work, active.abandoned(this.#deps.graceMs ?? CANCEL_GRACE_MS)])
    } catch (error) {
      record = active.failed(toBackupError(error))
    }
    if (active.isAbandoned && work !== undefined) this.#leaveBehind(active, work, release)
    else release()
    this.#finish(active, record)
  }

  async #work(active: ActiveRun): Promise<RunRecord> {
    const { spec, controller } = active
    const { clock } = this.#deps.world
    const limits = { ...spec.limits, minuteMs: this.#deps.minuteMs ?? 60_000 }
    const watchdog = startWatchdog(limits, clock, (reason) => {
      active.log.write('error', reason.message)
      controller.abort(reason)
    })
    try {
      return await spec.execute({
        run: active.id,
        trigger: spec.trigger,
        startedAt: active.record.startedAt,
        signal: controller.signal,
        log: (level, text) => active.log.write(level, text),
        progress: (progress) => {
          const { moved, send, placeChanged } = active.progress(progress)
          if (moved) watchdog.moved(progress.stage)
          if (active.isOver) return
          if (placeChanged) this.#record(active.record)
          if (send !== undefined) this.#deps.events.emit({ type: 'run.progress', progress: send })
        },
        found: (finding) => active.found(finding),
        event: (event) => {
          watchdog.moved(active.stage)
          this.#forward(event)
        },
      })
    } finally {
      watchdog.stop()
    }
  }

  /** Start and end of a run are told here and nowhere else, so that each is told once. */
  #forward(event: AgentEvent): void {
    if (event.type === 'run.started' || event.type === 'run.finished' || event.type === 'run.progress') return
    this.#deps.events.emit(event)
  }

  /**
   * A run that did not stop in time is recorded as ended, but it may still write: its job and destinations stay taken until it
   * really settles. What it then reports is the truth and replaces our record.
   */
  #leaveBehind(active: ActiveRun, work: Promise<RunRecord>, release: () => void): void {
    active.log.write('error', 'did not stop in time; its remains are removed at the next start of the service')
    void work
      .then(
        (record) => {
          this.#record(record)
          this.#deps.ended?.(active.spec, record)
          this.#deps.events.emit({ type: 'run.finished', run: record })
          this.#deps.warn(`${active.id} settled late as ${record.outcome ?? 'unknown'}`)
        },
        (error: unknown) => this.#deps.warn(`${active.id} failed late: ${toBackupError(error).message}`),
      )
      .finally(release)
  }

  #finish(active: ActiveRun, record: RunRecord): void {
    active.end(record)
    // The engine has entered it too; should it have failed to, the run must not look as if it were still going on.
    this.#record(record)
    this.#active.delete(active.id)
    active.log.write('info', `ended: ${record.outcome ?? 'unknown'}${record.error ? `, ${record.error.message}` : ''}`)
    active.log.close()
    this.#deps.ended?.(active.spec, record)
    this.#deps.events.emit({ type: 'run.finished', run: record })
  }

  /** A catalog that cannot be written (disk full) must not end a run: the destinations' journals hold the truth. */
  #record(record: RunRecord): void {
    if (this.#deps.catalog.readOnly) return
    try {
      this.#deps.catalog.recordRun(redactData(record, runRecordSchema, this.#deps.redactor))
    } catch (error) {
      this.#deps.warn(`${record.id} could not be noted in the catalog: ${toBackupError(error).message}`)
    }
  }
}
