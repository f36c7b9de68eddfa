/** File operations that wait where the system is short of handles, and give up where a disk no longer answers. */
import { BackupError, errnoOf, throwIfAborted } from '../errors.ts'
import { nameText } from '../archive/entry.ts'
import type { World } from '../world.ts'

/** A local disk answers in seconds even while it spins up; a dead network mount never does (faults.md E17). */
export const ANSWER_MS = 120_000
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

/** `operation`, or `source-read-error` where it has not come back within `limit` milliseconds. */
export async function answered<T>(
  world: World,
  path: Uint8Array,
  operation: Promise<T>,
  limit: number = ANSWER_MS,
): Promise<T> {
  const done = new AbortController()
  const silence = world.clock.sleep(limit, done.signal).then(
    () => {
      const reason = `no answer for ${Math.round(limit / 1000)} s`
      throw new BackupError('source-read-error', { path: nameText(path), reason })
    },
    // The operation came first and ended the wait.
    () => operation,
  )
  try {
    return await Promise.race([operation, silence])
  } finally {
    done.abort()
  }
}
