/** One run that goes on: its record so far, its progress, and the promise of its end. */
import type { Finding } from '../contract/finding.ts'
import type { Progress, RunRecord, StageSpan } from '../contract/run.ts'
import type { Stage } from '../contract/error.ts'
import { BackupError, toBackupError } from '../engine/errors.ts'
import { localIso } from '../engine/time.ts'
import { ProgressMeter } from './progress-meter.ts'
import type { RunLogSink, RunsDeps, RunSpec } from './run-spec.ts'

/** The contract's bound of spans in a record. */
const MAX_SPANS = 2000
/** While the run goes on; each change of the record is written whole. */
const MAX_FINDINGS = 100

export class ActiveRun {
  readonly id: string
  readonly spec: RunSpec
  readonly controller = new AbortController()
  readonly meter = new ProgressMeter()
  readonly log: RunLogSink
  readonly ended: Promise<RunRecord>
  record: RunRecord
  isAbandoned = false
  isOver = false
  readonly #world: RunsDeps['world']
  readonly #startedMs: number
  #place = ''
  #latest: Progress | undefined
  #resolve: (record: RunRecord) => void = () => undefined

  constructor(id: string, spec: RunSpec, deps: Pick<RunsDeps, 'world' | 'openLog'>) {
    this.id = id
    this.spec = spec
    this.#world = deps.world
    this.#startedMs = deps.world.clock.monotonic()
    this.log = deps.openLog(id)
    this.record = firstRecord(id, spec, localIso(deps.world.clock.now()))
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** The stage last heard of. */
  get stage(): Stage {
    return this.record.spans.at(-1)?.stage ?? 'lock'
  }

  /** Takes a report of the engine; the record's spans follow the stages, so that a killed run still says how far it came. */
  progress(progress: Progress): {
    readonly moved: boolean
    readonly send: Progress | undefined
    readonly placeChanged: boolean
  } {
    const now = this.#world.clock.monotonic()
    const place = `${progress.stage}\n${progress.source ?? ''}\n${progress.destination ?? ''}`
    const placeChanged = place !== this.#place
    if (placeChanged && !this.isOver) {
      this.#place = place
      this.#openSpan(progress, now - this.#startedMs)
    }
    this.#latest = progress
    return { ...this.meter.report(progress, now), placeChanged }
  }

  /** Told at once, not only at the end: somebody may be looking. */
  found(finding: Finding): void {
    if (this.isOver || this.record.findings.length >= MAX_FINDINGS) return
    this.record = { ...this.record, findings: [...this.record.findings, finding] }
  }

  /** Settles `graceMs` after the abort with a record that does not wait for the engine any longer; never before. */
  abandoned(graceMs: number): Promise<RunRecord> {
    const { signal } = this.controller
    return new Promise((resolve) => {
      const onAbort = (): void => {
        const timer = setTimeout(() => {
          if (this.isOver) return
          this.isAbandoned = true
          this.record = this.failed(toBackupError(signal.reason))
          resolve(this.record)
        }, graceMs)
        void this.ended.then(() => clearTimeout(timer))
      }
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** The record of a run that ended without one of the engine's making. */
  failed(error: BackupError): RunRecord {
    return {
      ...this.record,
      finishedAt: localIso(this.#world.clock.now()),
      outcome: error.code === 'cancelled' ? 'cancelled' : 'failed',
      error: error.at(this.stage).toData(),
    }
  }

  end(record: RunRecord): void {
    this.isOver = true
    this.record = record
    this.#resolve(record)
  }

  #openSpan(progress: Progress, atMs: number): void {
    const { stage, source, destination } = progress
    const { bytes = 0, bytesRead = 0, bytesStored = 0 } = this.#latest ?? {}
    const closed = this.record.spans.map((span, index, all) =>
      index === all.length - 1 ? { ...span, endMs: Math.round(atMs), ...(bytes > 0 ? { bytes } : {}) } : span,
    )
    const span: StageSpan = {
      stage,
      startMs: Math.round(atMs),
      endMs: Math.round(atMs),
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
    }
    this.record = { ...this.record, bytesRead, bytesStored, spans: [...closed, span].slice(-MAX_SPANS) }
  }
}

function firstRecord(id: string, spec: RunSpec, startedAt: string): RunRecord {
  return {
    id,
    kind: spec.kind,
    jobName: spec.jobName,
    trigger: spec.trigger,
    startedAt,
    sets: [],
    findings: [],
    spans: [],
    bytesRead: 0,
    bytesStored: 0,
    ...(spec.job === undefined ? {} : { job: spec.job }),
    ...(spec.type === undefined ? {} : { type: spec.type }),
    ...(spec.subject === undefined ? {} : { subject: spec.subject }),
    ...(spec.target === undefined ? {} : { target: spec.target }),
  }
}
