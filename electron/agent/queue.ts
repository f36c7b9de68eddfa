/** Who may go: one backup per job, one writer per destination; writers wait in order of arrival, readers go at once. */
import { BackupError } from '../engine/errors.ts'

interface Waiting {
  readonly destinations: readonly string[]
  readonly go: () => void
}

/** Keys that only one run may hold (a job's backup, a restore's target), by the run that holds them. */
export class RunKeys {
  readonly #holders = new Map<string, string>()

  /** Takes all keys or none; throws `run-already-active` naming the holder. */
  take(keys: readonly string[], run: string): () => void {
    for (const key of keys) {
      const holder = this.#holders.get(key)
      if (holder !== undefined) throw new BackupError('run-already-active', { run: holder })
    }
    for (const key of keys) this.#holders.set(key, run)
    return () => {
      for (const key of keys) if (this.#holders.get(key) === run) this.#holders.delete(key)
    }
  }

  holder(key: string): string | undefined {
    return this.#holders.get(key)
  }
}

/**
 * Destinations as resources of which a run takes all it needs at once (so no two runs can wait for each other), first come first
 * served: a later run never overtakes an earlier one that wants one of the same destinations.
 */
export class WriterQueue {
  readonly #busy = new Set<string>()
  #waiting: Waiting[] = []

  /** Resolves with the release when every destination is free; rejects with the abort's reason. */
  async acquire(destinations: readonly string[], signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const entry: Waiting = {
        destinations,
        go: () => {
          signal.removeEventListener('abort', leave)
          resolve()
        },
      }
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== entry)
        this.#advance()
        reject(signal.reason instanceof Error ? signal.reason : new BackupError('cancelled'))
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(entry)
      this.#advance()
    })
    return once(() => {
      for (const destination of destinations) this.#busy.delete(destination)
      this.#advance()
    })
  }

  isBusy(destination: string): boolean {
    return this.#busy.has(destination)
  }

  #advance(): void {
    const wantedEarlier = new Set(this.#busy)
    const still: Waiting[] = []
    for (const entry of this.#waiting) {
      const free = entry.destinations.every((destination) => !wantedEarlier.has(destination))
      for (const destination of entry.destinations) wantedEarlier.add(destination)
      if (!free) {
        still.push(entry)
        continue
      }
      for (const destination of entry.destinations) this.#busy.add(destination)
      entry.go()
    }
    this.#waiting = still
  }
}

function once(act: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    act()
  }
}
