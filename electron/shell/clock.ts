/** The shell's one clock: everything else here takes the time from it, so that tests can set it. */

export interface ShellClock {
  now(): Date
  /** Resolves after `milliseconds`, or at once when `signal` aborts; never rejects. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export const systemClock: ShellClock = {
  // eslint-disable-next-line no-restricted-syntax -- the shell may not import the engine's world; this is its counterpart
  now: () => new Date(),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve()
        return
      }
      const finish = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, milliseconds)
      signal.addEventListener('abort', finish)
    }),
}
