/** Finds the destination that a person means by a name, an id or a path. */
import { realpathSync } from 'node:fs'
import type { DestinationConfig } from '../contract/destination.ts'
import type { Cli, Link } from './cli.ts'

/** A name or an id first, then the folder itself; undefined where none is meant. */
export async function destinationNamed(cli: Cli, link: Link, typed: string): Promise<DestinationConfig | undefined> {
  const destinations = await link.call('destination.list', {})
  const path = cli.resolvePath(typed)
  return (
    destinations.find(({ name, id }) => name === typed || id === typed) ??
    destinations.find((destination) => destination.path === path || destination.path === realPath(path))
  )
}

/** As the agent keeps it: without links. Undefined where nothing is there. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    // Not there, or not to be looked at: then it is known under no other name.
    return undefined
  }
}
