/** Collects what a run did — spans, bytes, findings, progress — and closes it into a record. */
import { findingSchema, type Finding } from '../contract/finding.ts'
import type { Stage } from '../contract/error.ts'
import type { ProofLevel } from '../contract/proof.ts'
import { runRecordSchema, type Outcome, type RunRecord, type StageSpan } from '../contract/run.ts'
import type { EngineDeps, RunHooks } from './engine-api.ts'
import { toBackupError, throwIfAborted } from './errors.ts'
import { redactData } from './redact-data.ts'
import { fractionOf, legKey, type Leg } from './run-fraction.ts'
import type { Redactor } from './secret.ts'
import { localIso } from './time.ts'
import type { World } from './world.ts'

/** What a stage works on, for the time bar and progress. */
export interface StageSubject {
  readonly source?: string
  readonly destination?: string
  readonly totalBytes?: number | undefined
}

/** The contract's bound of findings in a record and in a manifest; the run's log holds them all. */
const MAX_FINDINGS = 1000

export class RunRecorder {
  readonly #world: World
  readonly #redactor: Redactor
  readonly #hooks: RunHooks
  readonly #began: number
  readonly #spans: StageSpan[] = []
  readonly #findings: Finding[] = []
  #bytesRead = 0
  #bytesStored = 0
  #legs: readonly Leg[] = []
  readonly #sizes = new Map<string, number | undefined>()
  readonly #parts = new Map<string, number>()
  /** Sizes that become known may lower the fraction; what is shown never goes back. */
  #fraction = 0

  constructor({ world, redactor }: Pick<EngineDeps, 'world' | 'redactor'>, hooks: RunHooks) {
    this.#world = world
    this.#redactor = redactor
    this.#hooks = hooks
    this.#began = world.clock.monotonic()
  }

  get signal(): AbortSignal {
    return this.#hooks.signal
  }

  /** What this run will go through, for its fraction; `sizes` are plain bytes by source, as far as they can be told. */
  plan(legs: readonly Leg[], sizes: ReadonlyMap<string, number | undefined>): void {
    this.#legs = legs
    for (const [source, size] of sizes) this.#sizes.set(source, size)
  }

  /**
   * Runs one stage: marks the phase, times it, and gives its errors their stage.
   * @param work is handed a function that takes the bytes done so far in this stage
   */
  async stage<T>(
    stage: Stage,
    subject: StageSubject,
    work: (progress: (bytes: number, totalBytes?: number) => void) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(this.signal)
    this.#world.phase(stage)
    const startMs = this.#world.clock.monotonic() - this.#began
    let bytes = 0
    const report = (done: number, totalBytes = subject.totalBytes): void => {
      bytes = done
      this.#report({ ...subject, stage }, done, totalBytes)
    }
    report(0)
    try {
      const result = await work(report)
      this.#passed({ ...subject, stage }, bytes)
      return result
    } catch (error) {
      // What failed is behind this run too.
      if (subject.source !== undefined) this.#sizes.set(subject.source, 0)
      throw toBackupError(error, stage)
    } finally {
      const endMs = this.#world.clock.monotonic() - this.#began
      const { source, destination } = subject
      this.#spans.push({
        stage,
        startMs: Math.round(startMs),
        endMs: Math.round(endMs),
        // Most stages move no data: nothing is said of bytes that there were not.
        ...(bytes > 0 ? { bytes } : {}),
        ...(source === undefined ? {} : { source }),
        ...(destination === undefined ? {} : { destination }),
      })
    }
  }

  #report(leg: Leg, bytes: number, totalBytes: number | undefined): void {
    const { stage, source, destination } = leg
    const whole = this.#expect(leg, totalBytes)
    this.#advance(leg, whole === undefined || whole <= 0 ? 0 : bytes / whole)
    this.#hooks.progress({
      run: this.#hooks.run,
      stage,
      bytes,
      // The meter of the run computes rate and time left over a window; the engine only counts.
      rate: 0,
      fraction: this.#fraction,
      bytesRead: this.#bytesRead,
      bytesStored: this.#bytesStored,
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
      // A file that grew meanwhile: nothing has more done than there is.
      ...(totalBytes === undefined ? {} : { totalBytes: Math.max(totalBytes, bytes) }),
      ...(stage === 'encode' && whole === undefined ? { openEnded: true } : {}),
    })
  }

  /** All that this stage has to move: as it says itself, or as its source held the last time. */
  #expect({ stage, source }: Leg, totalBytes: number | undefined): number | undefined {
    if (source === undefined || (stage !== 'encode' && stage !== 'snapshot')) return totalBytes
    if (totalBytes !== undefined) this.#sizes.set(source, totalBytes)
    return this.#sizes.get(source)
  }

  /** A stage has ended: what its source really held takes the place of what was expected. */
  #passed(leg: Leg, bytes: number): void {
    const { stage, source } = leg
    // The index follows its data under the same name, and is far smaller.
    const isFirst = this.#parts.get(legKey(leg)) !== 1
    if (stage === 'encode' && source !== undefined && isFirst) this.#sizes.set(source, bytes)
    this.#parts.set(legKey(leg), 1)
    this.#advance(leg, 1)
  }

  #advance(leg: Leg, part: number): void {
    const key = legKey(leg)
    // What was expected may be passed long before the end: only the end itself is whole.
    this.#parts.set(key, Math.max(this.#parts.get(key) ?? 0, Math.min(0.99, part)))
    this.#fraction = Math.max(this.#fraction, fractionOf({ legs: this.#legs, sizes: this.#sizes }, this.#parts))
  }

  addRead(bytes: number): void {
    this.#bytesRead += bytes
  }

  addStored(bytes: number): void {
    this.#bytesStored += bytes
  }

  /** Without secrets from here on: findings go into manifests, journals and records. */
  find(...findings: readonly Finding[]): void {
    for (const found of findings) {
      const finding = redactData(found, findingSchema, this.#redactor)
      this.#findings.push(finding)
      this.#hooks.found?.(finding)
      this.#hooks.log(finding.weight === 'note' ? 'info' : 'warn', finding.message)
      for (const path of finding.paths ?? []) this.#hooks.log('info', `  ${path}`)
    }
  }

  get findings(): readonly Finding[] {
    return this.#findings
  }

  /** As many as a record or a manifest holds, the weighty ones before the notes where there are more. */
  reportable(): Finding[] {
    const isNote = ({ weight }: Finding): boolean => weight === 'note'
    const all = this.#findings
    if (all.length <= MAX_FINDINGS) return [...all]
    return [...all.filter((finding) => !isNote(finding)), ...all.filter(isNote)].slice(0, MAX_FINDINGS)
  }

  /** Milliseconds by stage so far, for the manifest. */
  durations(): Record<string, number> {
    const sums: Record<string, number> = {}
    for (const span of this.#spans) sums[span.stage] = (sums[span.stage] ?? 0) + Math.max(0, span.endMs - span.startMs)
    return sums
  }

  /** Good, unless a finding weighs more than a note. */
  outcomeOfFindings(): Outcome {
    return this.#findings.some((finding) => finding.weight !== 'note') ? 'warning' : 'good'
  }

  /** The finished record, without secrets: it goes into catalog and journal, and from it come the lines of the plain-text logs. */
  close(
    start: Pick<RunRecord, 'kind' | 'jobName'> & Partial<RunRecord>,
    end: { readonly outcome: Outcome; readonly proof?: ProofLevel | undefined } & Partial<RunRecord>,
  ): RunRecord {
    const { proof, ...rest } = end
    const record: RunRecord = {
      ...start,
      id: this.#hooks.run,
      trigger: this.#hooks.trigger,
      startedAt: this.#hooks.startedAt,
      finishedAt: localIso(this.#world.clock.now()),
      sets: [],
      findings: this.reportable(),
      spans: [...this.#spans],
      bytesRead: this.#bytesRead,
      bytesStored: this.#bytesStored,
      ...rest,
      ...(proof === undefined ? {} : { proof }),
    }
    return redactData(record, runRecordSchema, this.#redactor)
  }
}
