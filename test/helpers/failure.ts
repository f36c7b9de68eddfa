/** The typed error that something must end with. */
import { BackupError } from '../../electron/engine/errors.ts'

/** The BackupError that `work` ends with; fails where it ends well or with anything else. */
export async function failureOf(work: Promise<unknown>): Promise<BackupError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof BackupError) return error
  throw new Error(`expected a BackupError, got ${String(error)}`)
}
