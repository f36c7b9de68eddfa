/** Writes a decoded artifact as one file below a restore's target, durably, or leaves nothing. */
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { syncFolder } from '../atomic-file.ts'
import { diskError } from '../disk-errors.ts'
import { BackupError, errnoOf, throwIfAborted, toBackupError } from '../errors.ts'
import type { World } from '../world.ts'
import type { RestoreContext } from './source.ts'

type WriteContext = Pick<RestoreContext, 'target' | 'signal' | 'progress'>

/** A stream that was not read to its end, because something else failed before, is let go of. */
export async function closing<T>(copy: Readable, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toBackupError(error)
  } finally {
    // Its own last error would say nothing new, and without a listener end the process.
    copy.on('error', () => undefined)
    copy.destroy()
  }
}

export async function* chunksOf(copy: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of copy) {
    if (!(chunk instanceof Uint8Array)) throw new BackupError('internal', { reason: 'a stream of bytes was expected' })
    yield chunk
  }
}

/**
 * @param look sees every chunk before it is written
 * @returns the path
 * @throws BackupError target-not-empty where `name` is taken, target-full, target-denied
 */
export async function writeRestored(
  copy: Readable,
  name: string,
  needed: number,
  context: WriteContext,
  world: World,
  look: (chunk: Uint8Array) => void = () => undefined,
): Promise<string> {
  const path = join(context.target, name)
  try {
    await write(world, copy, path, context, look)
    return path
  } catch (error) {
    if (errnoOf(error) === 'EEXIST')
      throw new BackupError('target-not-empty', { path: context.target }, { cause: error })
    throw await diskError(error, { role: 'target', path: context.target, needed }, world)
  }
}

async function write(
  world: World,
  copy: Readable,
  path: string,
  context: WriteContext,
  look: (chunk: Uint8Array) => void,
): Promise<void> {
  const file = await world.files.open(path, 'wx', 0o600)
  try {
    try {
      await pour(copy, file, context, look)
    } finally {
      await file.close()
    }
    await syncFolder(world, context.target)
  } catch (error) {
    // The first error is the one that tells; a half-written file that stays is in the caller's target, which it clears.
    await world.files.unlink(path).catch(() => undefined)
    throw error
  }
}

async function pour(
  copy: Readable,
  file: FileHandle,
  context: WriteContext,
  look: (chunk: Uint8Array) => void,
): Promise<void> {
  let bytes = 0
  for await (const chunk of chunksOf(copy)) {
    throwIfAborted(context.signal)
    look(chunk)
    for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done, chunk.length - done)).bytesWritten
    bytes += chunk.length
    context.progress(bytes)
  }
  await file.sync()
}
