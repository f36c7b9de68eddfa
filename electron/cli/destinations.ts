/** Finds the destination that a person means by a name, an id or a path. */
import type { DestinationConfig } from '../contract/destination.ts'
import type { Cli, Link } from './cli.ts'

/** A name or an id first, then the folder itself; undefined where none is meant. */
export async function destinationNamed(cli: Cli, link: Link, typed: string): Promise<DestinationConfig | undefined> {
  const destinations = await link.call('destination.list', {})
  const path = cli.resolvePath(typed)
  return (
    destinations.find(({ name, id }) => name === typed || id === typed) ??
    destinations.find((destination) => destination.path === path)
  )
}
