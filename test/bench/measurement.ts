/** What a measurement is, and the one way in which a command is timed. */
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'

export interface Measured {
  readonly what: string
  /** The best of the rounds, wall clock. */
  readonly seconds: number
  /** What lies on disk afterwards. */
  readonly bytes?: number
  /** True for the tools that ours is compared with. */
  readonly isPeer: boolean
}

/** What is compared with each other. */
export interface Comparison {
  readonly title: string
  readonly rows: readonly Measured[]
}

export interface Bench {
  /** Removed afterwards. */
  readonly dir: string
  readonly megabytes: number
  readonly rounds: number
}

export interface Measurement {
  readonly name: string
  readonly title: string
  /** Size of the data, where nothing else is asked for. */
  readonly megabytes: number
  run(bench: Bench): Promise<readonly Comparison[]>
}

/** Runs a command of bash and fails loudly where it does. @returns seconds */
export function timed(script: string, env: Readonly<Record<string, string>> = {}): number {
  const begun = performance.now()
  const command = ['-o', 'pipefail', '-e', '-c', script]
  const { status, stderr, stdout } = spawnSync('bash', command, { env: { ...process.env, ...env }, encoding: 'utf8' })
  const seconds = (performance.now() - begun) / 1000
  if (status !== 0) throw new Error(`${script}: exit ${status}\n${stderr}\n${stdout}`)
  return seconds
}

/** All of them in turn, round by round: what else goes on hits all alike. @returns the best of each */
export function rounds(count: number, contestants: readonly (() => number)[]): number[] {
  const best = contestants.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < count; round += 1)
    for (const [position, run] of contestants.entries()) best[position] = Math.min(best[position] ?? 0, run())
  return best
}
