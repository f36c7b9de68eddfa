/** A world for tests: real files and processes, a clock that can be set, and places to inject faults. */
import { fileURLToPath } from 'node:url'
import { realClock, realWorld, type Clock, type Files, type World } from '../../electron/engine/world.ts'

const workerEntry = fileURLToPath(new URL('../../electron/agent/worker.ts', import.meta.url))

/** Wall clock under the test's control; sleeping is real, and monotonic time too where nobody skips any. */
export class TestClock implements Clock {
  #offset = 0
  #skipped = 0
  set(now: Date): void {
    this.#offset = now.getTime() - Date.now()
  }
  advance(milliseconds: number): void {
    this.#offset += milliseconds
  }
  now(): Date {
    return new Date(Date.now() + this.#offset)
  }
  /** Time passes by both clocks, for what counts its age by the monotonic one; timers do not hear of it. */
  skip(milliseconds: number): void {
    this.advance(milliseconds)
    this.#skipped += milliseconds
  }
  monotonic(): number {
    return realClock.monotonic() + this.#skipped
  }
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return realClock.sleep(milliseconds, signal)
  }
}

export interface TestWorld extends World {
  readonly clock: TestClock
}

export function makeWorld(overrides: Partial<Omit<World, 'clock'>> = {}): TestWorld {
  return { ...realWorld([process.execPath, workerEntry]), ...overrides, clock: new TestClock() }
}

/** `real` with some operations replaced: `faulty(files, { rename: … })`. */
export function faulty(real: Files, replaced: Partial<Files>): Files {
  return { ...real, ...replaced }
}
