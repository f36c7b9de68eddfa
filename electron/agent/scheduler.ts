/** Starts backups when their cron strings say so; only an agent that stays keeps schedules. */
import { scheduleJob, type Job as Timer } from 'node-schedule'
import type { Job } from '../contract/job.ts'
import { toBackupError } from '../engine/errors.ts'
import type { AgentContext } from './context.ts'
import { startBackup } from './handlers/runs.ts'

export interface Scheduler {
  stop(): void
}

/** Follows the settings: a job that is changed, switched off or removed is rescheduled at once. */
export function startScheduler(agent: AgentContext): Scheduler {
  let timers: Timer[] = []
  const clear = (): void => {
    for (const timer of timers) timer.cancel()
    timers = []
  }
  const reschedule = (): void => {
    clear()
    timers = agent.settings.current().jobs.flatMap((job) => timersOf(job, agent))
  }
  reschedule()
  const unsubscribe = agent.events.subscribe((event) => {
    if (event.type === 'job.changed') reschedule()
  })
  return {
    stop: () => {
      unsubscribe()
      clear()
    },
  }
}

function timersOf(job: Job, agent: AgentContext): Timer[] {
  if (!job.enabled) return []
  return (['full', 'incremental'] as const).flatMap((type) => {
    const expression = job.schedule[type]
    if (expression === undefined) return []
    const timer = scheduleJob(expression, () => startDue(job, type, agent)) as Timer | null
    if (timer !== null) return [timer]
    agent.log.error(`the schedule "${expression}" of "${job.name}" never falls due`)
    return []
  })
}

/** A run that cannot start is no reason for the agent to fall; the light turns red by the age of the newest backup. */
function startDue(job: Job, type: 'full' | 'incremental', agent: AgentContext): void {
  try {
    startBackup(job, type, 'schedule', agent)
  } catch (error) {
    agent.log.warn(`"${job.name}" was due and could not start: ${toBackupError(error).message}`)
  }
}
