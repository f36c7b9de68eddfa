/** Runs one of the system's own tools to its end, with its output bounded and in whatever encoding it comes. */
import { Buffer } from 'node:buffer'
import type { Readable } from 'node:stream'
import { MAX_TASK_BYTES } from '../../contract/task-import.ts'
import type { World } from '../world.ts'
import { textOf } from './decode.ts'

/** Longer than any list of tasks takes to print. */
const PATIENCE_MS = 60_000

export interface Ended {
  /** Undefined where it could not be started, was killed or took too long. */
  readonly code: number | undefined
  readonly out: Uint8Array
  /** What it said of its failure, on one line. */
  readonly said: string
}

/** Never rejects: how it went stands in the answer. */
export async function runTool(
  { spawn }: Pick<World, 'spawn'>,
  program: string,
  args: readonly string[],
): Promise<Ended> {
  return await new Promise((resolve) => {
    const child = spawn(program, [...args], {
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
    })
    const out = gathered(child.stdout)
    const err = gathered(child.stderr)
    child.once('error', (error) => resolve({ code: undefined, out: new Uint8Array(), said: error.message }))
    child.once('close', (code) =>
      resolve({ code: code ?? undefined, out: out(), said: oneLine(textOf(err(), program)) }),
    )
  })
}

/** What is beyond the bound is dropped: a reader of it refuses what is too large. */
function gathered(stream: Readable): () => Uint8Array {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    if (size <= MAX_TASK_BYTES) chunks.push(chunk)
    size += chunk.length
  })
  return () => Buffer.concat(chunks).subarray(0, MAX_TASK_BYTES)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300)
}
