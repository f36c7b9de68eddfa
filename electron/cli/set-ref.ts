/** What `SET` may be on the command line; a path is made absolute, everything else is the agent's to resolve. */
import { existsSync } from 'node:fs'
import { setIdSchema } from '../contract/ids.ts'
import type { Cli } from './cli.ts'

/** `JOB/latest` and ids stay as they are: a folder that happens to bear such a name must be written as `./…`. */
export function setRef(cli: Cli, typed: string): string {
  if (typed === 'latest' || typed.endsWith('/latest') || setIdSchema.safeParse(typed).success) return typed
  const path = cli.resolvePath(typed)
  return existsSync(path) || /^\.{0,2}[\\/]/.test(typed) ? path : typed
}
