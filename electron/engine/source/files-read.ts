/** Reads one file so that what is stored is one state of it, or is known not to be. */
import { constants, type BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { errnoOf } from '../errors.ts'
import type { World } from '../world.ts'
import { answered, patiently } from './files-patience.ts'
import { inodeOf } from './files-walk.ts'

/** Never through a link, never waiting for a pipe's other end (faults.md M14, E06). */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Files up to here are read whole before anything is written, so that a changed one can be read again at no cost. */
export const WHOLE_BYTES = 1024 * 1024
/** borg tries ten times; a file that changes five times in a row is a log or a database. */
const WHOLE_TRIES = 5
/** Time stamps move with the kernel's tick (1–10 ms): a change within the tick of the last one leaves no trace in them. */
const TICK_MS = 30

/** What became of a path since the walk saw it. */
export type Lost = 'vanished' | 'unreadable' | 'replaced'

export type Opened = { readonly handle: FileHandle; readonly stat: BigIntStats } | { readonly lost: Lost }

/** Opens what `expected` described, or says why it is no longer there. */
export async function openFile(
  path: Buffer,
  expected: BigIntStats,
  world: World,
  signal: AbortSignal,
): Promise<Opened> {
  let handle: FileHandle | undefined
  try {
    handle = await patiently(world, signal, () => answered(world, path, world.files.open(path, READ)))
    const stat = await answered(world, path, handle.stat({ bigint: true }))
    if (stat.isFile() && inodeOf(stat) === inodeOf(expected)) return { handle, stat }
    await handle.close()
    return { lost: 'replaced' }
  } catch (error) {
    await handle?.close()
    return { lost: lostBy(error) }
  }
}

/** Rethrows what is no trouble of one file. */
export function lostBy(error: unknown): Lost {
  const code = errnoOf(error)
  // ELOOP: a link took the file's place; ENXIO: a socket did.
  if (code === 'ELOOP' || code === 'ENXIO') return 'replaced'
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'vanished'
  // Anything else the system says about one file (EACCES, EIO, EBUSY …) is that file's trouble; our own errors are not.
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error
  return 'unreadable'
}

/** True where nothing shows that the file was written to between two looks (faults.md E02–E04). */
export function isUnchanged(before: BigIntStats, after: BigIntStats): boolean {
  return (
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    before.ctimeNs === after.ctimeNs &&
    before.ino === after.ino
  )
}

export interface WholeFile {
  readonly stat: BigIntStats
  readonly bytes: Buffer
  /** True where it changed in each of the tries. */
  readonly inconsistent: boolean
}

/** A small file's bytes in one state, read up to five times. Undefined where it has grown beyond a small file. */
export async function readWhole(
  handle: FileHandle,
  first: BigIntStats,
  path: Buffer,
  world: World,
  signal: AbortSignal,
): Promise<WholeFile | undefined> {
  let stat = first
  for (let tries = 1; ; tries += 1) {
    const bytes = await answered(world, path, readAll(handle, Number(stat.size)))
    const isSettled = bytes !== undefined && (await settle(handle, stat, bytes, world, signal))
    const after = await answered(world, path, handle.stat({ bigint: true }))
    if (isSettled && isUnchanged(stat, after)) return { stat, bytes, inconsistent: false }
    if (after.size > WHOLE_BYTES) return undefined
    if (tries >= WHOLE_TRIES) return await lastTry(handle, after, world)
    stat = after
  }
}

/** What can be had in one read, with a size that fits it. */
async function lastTry(handle: FileHandle, stat: BigIntStats, world: World): Promise<WholeFile> {
  const buffer = Buffer.alloc(WHOLE_BYTES)
  const { bytesRead } = await answered(world, Buffer.alloc(0), handle.read(buffer, 0, WHOLE_BYTES, 0))
  return { stat, bytes: Buffer.from(buffer.subarray(0, bytesRead)), inconsistent: true }
}

/** `size` bytes, or undefined where there are fewer or more at this moment. */
async function readAll(handle: FileHandle, size: number): Promise<Buffer | undefined> {
  const buffer = Buffer.allocUnsafe(size + 1)
  let at = 0
  // One byte more is asked for and not got; that nothing came later the next look at the size tells, without another read.
  do {
    const { bytesRead } = await handle.read(buffer, at, size + 1 - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  } while (at < size)
  return at === size ? buffer.subarray(0, size) : undefined
}

/** A file written to a moment ago is read once more when the clock's tick is over. */
async function settle(
  handle: FileHandle,
  stat: BigIntStats,
  bytes: Buffer,
  world: World,
  signal: AbortSignal,
): Promise<boolean> {
  const age = world.clock.now().getTime() - Number(stat.ctimeMs)
  if (age < 0 || age > 2 * TICK_MS || bytes.length === 0) return true
  await world.clock.sleep(TICK_MS, signal)
  const again = await readAll(handle, bytes.length)
  return again?.equals(bytes) === true
}
