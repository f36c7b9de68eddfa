/** What an agent sets right when it starts: runs that were interrupted, remains in the work folder, a catalog that lags behind. */
import type { DestinationConfig } from '../contract/destination.ts'
import type { RunRecord } from '../contract/run.ts'
import { BackupError, toBackupError } from '../engine/errors.ts'
import { localIso } from '../engine/time.ts'
import type { AgentContext } from './context.ts'

/** Runs that have no outcome were going on when the process ended: they are failed, with the stage they had reached (faults.md A01). */
export function closeInterrupted({ catalog, world, log }: AgentContext): readonly RunRecord[] {
  if (catalog.readOnly) return []
  const open = catalog.openRuns()
  for (const run of open) {
    const stage = run.spans.at(-1)?.stage ?? 'lock'
    const error = new BackupError('interrupted', { at: stage }, { stage })
    catalog.recordRun({
      ...run,
      outcome: 'failed',
      finishedAt: localIso(world.clock.now()),
      error: error.toData(),
    })
    log.warn(`${run.id} of "${run.jobName}" was interrupted during ${stage}`)
  }
  return open
}

/**
 * Reads what the destinations hold into the catalog: after a catalog was lost or damaged (G01, G02), and to take in sets that an
 * interrupted run had published (A07). A place that is away is tried again when it is next used.
 */
export async function importAll(agent: AgentContext): Promise<void> {
  // A newer Sitekeep's catalog takes nothing in; that says nothing of the destinations.
  if (agent.catalog.readOnly) return
  const places = agent.settings.current().destinations.filter(({ enabled }) => enabled)
  await Promise.all(places.map((place) => importPlace(place, agent)))
}

/** The same for one place. Never rejects: what went wrong is noted and logged. */
export async function importPlace(place: DestinationConfig, agent: AgentContext): Promise<void> {
  try {
    // A set that a run publishes between listing and entering would be taken for one that is missing.
    const { sets } = await agent.runs.asWriter([place.id], agent.signal, () =>
      agent.engine.importDestination(place, agent.signal),
    )
    if (sets > 0) agent.log.info(`${place.name}: ${sets} backups read into the list`)
    agent.events.emit({ type: 'destination.changed', destination: place.id })
  } catch (error) {
    const { code, message } = toBackupError(error)
    agent.destinations.note(place.id, code)
    agent.log.warn(`${place.name} could not be read: ${message}`)
  }
}

/** True where the catalog is not the one of yesterday, so that commands must not answer from it before it is filled. */
export function isCatalogNew({ catalog }: AgentContext): boolean {
  return catalog.notices.some(({ code }) => code === 'catalog-new' || code === 'catalog-rebuilt')
}
