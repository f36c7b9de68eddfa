/** Finds the holes of a sparse file by reading it: Node cannot ask the file system where they are. */
import type { BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { throwIfAborted } from '../errors.ts'
import type { Stretch } from '../archive/entry.ts'

/** Shorter runs of zeros are not worth a stretch of their own: they compress to nothing anyway. */
const MIN_HOLE = 64 * 1024
/** Bounds the map of a very large file; its holes are then found in coarser steps. */
const MAX_STRETCHES = 65_536
const READ_BYTES = 1024 * 1024
/** Units of `stat.blocks`, whatever the file system's own block size (POSIX). */
const STAT_BLOCK = 512n

/** True where the file occupies less than it holds, by more than a hole's worth. */
export function maybeSparse(stat: BigIntStats): boolean {
  return stat.blocks * STAT_BLOCK + BigInt(MIN_HOLE) <= stat.size
}

export interface ScanOptions {
  readonly signal: AbortSignal
  read(buffer: Buffer, position: number): Promise<number>
  progress(bytes: number): void
}

/** The stretches of data in a file of `size` bytes, ending with an empty one where it ends in a hole, as GNU tar writes them. */
export async function scanStretches(size: number, options: ScanOptions): Promise<Stretch[]> {
  const step = stepOf(size)
  const buffer = Buffer.allocUnsafe(Math.max(step, Math.floor(READ_BYTES / step) * step))
  const zeros = Buffer.alloc(step)
  const stretches: Stretch[] = []
  let start: number | undefined
  for (let at = 0; at < size;) {
    throwIfAborted(options.signal)
    const length = await fill(buffer, at, Math.min(buffer.length, size - at), options)
    if (length === 0) break
    for (let from = 0; from < length; from += step) {
      const piece = buffer.subarray(from, Math.min(from + step, length))
      const isHole = piece.equals(zeros.subarray(0, piece.length))
      if (!isHole) start ??= at + from
      else if (start !== undefined) {
        stretches.push({ offset: start, length: at + from - start })
        start = undefined
      }
    }
    at += length
    options.progress(length)
  }
  if (start !== undefined) stretches.push({ offset: start, length: size - start })
  if (endOf(stretches) < size) stretches.push({ offset: size, length: 0 })
  return stretches
}

function stepOf(size: number): number {
  const coarse = Math.ceil(size / MAX_STRETCHES / 4096) * 4096
  return Math.max(MIN_HOLE, coarse)
}

function endOf(stretches: readonly Stretch[]): number {
  const last = stretches.at(-1)
  return last === undefined ? 0 : last.offset + last.length
}

async function fill(buffer: Buffer, position: number, length: number, options: ScanOptions): Promise<number> {
  let done = 0
  while (done < length) {
    const bytes = await options.read(buffer.subarray(done, length), position + done)
    if (bytes === 0) break
    done += bytes
  }
  return done
}

/** Reads through `handle` in the shape that `scanStretches` asks for. */
export function readerOf(handle: FileHandle): ScanOptions['read'] {
  return async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead
}
