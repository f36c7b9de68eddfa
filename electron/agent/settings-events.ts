/** Tells which jobs and destinations a change of the settings touched, whether it came by a call or by an edit of the file. */
import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '../contract/settings.ts'
import type { EventBus } from './events.ts'

export function tellChanges(now: Settings, before: Settings, events: EventBus): void {
  for (const job of changedIds(now.jobs, before.jobs)) events.emit({ type: 'job.changed', job })
  for (const destination of changedIds(now.destinations, before.destinations))
    events.emit({ type: 'destination.changed', destination })
}

/** Ids of what was added, removed or altered. */
function changedIds(now: readonly { readonly id: string }[], before: readonly { readonly id: string }[]): string[] {
  const old = new Map(before.map((item) => [item.id, item]))
  const altered = now.filter((item) => !isDeepStrictEqual(item, old.get(item.id))).map(({ id }) => id)
  const kept = new Set(now.map(({ id }) => id))
  return [...altered, ...before.map(({ id }) => id).filter((id) => !kept.has(id))]
}
