/** Runs a driver in a mount namespace of its own, where it may mount, fill, remount and unmount real file systems. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'

const run = promisify(execFile)
const UNSHARE = ['-m', '--propagation', 'private']

/** Why mounting is not possible here, or undefined. */
export function mountsAreMissing(): string | undefined {
  const tried = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'none', '/mnt'], { encoding: 'utf8' })
  if (tried.status === 0) return undefined
  return `no mount namespaces here: ${tried.error?.message ?? tried.stderr.trim()}`
}

/** What the driver printed as JSON. Skips the test with a reason where mounting is not possible; fails it in CI. */
export async function inMountNamespace(
  context: TestContext,
  driver: string,
  args: readonly string[],
): Promise<unknown> {
  const reason = mountsAreMissing()
  if (reason !== undefined) {
    if (process.env['CI'] === 'true') throw new Error(reason)
    context.skip(reason)
  }
  const { stdout } = await run('unshare', [...UNSHARE, process.execPath, driver, ...args])
  return JSON.parse(stdout)
}
