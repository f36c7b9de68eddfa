/** The demo's own service: the ordinary agent, in a process of its own, on the demo's state directory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAgent } from '../../client/client.ts'
import { CallError } from '../../contract/protocol.ts'
import type { Link } from '../cli.ts'
import { failure } from '../failure.ts'

const START_MS = 30_000
const STOP_MS = 15_000

export interface Service {
  readonly link: Link
  /** Asks it to stop, and ends it where it does not. */
  readonly stop: () => Promise<void>
}

/** Starts `<self> agent` with its pages on a free port of this computer, and connects. */
export async function startService(home: string, [program, ...args]: readonly [string, ...string[]]): Promise<Service> {
  const child = spawn(program, [...args, 'agent', '--http', '127.0.0.1:0'], {
    env: { ...process.env, SITEKEEP_HOME: home },
    // Its words are the log's; only what it says at a failed start matters here.
    stdio: ['ignore', 'ignore', 'inherit'],
    // A group of its own: Ctrl-C is the demo's, which then stops it in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  const exit = once(child, 'exit')
  try {
    const link = await connected(home, () => child.exitCode === null && child.signalCode === null)
    return {
      link,
      stop: async () => {
        // It may have stopped by itself; then there is nobody to ask.
        await link.call('agent.stop', {}).catch(() => undefined)
        await link.close()
        if (!(await Promise.race([exit.then(() => true), sleep(STOP_MS, false, { ref: false })]))) child.kill('SIGKILL')
      },
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

async function connected(home: string, isAlive: () => boolean): Promise<Link> {
  for (let waited = 0; waited < START_MS && isAlive(); waited += 100) {
    try {
      const client = await connectAgent({ home, client: 'cli' })
      return {
        call: client.call,
        onEvent: (listener) => client.onEvent(listener),
        close: () => {
          client.close()
          return Promise.resolve()
        },
      }
    } catch (error) {
      if (!(error instanceof CallError) || error.data.code !== 'agent-unreachable') throw error
      await sleep(100)
    }
  }
  throw failure('agent-unreachable', {
    reason: isAlive() ? `no answer within ${START_MS / 1000} s` : 'it ended at once',
  })
}
