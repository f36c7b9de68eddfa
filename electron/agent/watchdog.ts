/** Stops a run that exceeds its time or no longer moves (DESIGN §4). */
import { BackupError } from '../engine/errors.ts'
import type { Clock } from '../engine/world.ts'

export interface WatchdogLimits {
  readonly timeoutMinutes: number
  readonly noProgressMinutes: number
  /** Milliseconds of a minute; tests shorten it. */
  readonly minuteMs: number
}

export interface Watchdog {
  /** Something advanced, at `at` (a stage's name, for the message). */
  moved(at: string): void
  stop(): void
}

/** Starts counting now; calls `expire` once, with `timed-out` or `no-progress`. */
export function startWatchdog(limits: WatchdogLimits, clock: Clock, expire: (reason: BackupError) => void): Watchdog {
  const timeoutMs = limits.timeoutMinutes * limits.minuteMs
  const stillMs = limits.noProgressMinutes * limits.minuteMs
  const everyMs = Math.max(10, Math.min(5_000, Math.min(timeoutMs, stillMs) / 10))
  let elapsed = 0
  let still = 0
  let place = 'preflight'
  let last = clock.monotonic()
  const timer = setInterval(() => {
    const now = clock.monotonic()
    // A gap means that this process slept (a closed lid, SIGSTOP): nothing could have moved, so it counts as one interval.
    const passed = Math.min(now - last, everyMs * 3)
    last = now
    elapsed += passed
    still += passed
    if (elapsed < timeoutMs && still < stillMs) return
    clearInterval(timer)
    expire(
      elapsed >= timeoutMs
        ? new BackupError('timed-out', { minutes: limits.timeoutMinutes })
        : new BackupError('no-progress', { minutes: limits.noProgressMinutes, at: place }),
    )
  }, everyMs)
  timer.unref()
  return {
    moved: (at) => {
      place = at
      still = 0
    },
    stop: () => clearInterval(timer),
  }
}
