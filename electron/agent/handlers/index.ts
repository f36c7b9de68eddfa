/** Every method of the contract and its handler; one that is missing does not compile. */
import type { Handlers } from '../context.ts'
import { agentHandlers } from './agent.ts'
import { cleanupHandlers } from './cleanup.ts'
import { destinationHandlers } from './destinations.ts'
import { jobHandlers } from './jobs.ts'
import { runHandlers } from './runs.ts'
import { setHandlers } from './sets.ts'
import { taskHandlers } from './tasks.ts'

export const handlers: Handlers = {
  ...agentHandlers,
  ...jobHandlers,
  ...destinationHandlers,
  ...runHandlers,
  ...cleanupHandlers,
  ...setHandlers,
  ...taskHandlers,
}
