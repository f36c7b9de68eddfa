/** Waiting for a lock, within limits: three attempts, each of the length that the source's settings give (faults.md C01). */
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkerFailure, type Tell } from './protocol.ts'
import { NotNow } from './sqlite-errors.ts'

const ATTEMPTS = 3
const PAUSE_MILLISECONDS = 50

/**
 * Calls `attempt` until it no longer throws NotNow, for at most three times `lockWaitSeconds`; at least three times.
 * @throws WorkerFailure what the last NotNow becomes, with the seconds waited; anything else that `attempt` throws
 */
export async function patiently<T>(
  order: { readonly lockWaitSeconds: number },
  tell: Tell,
  attempt: () => Promise<T>,
): Promise<T> {
  const begun = performance.now()
  const seconds = order.lockWaitSeconds * ATTEMPTS
  for (let count = 1; ; count += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof NotNow)) throw error
      const waited = performance.now() - begun
      if (count >= ATTEMPTS && waited >= seconds * 1000)
        throw new WorkerFailure(error.final.code, { ...error.final.detail, seconds: Math.round(waited / 1000) }, error)
      tell({ type: 'progress', bytes: 0 })
      await sleep(PAUSE_MILLISECONDS)
    }
  }
}
