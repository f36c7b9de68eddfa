/** An agent in a process of its own, and a client connected to it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { AGENT_NOTE } from '../../electron/contract/state-files.ts'
import { connectAgent, type AgentClient } from '../../electron/client/client.ts'

const fromHere = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** From the sources, or as users run it: the built one spends no memory on stripping types. */
const entries = { sources: fromHere('electron/agent/main.ts'), built: fromHere('out/main/agent.js') } as const

function noteOf(home: string): unknown {
  return (JSON.parse(readFileSync(join(home, AGENT_NOTE), 'utf8')) as { pid?: unknown }).pid
}

export interface AgentProcess {
  readonly pid: number
  readonly client: AgentClient
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<void>
  /** Highest resident memory so far, in bytes; Linux only. */
  peakMemory(): number
}

/** Ends with the test. */
export async function startAgentProcess(
  home: string,
  from: keyof typeof entries = 'sources',
  env: Readonly<Record<string, string>> = {},
): Promise<AgentProcess> {
  const entry = entries[from]
  if (!existsSync(entry)) throw new Error(`${entry} is not there: npm run build`)
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, ...env, SITEKEEP_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'exit').then(() => undefined)
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await ended
  })
  while (!existsSync(join(home, AGENT_NOTE)) || noteOf(home) !== child.pid) {
    if (child.exitCode !== null) throw new Error(`the agent ended: ${stderr}`)
    await sleep(50)
  }
  const client = await connectAgent({ home, client: 'test' })
  return {
    pid: child.pid!,
    client,
    ended,
    peakMemory: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
    },
  }
}
