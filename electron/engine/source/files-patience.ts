/** File operations that wait where the system is short of handles, and give up where a disk no longer answers. */
import { BackupError, errnoOf, throwIfAborted } from '../errors.ts'
import { nameText } from '../archive/entry.ts'
import type { World } from '../world.ts'

/** A local disk answers in seconds even while it spins up; a dead network mount never does (faults.md E17). */
const ANSWER_TICKS = 120
const TICK_MS = 1000
/** Others release their handles within moments; a minute without any is a failure to tell (faults.md E21). */
const HANDLE_WAITS = 600
const HANDLE_WAIT_MS = 100

/** Runs `operation`, again and again while the process or the system has no file handle left. */
export async function patiently<T>(world: World, signal: AbortSignal, operation: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    throwIfAborted(signal)
    try {
      return await operation()
    } catch (error) {
      const code = errnoOf(error)
      if ((code !== 'EMFILE' && code !== 'ENFILE') || waits >= HANDLE_WAITS) throw error
      await world.clock.sleep(HANDLE_WAIT_MS, signal)
    }
  }
}

/** `operation`, or `source-read-error` where it has not come back within two minutes. */
export function answered<T>(world: World, path: Uint8Array, operation: Promise<T>): Promise<T> {
  return watchOf(world).wait(path, operation)
}

interface Waiting {
  /** Ticks of the watch when it began. */
  readonly since: number
  readonly path: Uint8Array
  readonly giveUp: (error: unknown) => void
}

/**
 * One clock for all operations of a world: a timer for each would cost more than the operation. Ticks rather than moments are counted,
 * so that neither a suspended machine nor a busy event loop makes a disk look dead.
 */
class Watch {
  readonly #world: World
  /** In the order in which they began. */
  readonly #waiting = new Set<Waiting>()
  #ticks = 0
  #isTicking = false

  constructor(world: World) {
    this.#world = world
  }

  wait<T>(path: Uint8Array, operation: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { since: this.#ticks, path, giveUp: reject }
      this.#waiting.add(waiting)
      if (!this.#isTicking) this.#tick().catch(reject)
      operation.then(
        (value) => {
          this.#waiting.delete(waiting)
          resolve(value)
        },
        (error: unknown) => {
          this.#waiting.delete(waiting)
          waiting.giveUp(error)
        },
      )
    })
  }

  async #tick(): Promise<void> {
    this.#isTicking = true
    try {
      while (this.#waiting.size > 0) {
        await this.#world.clock.sleep(TICK_MS)
        this.#ticks += 1
        for (const waiting of this.#waiting) {
          if (this.#ticks - waiting.since <= ANSWER_TICKS) break
          this.#waiting.delete(waiting)
          waiting.giveUp(silent(waiting.path))
        }
      }
    } finally {
      this.#isTicking = false
    }
  }
}

function silent(path: Uint8Array): BackupError {
  const reason = `no answer for ${(ANSWER_TICKS * TICK_MS) / 1000} s`
  return new BackupError('source-read-error', { path: nameText(path), reason })
}

const watches = new WeakMap<World, Watch>()

function watchOf(world: World): Watch {
  const known = watches.get(world)
  if (known !== undefined) return known
  const watch = new Watch(world)
  watches.set(world, watch)
  return watch
}
