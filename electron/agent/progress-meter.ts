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

export interface Sample {
  /** Monotone milliseconds. */
  readonly at: number
  readonly bytes: number
  readonly fraction: number
}

/** Whole seconds until the fraction is 1 at the pace of these samples; undefined where they say nothing about a pace. */
export function secondsLeftOf(samples: readonly Sample[]): number | undefined {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.at - first.at < LEFT_MIN_MS) return undefined
  const done = last.fraction - first.fraction
  if (done <= 0) return undefined
  return Math.round(((1 - last.fraction) * (last.at - first.at)) / done / 1000)
}

export class ProgressMeter {
  #samples: Sample[] = []
  /** Those from which the time left can be told. */
  #paced: Sample[] = []
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
    const sample = { at: now, bytes: this.#moved, fraction: this.#lastFraction }
    this.#samples.push(sample)
    this.#samples = recent(this.#samples, now)
    // Waiting for its turn, or reading what nobody knows the size of, is no pace by which the rest could be foretold.
    const hasPace = progress.stage !== 'lock' && progress.openEnded !== true
    if (hasPace) this.#paced.push(sample)
    this.#paced = hasPace ? recent(this.#paced, now) : []
    this.#latest = this.#complete(progress, now)
    // A new stage is told at once: it is what a person reads, and there are few.
    if (samePlace && now - this.#lastSent < MIN_INTERVAL_MS) return { moved, send: undefined }
    this.#lastSent = now
    return { moved, send: this.#latest }
  }

  #complete(progress: Progress, now: number): Progress {
    const left = secondsLeftOf(this.#paced)
    const whole = { ...progress, rate: this.#rate(now), fraction: Math.min(MAX_FRACTION, this.#lastFraction) }
    return left === undefined ? whole : { ...whole, secondsLeft: left }
  }

  #rate(now: number): number {
    const first = this.#samples.find((sample) => now - sample.at <= RATE_WINDOW_MS)
    if (first === undefined || now <= first.at) return 0
    return Math.round(((this.#moved - first.bytes) * 1000) / (now - first.at))
  }
}

function recent(samples: Sample[], now: number): Sample[] {
  const keep = samples.findIndex((sample) => now - sample.at <= LEFT_WINDOW_MS)
  const kept = keep > 0 ? samples.slice(keep) : samples
  // Reports may come thousands of times a second: every second one of an over-full window is enough for a slope.
  return kept.length > 600 ? kept.filter((_, index) => index % 2 === 0) : kept
}
