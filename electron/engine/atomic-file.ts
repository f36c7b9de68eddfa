/**
 * The one way to write a file that must be whole or absent: temporary file in the same folder, all bytes, counted, synced,
 * closed, then given its name, and the folder synced. Used for sets, journal, settings and secrets.
 *
 * Errors of the disk come out as the system's own (with `code`), because only the caller knows what the disk is to it
 * (disk-errors.ts); errors of the body come out as BackupError. After an error before the file got its name nothing is left behind
 * but, at worst, a temporary name that is swept; where only the folder could not be synced then, the whole file stands under its
 * name, and a power cut could still take it. An error of `write`, `fsync` or `close` is never followed by another try on the same
 * file: the kernel may have dropped the pages and
 * would report success (faults.md B08; https://wiki.postgresql.org/wiki/Fsync_Errors).
 */
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addAbortSignal, Readable } from 'node:stream'
import { errnoOf, throwIfAborted, toBackupError } from './errors.ts'
import type { World } from './world.ts'

export type Body = Uint8Array | Readable

/** Prefix of every temporary file and folder; the dot keeps them out of listings (FORMAT.md §2). */
export const PARTIAL_PREFIX = '.partial-'

const PRIVATE_FILE = 0o600

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined
  /** Called before each piece is written, with the bytes written so far; may throw to stop. */
  readonly beforeWrite?: ((written: number) => Promise<void>) | undefined
}

/**
 * Creates `path`, never overwriting: an existing one is the system's EEXIST. Returns the bytes written, durable.
 * Where the file system knows no hard links (FAT, some shares), the name is checked and then taken by rename: two writers at
 * the same moment could then collide, which the destination's lease excludes.
 */
export async function createFile(world: World, path: string, body: Body, options: WriteOptions = {}): Promise<number> {
  return writeVia(world, path, body, options, async (temporary) => {
    try {
      await world.files.link(temporary, path)
    } catch (error) {
      if (!isWithoutHardLinks(error, world.host.platform)) throw error
      await refuseExisting(world, path)
      await renameRetrying(world, temporary, path, options.signal)
      return
    }
    await removeQuietly(world, temporary)
  })
}

/** Creates or replaces `path` in one step: a reader sees the old bytes or the new ones. Returns the bytes written, durable. */
export async function replaceFile(world: World, path: string, body: Body, options: WriteOptions = {}): Promise<number> {
  return writeVia(world, path, body, options, (temporary) => renameRetrying(world, temporary, path, options.signal))
}

async function writeVia(
  world: World,
  path: string,
  body: Body,
  options: WriteOptions,
  name: (temporary: string) => Promise<void>,
): Promise<number> {
  const folder = dirname(path)
  const temporary = join(folder, `${PARTIAL_PREFIX}${world.random(8)}`)
  const bytes = await writeSynced(world, temporary, body, options)
  try {
    await name(temporary)
  } catch (error) {
    await removeQuietly(world, temporary)
    throw error
  }
  await syncFolder(world, folder)
  return bytes
}

/**
 * Writes `path` itself (mode 0600, refused with EEXIST where it exists), syncs and closes it; for names that no reader looks
 * at. The entry in the folder is durable only after `syncFolder`. Returns the bytes written.
 */
export async function writeSynced(world: World, path: string, body: Body, options: WriteOptions = {}): Promise<number> {
  if (options.signal !== undefined) throwIfAborted(options.signal)
  const handle = await world.files.open(path, 'wx', PRIVATE_FILE)
  let isOpen = true
  try {
    const written = await writeBody(handle, body, options)
    const { size } = await handle.stat()
    if (size !== written) throw lost(path, written, size)
    await handle.sync()
    isOpen = false
    await handle.close()
    return written
  } catch (error) {
    // The first error is the true one; the file is thrown away, whatever closing says now.
    if (isOpen) await handle.close().catch(() => undefined)
    await removeQuietly(world, path)
    throw error
  }
}

async function writeBody(handle: FileHandle, body: Body, options: WriteOptions): Promise<number> {
  if (!(body instanceof Readable)) {
    await options.beforeWrite?.(0)
    await writeAll(handle, body)
    return body.byteLength
  }
  let written = 0
  for await (const chunk of chunksOf(body, options.signal)) {
    if (options.signal !== undefined) throwIfAborted(options.signal)
    await options.beforeWrite?.(written)
    await writeAll(handle, chunk)
    written += chunk.byteLength
  }
  return written
}

/** The body's pieces. Its errors become BackupErrors at once, so that they are never taken for errors of the disk written to. */
async function* chunksOf(body: Readable, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  if (signal !== undefined) addAbortSignal(signal, body)
  const pieces = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await pieces.next().catch((error: unknown) => {
        if (signal !== undefined) throwIfAborted(signal)
        throw toBackupError(error)
      })
      if (next.done === true) return
      yield next.value
    }
  } finally {
    await pieces.return?.()
  }
}

/** A write may take fewer bytes than it was given (faults.md B17). */
async function writeAll(handle: FileHandle, data: Uint8Array): Promise<void> {
  for (let offset = 0; offset < data.byteLength;) {
    const { bytesWritten } = await handle.write(data, offset, data.byteLength - offset, null)
    if (bytesWritten === 0) throw systemError('EIO', 'the system wrote nothing and gave no reason')
    offset += bytesWritten
  }
}

/**
 * Makes the entries of `folder` durable.
 * Windows keeps no handle on a folder that could be flushed (EPERM, EISDIR): NTFS journals its entries itself. EINVAL and
 * ENOTSUP are a file system's word that it has no such operation (some network shares): nothing stronger can be asked of it.
 */
export async function syncFolder(world: World, folder: string): Promise<void> {
  try {
    const handle = await world.files.open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    if (['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(errno)) return
    if (world.host.platform === 'win32' && ['EPERM', 'EISDIR', 'EACCES'].includes(errno)) return
    throw error
  }
}

/** Longest time spent on a name that another program holds, and the first pause (faults.md B15). */
const RENAME_BUDGET_MS = 60_000
const RENAME_FIRST_PAUSE_MS = 50
const RENAME_LONGEST_PAUSE_MS = 5_000

/**
 * Renames, and tries again for at most 60 s where a virus scanner or indexer holds the file: EBUSY anywhere, EPERM and
 * EACCES on Windows alone, since elsewhere they mean what they say. Never copies instead.
 */
export async function renameRetrying(world: World, from: string, to: string, signal?: AbortSignal): Promise<void> {
  let pause = RENAME_FIRST_PAUSE_MS
  for (let waited = 0; ;) {
    if (signal !== undefined) throwIfAborted(signal)
    try {
      await world.files.rename(from, to)
      return
    } catch (error) {
      if (!isHeld(error, world.host.platform) || waited + pause > RENAME_BUDGET_MS) throw error
    }
    await world.clock.sleep(pause, signal)
    waited += pause
    pause = Math.min(pause * 2, RENAME_LONGEST_PAUSE_MS)
  }
}

function isHeld(error: unknown, platform: NodeJS.Platform): boolean {
  const errno = errnoOf(error)
  return errno === 'EBUSY' || (platform === 'win32' && (errno === 'EPERM' || errno === 'EACCES'))
}

/** Windows says EISDIR (ERROR_INVALID_FUNCTION) where FAT32 has no hard links, Linux EPERM. */
export function isWithoutHardLinks(error: unknown, platform: NodeJS.Platform): boolean {
  const errno = errnoOf(error) ?? ''
  return (
    ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errno) ||
    (platform === 'win32' && errno === 'EISDIR')
  )
}

async function refuseExisting(world: World, path: string): Promise<void> {
  try {
    await world.files.lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  throw systemError('EEXIST', `file already exists, '${path}'`)
}

/** For remains that bear no final name: what cannot be removed now is swept later, and the error that led here matters more. */
async function removeQuietly(world: World, path: string): Promise<void> {
  await world.files.unlink(path).catch(() => undefined)
}

function lost(path: string, written: number, size: number): Error {
  return systemError('EIO', `${written} bytes were written to '${path}' but it holds ${size}`)
}

/** An error of the shape that Node gives to the system's. */
export function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}`), { code })
}
