/** How a program ended, and how it is made to. */
import type { Child } from './launch.ts'

export interface Ending {
  readonly code: number | null
  readonly killer: string | null
  /** It could not even be started. */
  readonly failure: Error | undefined
}

/** `close`, not `exit`: by then all that was said has been read. */
export function endOf(child: Child): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (failure) => resolve({ code: null, killer: null, failure }))
    child.once('close', (code, killer) => resolve({ code, killer, failure: undefined }))
  })
}

/** A program that it started may hold the pipe open after it is gone; nobody waits for that one. */
export function stopChild(child: Child): void {
  child.kill('SIGKILL')
  child.stdout.destroy()
}
