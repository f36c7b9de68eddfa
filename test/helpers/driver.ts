/** Runs `test/faults/driver.ts` in a process of its own, to be killed, starved or watched. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { RunRecord } from '../../electron/contract/run.ts'

const driver = fileURLToPath(new URL('../faults/driver.ts', import.meta.url))

export interface DriverOptions {
  /** Site folder. */
  readonly dir: string
  readonly action?: 'backup' | 'recover' | 'cleanup'
  /** Phase at which the process is killed. */
  readonly killAt?: string
  readonly env?: Readonly<Record<string, string>>
  /** Another driver, of a mutated copy of the sources. */
  readonly script?: string
}

export interface DriverResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly phases: readonly string[]
  readonly record: RunRecord | undefined
  readonly stderr: string
}

export async function runDriver(options: DriverOptions): Promise<DriverResult> {
  const { dir, action = 'backup', killAt, env = {}, script = driver } = options
  const marks = { DRIVER_MARKS: '1', ...(killAt === undefined ? {} : { DRIVER_STOP_AT: killAt }) }
  const child = spawn(process.execPath, [script, dir, action], {
    env: { ...process.env, ...marks, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const phases: string[] = []
  const lines = createInterface({ input: child.stdio[3] as Readable })
  lines.on('line', (line) => {
    const phase = /^@@PHASE (\S+)$/.exec(line)?.[1]
    if (phase === undefined) return
    phases.push(phase)
    if (phase === killAt) child.kill('SIGKILL')
  })
  let stdout = ''
  let stderr = ''
  const output = child.stdio[1] as Readable
  const errors = child.stdio[2] as Readable
  output.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')))
  errors.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  const last = stdout.trim().split('\n').at(-1) ?? ''
  const record = last === '' ? undefined : (JSON.parse(last) as RunRecord | null)
  return { code, signal, phases, record: record ?? undefined, stderr }
}
