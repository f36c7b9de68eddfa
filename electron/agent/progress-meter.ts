/** Turns the engine's many progress reports into at most five a second, with a rate and an estimate of the time left. */
import type { Progress } from '../contract/run.ts'

/** DESIGN-wide bound of live progress: five reports a second per run. */
const MIN_INTERVAL_MS = 200
/** A rate over the last five seconds follows a slow disk without jumping with every buffer. */
const RATE_WINDOW_MS = 5_000
/** Time left is estimated from the last half minute, and not before two seconds are known. */
const LEFT_WINDOW_MS = 30_000
const LEFT_MIN_MS = 2_000
/** A run is only whole when it has ended: progress never claims it (faults.md U12). */
const MAX_FRACTION = 0.999

interface Sample {
  readonly at: number
  readonly bytes: number
  readonly fraction: number
}

export class ProgressMeter {
  #samples: Sample[] = []
  #place = ''
  #moved = 0
  #lastBytes = 0
  #lastFraction = 0
  #lastSent = Number.NEGATIVE_INFINITY
  #latest: Progress | undefined

  /** What was last reported, whether sent or held back. */
  get latest(): Progress | undefined {
    return this.#latest
  }

  /** Takes a report made at `now` (monotonic ms). `moved`: something really advanced. `send`: what to tell clients now, if anything. */
  report(progress: Progress, now: number): { readonly moved: boolean; readonly send: Progress | undefined } {
    const place = `${progress.stage}\n${progress.source ?? ''}\n${progress.destination ?? ''}`
    const samePlace = place === this.#place
    const step = samePlace ? Math.max(0, progress.bytes - this.#lastBytes) : progress.bytes
    const moved = !samePlace || step > 0 || progress.fraction > this.#lastFraction
    this.#place = place
    this.#lastBytes = progress.bytes
    this.#lastFraction = Math.max(this.#lastFraction, progress.fraction)
    this.#moved += step
    this.#samples.push({ at: now, bytes: this.#moved, fraction: this.#lastFraction })
    this.#forget(now)
    this.#latest = this.#complete(progress, now)
    // A new stage is told at once: it is what a person reads, and there are few.
    if (samePlace && now - this.#lastSent < MIN_INTERVAL_MS) return { moved, send: undefined }
    this.#lastSent = now
    return { moved, send: this.#latest }
  }

  #complete(progress: Progress, now: number): Progress {
    const left = this.#secondsLeft(now)
    const whole = { ...progress, rate: this.#rate(now), fraction: Math.min(MAX_FRACTION, this.#lastFraction) }
    return left === undefined ? whole : { ...whole, secondsLeft: left }
  }

  #rate(now: number): number {
    const first = this.#samples.find((sample) => now - sample.at <= RATE_WINDOW_MS)
    if (first === undefined || now <= first.at) return 0
    return Math.round(((this.#moved - first.bytes) * 1000) / (now - first.at))
  }

  #secondsLeft(now: number): number | undefined {
    const first = this.#samples[0]
    if (first === undefined || now - first.at < LEFT_MIN_MS) return undefined
    const done = this.#lastFraction - first.fraction
    if (done <= 0) return undefined
    return Math.round(((1 - this.#lastFraction) * (now - first.at)) / done / 1000)
  }

  #forget(now: number): void {
    const keep = this.#samples.findIndex((sample) => now - sample.at <= LEFT_WINDOW_MS)
    if (keep > 0) this.#samples = this.#samples.slice(keep)
    // Reports may come thousands of times a second: every second one of an over-full window is enough for a slope.
    if (this.#samples.length > 600) this.#samples = this.#samples.filter((_, index) => index % 2 === 0)
  }
}
