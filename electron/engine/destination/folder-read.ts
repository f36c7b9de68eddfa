/** Reading a folder destination: one object's bytes, and the listing of all objects below a prefix. */
import { constants, type Dirent } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { BackupError, errnoOf, throwIfAborted, toBackupError } from '../errors.ts'
import type { StoredObject } from './destination.ts'
import type { FolderPlace } from './folder-place.ts'
import { compareKeys, isSlug, OWN_FOLDER } from './keys.ts'

const PIECE_BYTES = 256 * 1024

/** Links are not followed: whoever may write here must not make us read elsewhere; a FIFO must not make us wait. */
const READ_FLAGS = constants.O_RDONLY | optional(constants.O_NOFOLLOW) | optional(constants.O_NONBLOCK)

/** Windows does not define these; the types say otherwise. */
function optional(flag: number | undefined): number {
  return flag ?? 0
}

/** @param key for the message. @throws BackupError destination-object-missing, or what the disk reports */
export async function readObject(
  place: FolderPlace,
  path: string,
  key: string,
  signal: AbortSignal,
): Promise<Readable> {
  throwIfAborted(signal)
  const handle = await openObject(place, path, key)
  return new Readable({
    signal,
    highWaterMark: PIECE_BYTES,
    read() {
      readPiece(handle).then(
        (piece) => this.push(piece),
        (error: unknown) => {
          void place.readErrorOf(error, path).then((known) => this.destroy(known))
        },
      )
    },
    destroy(error, done) {
      // Nothing was written through this handle: a failing close loses nothing.
      void handle
        .close()
        .catch(() => undefined)
        .then(() => done(error === null ? null : toBackupError(error)))
    },
  })
}

async function readPiece(handle: FileHandle): Promise<Buffer | null> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, null)
  return bytesRead === 0 ? null : buffer.subarray(0, bytesRead)
}

async function openObject(place: FolderPlace, path: string, key: string): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await place.world.files.open(path, READ_FLAGS)
  } catch (error) {
    // A missing disk is not a missing object.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) {
      await place.check()
      throw new BackupError('destination-object-missing', { key }, { cause: error })
    }
    throw await place.readErrorOf(error, path)
  }
  try {
    if ((await handle.stat()).isFile()) return handle
  } catch (error) {
    await handle.close()
    throw await place.readErrorOf(error, path)
  }
  await handle.close()
  throw new BackupError('destination-object-missing', { key })
}

/**
 * Every regular file below `segments`, in the order of keys, a folder's entries in memory at a time.
 * Left out: names that begin with a dot (they are no objects), links and special files (nothing here makes them), and folders
 * that may not be read where none of ours can be. Whatever else cannot be read is an error: it is never taken for empty.
 */
export async function* listObjects(
  place: FolderPlace,
  segments: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<StoredObject> {
  throwIfAborted(signal)
  await place.check()
  yield* listFolder(place, segments, signal)
  // A disk that went away while it was listed shows as an emptier one.
  await place.check()
}

async function* listFolder(
  place: FolderPlace,
  segments: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<StoredObject> {
  for (const entry of await readFolder(place, segments)) {
    throwIfAborted(signal)
    const below = [...segments, entry.name]
    if (entry.isDirectory()) yield* listFolder(place, below, signal)
    else if (entry.isFile()) {
      const bytes = await sizeOf(place, below)
      if (bytes !== undefined) yield { key: below.join('/'), bytes }
    }
  }
}

async function readFolder(place: FolderPlace, segments: readonly string[]): Promise<Dirent[]> {
  const path = place.path(segments)
  let entries: Dirent[]
  try {
    entries = await place.world.files.readdir(path, { withFileTypes: true })
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    // Absent, or removed since its parent was read; `check` tells that from a disk that is absent.
    if (errno === 'ENOENT') {
      await place.check()
      return []
    }
    if ((errno === 'EACCES' || errno === 'EPERM') && isForeign(segments)) return []
    throw await place.readErrorOf(error, path)
  }
  // A folder's keys all begin with its name and a slash: with that it takes its place among the files.
  const keyed = entries.filter((entry) => isOwnName(entry.name, segments.length))
  return keyed.sort((a, b) => compareKeys(sortKey(a), sortKey(b)))
}

function sortKey(entry: Dirent): string {
  return entry.isDirectory() ? `${entry.name}/` : entry.name
}

/** Our names are valid UTF-8; one that is not was decoded with U+FFFD and cannot be opened by that name. */
function isOwnName(name: string, depth: number): boolean {
  return (!name.startsWith('.') || (depth === 0 && name === OWN_FOLDER)) && !name.includes('\uFFFD')
}

/** True of a folder in which nothing of ours can lie: FORMAT.md §2 leaves only `.sitekeep`, `<slug>` and what is below. */
function isForeign(segments: readonly string[]): boolean {
  const [first, second] = segments
  if (first === undefined || first === OWN_FOLDER) return false
  return !isSlug(first) || (second !== undefined && !['full', 'incremental', 'hot', 'logs'].includes(second))
}

async function sizeOf(place: FolderPlace, segments: readonly string[]): Promise<number | undefined> {
  const path = join(place.root, ...segments)
  try {
    return (await place.world.files.lstat(path)).size
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw await place.readErrorOf(error, path)
    await place.check()
    return undefined
  }
}
