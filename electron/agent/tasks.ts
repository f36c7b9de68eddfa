/** Work beside the calls: what nobody waits for, and what must happen one after the other. */

/** At the end, work that has been told to stop gets this long. */
const SETTLE_MS = 1_000

export class Tasks {
  readonly #going = new Set<Promise<void>>()
  readonly #onError: (what: string, error: unknown) => void
  #last: Promise<unknown> = Promise.resolve()

  constructor(onError: (what: string, error: unknown) => void) {
    this.#onError = onError
  }

  /** Starts `work`; a failure is reported with `what`. */
  background(what: string, work: () => Promise<void>): void {
    const going: Promise<void> = work()
      .catch((error: unknown) => this.#onError(what, error))
      .finally(() => this.#going.delete(going))
    this.#going.add(going)
  }

  /** Runs `work` when all earlier such work has ended, however it ended. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work)
    // The next in line waits for this one's end; its failure is this caller's alone.
    this.#last = mine.catch(() => undefined)
    return mine
  }

  /** Resolves when no background work goes on, or after a second. */
  async settle(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SETTLE_MS)
    })
    await Promise.race([Promise.all(this.#going), late])
    clearTimeout(timer)
  }
}
