/** Collects what a run did — spans, bytes, findings, progress — and closes it into a record. */
import { findingRows, findingSchema, type Finding, type FindingCode } from '../contract/finding.ts'
import type { Detail, Stage } from '../contract/error.ts'
import type { ProofLevel } from '../contract/proof.ts'
import { runRecordSchema, type Outcome, type RunRecord, type StageSpan } from '../contract/run.ts'
import { wordsOf } from '../contract/words.ts'
import type { EngineDeps, RunHooks } from './engine-api.ts'
import { toBackupError, throwIfAborted } from './errors.ts'
import { redactData } from './redact-data.ts'
import type { Redactor } from './secret.ts'
import { localIso } from './time.ts'
import type { World } from './world.ts'

/** What a stage works on, for the time bar and progress. */
export interface StageSubject {
  readonly source?: string
  readonly destination?: string
  readonly totalBytes?: number | undefined
}

/** A finding with its words filled in. */
export function makeFinding(
  code: FindingCode,
  detail: Detail = {},
  extra: { readonly source?: string; readonly paths?: readonly string[] } = {},
): Finding {
  const words = wordsOf(code, detail, 'en')
  return {
    code,
    weight: findingRows[code],
    message: words.message,
    hint: words.hint,
    detail,
    ...(extra.source === undefined ? {} : { source: extra.source }),
    ...(extra.paths === undefined ? {} : { paths: extra.paths.slice(0, 100) }),
  }
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
  /** Units of work, for the whole run's fraction. */
  #units = 1
  #unitsDone = 0

  constructor({ world, redactor }: Pick<EngineDeps, 'world' | 'redactor'>, hooks: RunHooks) {
    this.#world = world
    this.#redactor = redactor
    this.#hooks = hooks
    this.#began = world.clock.monotonic()
  }

  get signal(): AbortSignal {
    return this.#hooks.signal
  }

  /** How many stages this run will go through, for its fraction. */
  plan(units: number): void {
    this.#units = Math.max(1, units)
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
      this.#report(stage, subject, done, totalBytes)
    }
    report(0)
    try {
      return await work(report)
    } catch (error) {
      throw toBackupError(error, stage)
    } finally {
      this.#unitsDone += 1
      const endMs = this.#world.clock.monotonic() - this.#began
      const { source, destination } = subject
      this.#spans.push({
        stage,
        startMs: Math.round(startMs),
        endMs: Math.round(endMs),
        bytes,
        ...(source === undefined ? {} : { source }),
        ...(destination === undefined ? {} : { destination }),
      })
    }
  }

  #report(stage: Stage, subject: StageSubject, bytes: number, totalBytes: number | undefined): void {
    const part = totalBytes === undefined || totalBytes <= 0 ? 0 : Math.min(1, bytes / totalBytes)
    this.#hooks.progress({
      run: this.#hooks.run,
      stage,
      bytes,
      // The queue computes rate and time left over a window; the engine only counts.
      rate: 0,
      fraction: Math.min(1, (this.#unitsDone + part) / this.#units),
      ...(subject.source === undefined ? {} : { source: subject.source }),
      ...(subject.destination === undefined ? {} : { destination: subject.destination }),
      ...(totalBytes === undefined ? {} : { totalBytes }),
    })
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
