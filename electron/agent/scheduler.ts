/** Starts backups when they are due; only an agent that stays keeps schedules. */
import { scheduleJob } from 'node-schedule'
import { SlotKeeper } from '../engine/schedule/slot-keeper.ts'
import type { AgentContext } from './context.ts'
import { startBackup } from './handlers/runs.ts'

export interface Scheduler {
  stop(): void
}

/** After a start, what was missed waits a minute, and up to four more by chance: all computers of a site come back at once. */
const SETTLE_MS = 60_000
const SETTLE_MORE_MS = 4 * 60_000

/**
 * Every minute all jobs are looked at anew. Nothing is armed for a moment far away, so that no timer overflows, sleeps through its moment or
 * hangs on a clock that was wrong (faults.md F02, F06, F13).
 */
export function startScheduler(agent: AgentContext): Scheduler {
  const { world, catalog, settings, runs, log } = agent
  const chance = Number.parseInt(world.random(2), 16) / 0x1_00_00
  const keeper = new SlotKeeper({
    catalog,
    log,
    isBusy: ({ id }) => runs.holder(`job:${id}`) !== undefined,
    start: (job, type, why) => startBackup(job, type, why === 'late' ? 'catch-up' : 'schedule', agent),
    settledAt: new Date(world.clock.now().getTime() + SETTLE_MS + chance * SETTLE_MORE_MS),
  })
  const look = (): void => {
    // A newer Sitekeep's catalog takes no notes, and no backup is started with it.
    if (catalog.readOnly) return
    const now = world.clock.now()
    for (const job of settings.current().jobs) keeper.turn(job, now)
  }
  const timer = scheduleJob('* * * * *', look)
  const unsubscribe = agent.events.subscribe((event) => {
    // From now on: a job that is given a schedule has missed nothing of it.
    if (event.type === 'job.changed') look()
  })
  look()
  return {
    stop: () => {
      unsubscribe()
      timer.cancel()
    },
  }
}
