/** Entry of the child process: takes one order from stdin, carries it out, and ends with the agent that gave it. */
import { writeSync } from 'node:fs'
import { hashFile } from './hash-file.ts'
import { WorkerFailure, type WorkerMessage, type WorkerTask, type WorkerTasks, type Tell } from './protocol.ts'
import { examineSqlite } from './sqlite-examine.ts'
import { lookAtSqlite } from './sqlite-look.ts'
import { snapshotSqlite } from './sqlite-snapshot.ts'

const tasks: {
  readonly [T in WorkerTask]: (order: WorkerTasks[T]['order'], tell: Tell) => Promise<WorkerTasks[T]['result']>
} = {
  'sqlite-snapshot': snapshotSqlite,
  'sqlite-examine': examineSqlite,
  'sqlite-look': lookAtSqlite,
  'hash-file': hashFile,
}

/**
 * Runs the task that the last argument names, and ends the process. The order comes as the first line of stdin, so that
 * no path shows in the process list; the rest of stdin is a lifeline: when it ends, the agent is gone and so are we.
 */
export async function runWorker(argv: readonly string[]): Promise<never> {
  process.umask(0o077)
  const name = argv.at(-1)
  if (name === undefined || !isTask(name)) {
    process.stderr.write(`unknown task: ${name ?? ''}\n`)
    process.exit(2)
  }
  const order = await readOrder()
  tell(await answer(name, order))
  process.exit(0)
}

function isTask(name: string): name is WorkerTask {
  return Object.hasOwn(tasks, name)
}

async function answer(name: WorkerTask, order: unknown): Promise<WorkerMessage> {
  try {
    // The order was written by callWorker, whose types tie it to the task's name.
    const task = tasks[name] as (order: unknown, tell: Tell) => Promise<unknown>
    return { type: 'result', value: await task(order, tell) }
  } catch (error) {
    if (error instanceof WorkerFailure) return { type: 'error', code: error.code, detail: error.detail }
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
      return { type: 'error', code: 'work-full', detail: {} }
    const reason = error instanceof Error ? error.message : String(error)
    return { type: 'error', code: 'internal', detail: { reason } }
  }
}

/** Synchronous: between two steps of SQLite nothing else would get a turn, and the last line must be out before exit. */
function tell(message: WorkerMessage): void {
  let rest = Buffer.from(`${JSON.stringify(message)}\n`, 'utf8')
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      // The pipe is full: the agent is busy or stopped. Anything else (EPIPE) means that it is gone.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) process.exit(1)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

function readOrder(): Promise<unknown> {
  return new Promise((resolve) => {
    let text = ''
    process.stdin.setEncoding('utf8')
    process.stdin.on('data', (chunk: string) => {
      text += chunk
      const end = text.indexOf('\n')
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)))
    })
    process.stdin.on('end', () => process.exit(1))
    process.stdin.on('error', () => process.exit(1))
  })
}
