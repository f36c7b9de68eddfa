/** Runs the agent in this process: for the length of one command, or in the foreground. The only file here that knows the agent's inside. */
import { createAgent, type RunningAgent } from '../agent/agent.ts'
import { productPlaces } from '../agent/places.ts'
import { serviceOf, type Service } from '../agent/service/registry.ts'
import { boundYoungGeneration } from '../agent/young-generation.ts'
import { realWorld } from '../engine/world.ts'
import type { Link } from './cli.ts'
import { version } from './version.ts'

export type { Service } from '../agent/service/registry.ts'

/** One command starts no more clean-ups than this that are still going on when it ends. */
const NEWEST = 20

export interface ServiceOptions {
  readonly http: { readonly host: string; readonly port: number } | undefined
  readonly allowHosts: readonly string[]
}

/** Without schedules, until the link is closed. Throws `agent-running` where another holds the state directory. */
export async function startInProcess(home: string): Promise<Link> {
  boundYoungGeneration()
  const { workerCommand } = productPlaces()
  const agent = await createAgent({ home, world: realWorld(workerCommand), version, mode: 'command' })
  return { call: agent.call, onEvent: (listener) => agent.onEvent(listener), close: () => stopAfterCleanups(agent) }
}

/** What a backup leaves to be removed goes right after it: an agent that ends with the command would end that in its middle, every night. */
async function stopAfterCleanups(agent: RunningAgent): Promise<void> {
  try {
    const { runs } = await agent.call('run.list', { kind: 'cleanup', limit: NEWEST })
    for (const { id, outcome } of runs) if (outcome === undefined) await agent.call('run.wait', { run: id })
  } finally {
    await agent.stop()
  }
}

/** With schedules and, where asked, the pages; until it is stopped by anybody. */
export function runService(home: string, { http, allowHosts }: ServiceOptions): Promise<RunningAgent> {
  boundYoungGeneration()
  const { workerCommand, pagesDir } = productPlaces()
  return createAgent({ home, world: realWorld(workerCommand), version, mode: 'agent', http, allowHosts, pagesDir })
}

/** The service of this system, with the agent of this installation. @throws BackupError `service-not-here` */
export function systemService(): Service {
  const { workerCommand, agentCommand } = productPlaces()
  return serviceOf({
    world: realWorld(workerCommand),
    version,
    command: [...agentCommand, '--log', 'journal'],
    uid: process.getuid?.(),
    root: '/',
  })
}
