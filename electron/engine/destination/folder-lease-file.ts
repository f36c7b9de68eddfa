/** The file behind a folder's lease: made exclusively, read, moved out of the way, dated by the file system's own clock. */
import type { FileHandle } from 'node:fs/promises'
import { isWithoutHardLinks, PARTIAL_PREFIX, renameRetrying } from '../atomic-file.ts'
import { BackupError, errnoOf } from '../errors.ts'
import type { FolderPlace } from './folder-place.ts'
import { OWN_FOLDER } from './keys.ts'
import { decodeLease, encodeLease, type LeaseRecord } from './lease.ts'

const PRIVATE_FILE = 0o600

export interface Found {
  readonly record: LeaseRecord | undefined
  readonly modified: number
}

export function leasePath(place: FolderPlace): string {
  return place.path([OWN_FOLDER, 'lease.json'])
}

/** Where the lease before the present one lies, for its token. */
function lastPath(place: FolderPlace): string {
  return place.path([OWN_FOLDER, 'lease-last.json'])
}

/**
 * The open file, or undefined where there is a lease already. It appears with its content, so that a start killed in between
 * leaves nothing that only time could clear; where the file system has no hard links it appears empty first.
 */
export async function createLeaseFile(place: FolderPlace, record: LeaseRecord): Promise<FileHandle | undefined> {
  const { files } = place.world
  const temporary = place.path([OWN_FOLDER, `${PARTIAL_PREFIX}${place.world.random(8)}`])
  const handle = await files.open(temporary, 'wx+', PRIVATE_FILE)
  let named: FileHandle | undefined
  try {
    await writeRecord(handle, record)
    named = await linkOrOpen(place, temporary, handle)
    if (named !== undefined && named !== handle) await writeRecord(named, record)
    return named
  } catch (error) {
    // Made and useless: without this the place would be blocked for the length of a term.
    if (named !== undefined)
      await named
        .close()
        .then(() => files.unlink(leasePath(place)))
        .catch(() => undefined)
    throw error
  } finally {
    // The temporary name is seen by nobody; what cannot be removed now is swept.
    if (named !== handle) await handle.close().catch(() => undefined)
    await files.unlink(temporary).catch(() => undefined)
  }
}

/** The handle of the lease's file under its name; undefined where the name is taken. */
async function linkOrOpen(place: FolderPlace, temporary: string, handle: FileHandle): Promise<FileHandle | undefined> {
  const { files, host } = place.world
  const path = leasePath(place)
  try {
    await files.link(temporary, path)
    return handle
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return undefined
    if (!isWithoutHardLinks(error, host.platform)) throw error
  }
  try {
    return await files.open(path, 'wx+', PRIVATE_FILE)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return undefined
    throw error
  }
}

/** One more than the last holder's. */
export async function nextToken(place: FolderPlace): Promise<number> {
  return ((await readLease(place, lastPath(place)))?.record?.token ?? 0) + 1
}

/** Undefined where there is no lease. One that is being written may read torn, so a doubtful reading is repeated. */
export async function readLease(place: FolderPlace, path = leasePath(place)): Promise<Found | undefined> {
  let found: Found | undefined
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (attempt > 0) await place.world.clock.sleep(20)
    try {
      const handle = await place.world.files.open(path, 'r')
      try {
        const { mtimeMs } = await handle.stat()
        found = { record: decodeLease(await handle.readFile('utf8')), modified: mtimeMs }
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
    if (found.record !== undefined) return found
  }
  return found
}

/** The time that the place itself would write down now: on a share it is the server's. */
export async function fileSystemNow(place: FolderPlace): Promise<number> {
  const path = place.path([OWN_FOLDER, `${PARTIAL_PREFIX}${place.world.random(8)}`])
  return place.attempt(path, async () => {
    const handle = await place.world.files.open(path, 'wx', PRIVATE_FILE)
    try {
      return (await handle.stat()).mtimeMs
    } finally {
      await handle.close()
      await place.world.files.unlink(path)
    }
  })
}

/** Taking over takes milliseconds; whoever did not finish in this time was killed over it. */
const TAKE_OVER_MS = 60_000

/**
 * Moves an ended lease out of the way, one start at a time: a name alone does not tell the ended lease from the one that a
 * quicker start has just made, so two at once would move each other's.
 */
export async function setAside(place: FolderPlace, judged: Found): Promise<void> {
  const { files } = place.world
  const turn = place.path([OWN_FOLDER, `${PARTIAL_PREFIX}take-over`])
  try {
    await (await files.open(turn, 'wx', PRIVATE_FILE)).close()
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
    await endStaleTurn(place, turn)
    return
  }
  try {
    await moveAside(place, judged)
  } finally {
    // What cannot be removed now ends by itself.
    await files.unlink(turn).catch(() => undefined)
  }
}

async function endStaleTurn(place: FolderPlace, turn: string): Promise<void> {
  try {
    const { mtimeMs } = await place.world.files.stat(turn)
    if ((await fileSystemNow(place)) - mtimeMs > TAKE_OVER_MS) await place.world.files.unlink(turn)
    else await place.world.clock.sleep(20)
  } catch (error) {
    // It has ended meanwhile.
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

/** If the holder came back in the same moment, renewed it or gave it back, what was moved is put back. */
async function moveAside(place: FolderPlace, judged: Found): Promise<void> {
  const path = leasePath(place)
  const last = lastPath(place)
  if (!isSame(await readLease(place, path), judged)) return
  try {
    await renameRetrying(place.world, path, last)
  } catch (error) {
    // The holder has given it back.
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  if (isSame(await readLease(place, last), judged)) return
  // Where this fails another has taken the lease already; the one whose lease was moved finds out at its next check.
  await place.world.files.link(last, path).catch(() => undefined)
}

function isSame(found: Found | undefined, judged: Found): boolean {
  return found?.modified === judged.modified && found.record?.nonce === judged.record?.nonce
}

/** Gives the lease back: its file becomes the last one. */
export async function retireLease(place: FolderPlace): Promise<void> {
  await renameRetrying(place.world, leasePath(place), lastPath(place))
}

export async function writeRecord(handle: FileHandle, record: LeaseRecord): Promise<void> {
  const data = encodeLease(record)
  const { bytesWritten } = await handle.write(data, 0, data.length, 0)
  if (bytesWritten !== data.length)
    throw new BackupError('destination-io', { path: 'lease.json', reason: 'short write' })
  await handle.sync()
}
