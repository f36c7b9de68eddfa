/** Names a set with its date, which tells a person more than its id. */
import type { Cli } from './cli.ts'
import { formatTime } from './format.ts'

/**
 * When a set was made. `references` are tried in their order: an id, or the folder of a set that no list knows. Undefined where it can be
 * found out from none, because the place is away or the set is damaged: what is told of the set stands without it.
 */
export async function setDate(cli: Cli, ...references: readonly (string | undefined)[]): Promise<string | undefined> {
  const link = await cli.link()
  for (const set of references) {
    if (set === undefined) continue
    const listed = await link.call('set.show', { set }).catch(() => undefined)
    if (listed !== undefined) return listed.info.at
    const read = await link.call('restore.plan', { set, testMode: true }).catch(() => undefined)
    if (read !== undefined) return read.set.at
  }
  return undefined
}

/** `shop/full_backup_20260105_020000 (2026-01-05 02:00)`. */
export function datedSet(cli: Cli, set: string, at: string | undefined): string {
  return at === undefined ? set : cli.words.dated(set, formatTime(at))
}
