/** Sets: listed from the catalog, shown with their proofs, pinned at every place that holds them. */
import { phrase } from '../../contract/phrases.ts'
import { BackupError } from '../../engine/errors.ts'
import type { AgentContext, Handlers } from '../context.ts'
import { findDestination, findJob } from '../lookup.ts'
import { fitRows } from '../page-size.ts'
import { copiesOf, resolveSet } from '../set-ref.ts'

export const setHandlers: Pick<Handlers, 'set.list' | 'set.show' | 'set.files' | 'set.pin'> = {
  'set.list': ({ job, limit, offset }, { settings, catalog }) => {
    const id = job === undefined ? undefined : findJob(settings.current(), job).id
    const { total, sets } = catalog.sets({ job: id, limit, offset })
    return { total, sets: fitRows(sets) }
  },

  'set.show': ({ set, destination }, agent) => {
    const { detail } = resolveSet(set, destination, placesOf(agent))
    if (detail !== undefined) return detail
    throw new BackupError('unsupported', {
      what: phrase('show-set'),
      set,
      reason: phrase('set-elsewhere'),
    })
  },

  'set.files': async ({ set, destination, only, limit, offset }, agent) => {
    const { location } = resolveSet(set, destination, placesOf(agent))
    const found = await agent.engine.listFiles(location, { only, limit, offset }, agent.signal)
    const files = fitRows(found.files)
    return { ...found, files, isMore: found.isMore || files.length < found.files.length }
  },

  'set.pin': async ({ set, pinned }, agent) => {
    const { detail } = resolveSet(set, undefined, placesOf(agent))
    if (detail === undefined) throw new BackupError('not-found', { what: 'backup', name: set })
    for (const copy of copiesOf(detail.info.id, undefined, placesOf(agent))) {
      const place = findDestination(agent.settings.current(), copy.info.destination)
      await agent.runs.asWriter([place.id], agent.signal, () =>
        agent.engine.pin(place, copy.info.id, pinned, agent.signal),
      )
    }
    const { id, at, job } = detail.info
    agent.events.emit({ type: 'job.changed', job })
    return { id, at }
  },
}

function placesOf(agent: AgentContext) {
  return { settings: agent.settings.current(), catalog: agent.catalog }
}
