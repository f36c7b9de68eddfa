/** Starts a child process for one task, listens to it, and makes sure that it is gone afterwards. */
import type { ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { BackupError, throwIfAborted } from '../errors.ts'
import type { World } from '../world.ts'
import type { WorkerMessage, WorkerTask, WorkerTasks } from './protocol.ts'

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface CallOptions {
  readonly signal: AbortSignal
  progress?(bytes: number, totalBytes?: number): void
  /** The child is killed when it holds a read transaction for longer; the child has the same limit, for an agent that stands still. */
  readonly holdMilliseconds?: number
}

/** The tail of what a dying child said, for the diagnostics. */
const STDERR_BYTES = 2000

/**
 * Runs `task` in a child process. The process has ended when this returns or throws, whatever happened.
 * @throws BackupError the child's own error; the abort's reason; timed-out; internal where the child died without a word
 */
export async function callWorker<T extends WorkerTask>(
  world: World,
  task: T,
  order: WorkerTasks[T]['order'],
  options: CallOptions,
): Promise<WorkerTasks[T]['result']> {
  throwIfAborted(options.signal)
  const [program, ...args] = world.workerCommand
  const child: Child = world.spawn(program, [...args, task], { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  const kill = () => child.kill('SIGKILL')
  options.signal.addEventListener('abort', kill)
  try {
    const last = await converse(child, order, options)
    throwIfAborted(options.signal)
    if (last.type === 'error') throw new BackupError(last.code, last.detail)
    // Both ends are ours and typed by the task's name.
    return last.value as WorkerTasks[T]['result']
  } finally {
    options.signal.removeEventListener('abort', kill)
    kill()
  }
}

type LastWord = Extract<WorkerMessage, { type: 'result' | 'error' }>

async function converse(child: Child, order: object, options: CallOptions): Promise<LastWord> {
  let last: LastWord | undefined
  let stderr = ''
  const hold = holdTimer(child, options.holdMilliseconds)
  const ended = endOf(child)
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_BYTES)))
  // A child that died at once closes its stdin; its end is reported below.
  child.stdin.on('error', () => undefined)
  // Left open: its end tells the child that the agent is gone.
  child.stdin.write(`${JSON.stringify(order)}\n`)
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = messageIn(line)
    if (message === undefined) return
    if (message.type === 'progress') options.progress?.(message.bytes, message.totalBytes)
    else if (message.type === 'hold') hold.start()
    else if (message.type === 'free') hold.stop()
    else last = message
  })
  const how = await ended
  hold.stop()
  if (hold.expired()) return { type: 'error', code: 'timed-out', detail: { minutes: hold.minutes } }
  return (
    last ?? { type: 'error', code: 'internal', detail: { reason: `a child process ended: ${how} ${stderr}`.trim() } }
  )
}

/** Undefined for half a line, which a child leaves that is killed while it speaks, and for what some library prints. */
function messageIn(line: string): WorkerMessage | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'type' in value ? (value as WorkerMessage) : undefined
  } catch {
    // Not a message: thrown here, in an event's listener, it would end the agent; how the child ended is told by its end.
    return undefined
  }
}

/** `close`, not `exit`: by then every line has been read. */
function endOf(child: Child): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code ?? '?'}`))
  })
}

function holdTimer(child: Child, milliseconds = Number.POSITIVE_INFINITY) {
  let timer: NodeJS.Timeout | undefined
  let isExpired = false
  const stop = () => clearTimeout(timer)
  const expire = () => {
    isExpired = true
    child.kill('SIGKILL')
  }
  return {
    minutes: milliseconds / 60_000,
    expired: () => isExpired,
    stop,
    start: () => {
      stop()
      // A little later than the child's own limit, which ends things more gently.
      if (Number.isFinite(milliseconds)) timer = setTimeout(expire, milliseconds + 2000)
    },
  }
}
