/** Clean-ups: asked about, started by hand, and started by themselves after every backup that leaves something to remove. */
import type { Job } from '../../contract/job.ts'
import type { RetentionDecision, RetentionPlan } from '../../contract/retention.ts'
import type { RunRecord } from '../../contract/run.ts'
import { refuseReadOnly } from '../../engine/catalog/catalog.ts'
import type { CleanupOptions } from '../../engine/engine-api.ts'
import { toBackupError } from '../../engine/errors.ts'
import type { AgentContext, Handlers } from '../context.ts'
import { findJob, placesFor } from '../lookup.ts'
import { fitRows } from '../page-size.ts'

export const cleanupHandlers: Pick<Handlers, 'cleanup.preview' | 'cleanup.start'> = {
  'cleanup.preview': async ({ job, keep }, agent) => {
    const settings = agent.settings.current()
    const found = findJob(settings, job)
    const asked = keep === undefined ? found : { ...found, keep }
    return fitPlans(
      await agent.engine.previewCleanup(asked, placesFor(found, settings), optionsOf(agent), agent.signal),
    )
  },

  'cleanup.start': ({ job }, agent) => ({ run: startCleanup(findJob(agent.settings.current(), job), 'manual', agent) }),
}

/** Starts a job's clean-up; throws `run-already-active` where one goes on. It waits for whoever writes at the same places. */
function startCleanup(job: Job, trigger: RunRecord['trigger'], agent: AgentContext): string {
  refuseReadOnly(agent.catalog)
  const places = placesFor(job, agent.settings.current())
  return agent.runs.start({
    ...{ kind: 'cleanup', job: job.id, jobName: job.name, trigger, limits: job },
    keys: [`cleanup:${job.id}`],
    writes: places.map(({ id }) => id),
    execute: (hooks) => agent.engine.cleanup(job, places, optionsOf(agent), hooks),
  })
}

/**
 * After a backup that ended well. Where nothing would go there is no run, so that the history does not say "nothing" every night;
 * but one that was interrupted is always gone through again. Never throws: the next backup asks anew.
 */
export function cleanAfter({ kind, outcome, job: id, trigger }: RunRecord, agent: AgentContext): void {
  if (kind !== 'backup' || (outcome !== 'good' && outcome !== 'warning') || agent.catalog.readOnly) return
  const job = agent.settings.current().jobs.find((one) => one.id === id)
  if (job === undefined) return
  try {
    if (isUnfinished(job, agent) || hasRemovals(job, agent)) startCleanup(job, trigger, agent)
  } catch (error) {
    agent.log.warn(`"${job.name}": old backups were not looked through: ${toBackupError(error).message}`)
  }
}

function isUnfinished(job: Job, { catalog }: AgentContext): boolean {
  const last = catalog.runs({ job: job.id, kind: 'cleanup', limit: 1, offset: 0 }).runs[0]
  return last?.outcome === 'failed' || last?.outcome === 'cancelled'
}

function hasRemovals(job: Job, agent: AgentContext): boolean {
  return agent.engine.removalsInSight(job, placesFor(job, agent.settings.current()), optionsOf(agent)) > 0
}

/** Whatever a restore or a verification reads, wherever the copy lies. */
function optionsOf({ runs }: AgentContext): CleanupOptions {
  return { inUse: () => new Set(runs.running().flatMap(({ subject }) => subject ?? [])) }
}

/** One answer is bounded: what goes comes before what stays, and each plan still says how many there are. */
function fitPlans(plans: readonly RetentionPlan[]): RetentionPlan[] {
  const rows = plans.flatMap(({ sets }) => sets)
  const isGoing = ({ action }: RetentionDecision): boolean => action === 'delete'
  const fitting = new Set(fitRows([...rows.filter(isGoing), ...rows.filter((row) => !isGoing(row))]))
  return plans.map((plan) => ({ ...plan, sets: plan.sets.filter((row) => fitting.has(row)) }))
}
