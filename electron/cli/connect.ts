/** The way to the agent: the one that runs on this state directory, else one in this process for the length of the command. */
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAgent } from '../client/client.ts'
import { CallError } from '../contract/protocol.ts'
import type { Link } from './cli.ts'
import { errorDataOf } from './failure.ts'

/** An agent that holds the lock but does not answer yet is starting: it gets this long. */
const STARTING_MS = 10_000
const PAUSE_MS = 200

export interface ConnectDeps {
  readonly running: (home: string) => Promise<Link>
  readonly inProcess: (home: string) => Promise<Link>
}

const real: ConnectDeps = {
  running: async (home) => {
    const client = await connectAgent({ home, client: 'cli' })
    return {
      call: client.call,
      onEvent: (listener) => client.onEvent(listener),
      close: () => {
        client.close()
        return Promise.resolve()
      },
    }
  },
  // Loaded only where it is needed: a command that finds a running agent loads no engine.
  inProcess: async (home) => (await import('./command-mode.ts')).startInProcess(home),
}

/** Throws CallError, or an engine error, where there is no way at all. */
export async function connect(home: string, deps: ConnectDeps = real): Promise<Link> {
  for (let waited = 0; ; waited += PAUSE_MS) {
    const running = await unlessUnreachable(deps.running(home))
    if (running !== undefined) return running
    try {
      return await deps.inProcess(home)
    } catch (error) {
      if (errorDataOf(error).code !== 'agent-running' || waited >= STARTING_MS) throw error
      await sleep(PAUSE_MS)
    }
  }
}

async function unlessUnreachable(attempt: Promise<Link>): Promise<Link | undefined> {
  try {
    return await attempt
  } catch (error) {
    if (error instanceof CallError && error.data.code === 'agent-unreachable') return undefined
    throw error
  }
}
