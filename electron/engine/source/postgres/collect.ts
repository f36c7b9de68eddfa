/** Runs a short program to its end and collects what it says: for versions, registry look-ups and the like. */
import type { SpawnOptions } from 'node:child_process'
import { throwIfAborted } from '../../errors.ts'
import type { World } from '../../world.ts'

export interface Collected {
  /** Undefined where it was killed or could not be started. */
  readonly code: number | undefined
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** Why it could not be started: `ENOENT`, `EACCES`, `ENOEXEC`. */
  readonly failure: NodeJS.ErrnoException | undefined
}

export interface CollectOptions {
  readonly signal: AbortSignal
  readonly env?: NodeJS.ProcessEnv
  readonly input?: Buffer
  /** The program is killed after this long. */
  readonly milliseconds?: number
}

/** Nothing that is asked here takes longer, unless it hangs. */
const USUAL_MS = 15_000
/** What is asked for here are lines, not data. */
const MAX_BYTES = 4 * 1024 * 1024

/** Never throws for what the program does. @throws BackupError the abort's reason */
export async function collect(
  world: World,
  command: readonly [string, ...string[]],
  options: CollectOptions,
): Promise<Collected> {
  throwIfAborted(options.signal)
  const [program, ...args] = command
  const spawnOptions = {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.env === undefined ? {} : { env: options.env }),
  } as const satisfies SpawnOptions
  const child = world.spawn(program, args, spawnOptions)
  const kill = () => child.kill('SIGKILL')
  const timer = setTimeout(kill, options.milliseconds ?? USUAL_MS)
  options.signal.addEventListener('abort', kill)
  const out = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (chunk: Buffer) => {
      if (out[stream].length < MAX_BYTES) out[stream] = Buffer.concat([out[stream], chunk])
    })
  // A program that does not read its input ends all the same.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input)
  try {
    const ended = await new Promise<Pick<Collected, 'code' | 'failure'>>((resolve) => {
      child.once('error', (failure) => resolve({ code: undefined, failure }))
      child.once('close', (code) => resolve({ code: code ?? undefined, failure: undefined }))
    })
    throwIfAborted(options.signal)
    return { ...ended, ...out }
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', kill)
  }
}
