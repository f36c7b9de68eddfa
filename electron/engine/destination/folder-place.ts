/** A folder that is known to be the destination: checked marker and device, durable subfolders, errors in the product's words. */
import { phrase } from '../../contract/phrases.ts'
import { basename, dirname, isAbsolute, join } from 'node:path'
import type { ErrorCode } from '../../contract/error.ts'
import type { Marker } from '../../contract/destination.ts'
import { createFile, replaceFile, syncFolder } from '../atomic-file.ts'
import { diskError } from '../disk-errors.ts'
import { BackupError, errnoOf, toBackupError } from '../errors.ts'
import { localIso } from '../time.ts'
import type { World } from '../world.ts'
import type { DestinationOpening } from './destination.ts'
import { MARKER_KEY, OWN_FOLDER } from './keys.ts'
import { acceptMarker, decodeMarker, encodeMarker, MAX_MARKER_BYTES } from './marker.ts'

const PRIVATE_FOLDER = 0o700

export class FolderPlace {
  readonly root: string
  readonly id: string
  readonly world: World
  #marker: Marker
  /** Of the root when it was opened: another one later means that a disk was taken away or put over it. */
  readonly #device: bigint
  /** Folders whose entries up to the root are known to be durable. */
  readonly #durable = new Set<string>()

  private constructor(root: string, world: World, marker: Marker, device: bigint) {
    this.root = root
    this.id = marker.id
    this.world = world
    this.#marker = marker
    this.#device = device
  }

  /** @throws BackupError destination-missing, -marker-missing, -marker-damaged, -marker-foreign, -rolled-back, -denied … */
  static async open(root: string, id: string, opening: DestinationOpening, world: World): Promise<FolderPlace> {
    if (!isAbsolute(root)) throw new BackupError('invalid-input', { reason: phrase('path-not-absolute'), path: root })
    if (opening.mode === 'create') await makeRoot(root, world)
    const device = await deviceOf(root, world)
    let marker = await readMarker(root, world)
    if (marker === undefined) {
      if (opening.mode === 'existing') throw new BackupError('destination-marker-missing', { path: root })
      marker = await createMarker(root, id, opening.minGeneration, world)
    }
    acceptMarker(marker, id, opening.minGeneration, root)
    return new FolderPlace(root, world, marker, device)
  }

  /** As last read. */
  get marker(): Marker {
    return this.#marker
  }

  path(segments: readonly string[]): string {
    return join(this.root, ...segments)
  }

  /**
   * Reads the marker again: still this place, on the same device, not gone back. Costs three system calls.
   * @throws BackupError as `open`; destination-unreachable where another mount of the same place came over it
   */
  async check(): Promise<Marker> {
    const device = await deviceOf(this.root, this.world)
    const marker = await readMarker(this.root, this.world)
    if (marker === undefined) throw new BackupError('destination-marker-missing', { path: this.root })
    acceptMarker(marker, this.id, this.#marker.generation, this.root)
    if (device !== this.#device) {
      const reason = 'it was mounted anew while in use'
      throw new BackupError('destination-unreachable', { path: this.root, reason })
    }
    this.#marker = marker
    return marker
  }

  /** Durable when it returns. */
  async raiseGeneration(signal: AbortSignal, above = 0): Promise<Marker> {
    const current = await this.check()
    const raised = { ...current, generation: Math.max(current.generation, above) + 1 }
    const path = join(this.root, MARKER_KEY)
    await this.attempt(path, () => replaceFile(this.world, path, encodeMarker(raised), { signal }))
    this.#marker = raised
    return raised
  }

  /**
   * Makes the folders below the root that are missing, and returns the last one's path. Every entry on the way is durable when it
   * returns, also of folders found: whoever made them may have been killed before syncing them. What was made while the disk
   * went away — it then lies in the bare mount point — is taken back.
   */
  async makeFolders(segments: readonly string[]): Promise<string> {
    await this.check()
    const made: string[] = []
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const path = this.path(segments.slice(0, depth))
      if (this.#durable.has(path)) continue
      await this.attempt(path, async () => {
        if (await makeFolder(path, this.world)) made.push(path)
        await syncFolder(this.world, dirname(path))
      })
      this.#durable.add(path)
    }
    if (made.length > 0) await this.#checkOrTakeBack(made)
    return this.path(segments)
  }

  async #checkOrTakeBack(made: readonly string[]): Promise<void> {
    try {
      await this.check()
    } catch (error) {
      // Best effort: the disk is gone, and that is what the person must hear.
      for (const path of made.toReversed()) await this.world.files.rmdir(path).catch(() => undefined)
      this.#durable.clear()
      throw error
    }
  }

  /** Runs `work`; what it throws becomes a BackupError. Where something is missing, the missing place is named before the missing file. */
  async attempt<T>(path: string, work: () => Promise<T>, written?: () => number): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw await this.errorOf(error, path, written?.())
    }
  }

  async errorOf(error: unknown, path: string, written?: number): Promise<BackupError> {
    const missing = await this.#missing(error, path, 'destination-io')
    return missing ?? diskError(error, { role: 'destination', path, written }, this.world)
  }

  /** As `errorOf`, in words that do not speak of writing. */
  async readErrorOf(error: unknown, path: string): Promise<BackupError> {
    const missing = await this.#missing(error, path, 'destination-read-error')
    return missing ?? diskError(error, { role: 'reading', path }, this.world)
  }

  async #missing(error: unknown, path: string, code: ErrorCode): Promise<BackupError | undefined> {
    const errno = errnoOf(error)
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR') return undefined
    try {
      await this.check()
    } catch (truer) {
      return toBackupError(truer)
    }
    const reason = phrase(errno === 'ENOENT' ? 'vanished' : 'file-for-folder')
    return new BackupError(code, { path, reason }, { cause: error })
  }
}

/** The marker at `root`, or undefined where there is none. @throws BackupError destination-marker-damaged, -not-readable, -read-error */
export async function readMarker(root: string, world: World): Promise<Marker | undefined> {
  const path = join(root, MARKER_KEY)
  let bytes: Uint8Array
  try {
    bytes = await readSmall(path, world)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw await diskError(error, { role: 'reading', path }, world)
  }
  return decodeMarker(bytes, path)
}

/** Whoever has stored anything has left a journal beside the marker. */
export async function removeUnusedMarker(root: string, id: string, world: World): Promise<boolean> {
  const marker = await readMarker(root, world)
  if (marker?.id !== id) return false
  const own = join(root, OWN_FOLDER)
  try {
    const entries = await world.files.readdir(own)
    if (entries.some((name) => name !== basename(MARKER_KEY))) return false
    await world.files.unlink(join(root, MARKER_KEY))
    await world.files.rmdir(own)
    await syncFolder(world, root)
    return true
  } catch (error) {
    throw await diskError(error, { role: 'destination', path: own }, world)
  }
}

/** At most one byte more than a marker may have, so that an absurd file is not read into memory. */
async function readSmall(path: string, world: World): Promise<Uint8Array> {
  const handle = await world.files.open(path, 'r')
  try {
    const buffer = Buffer.alloc(MAX_MARKER_BYTES + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
      length += bytesRead
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length)
    }
  } finally {
    await handle.close()
  }
}

async function createMarker(root: string, id: string, minGeneration: number, world: World): Promise<Marker> {
  const path = join(root, MARKER_KEY)
  const created = localIso(world.clock.now())
  const marker: Marker = { format_version: 1, id, generation: Math.max(1, minGeneration), created_at: created }
  try {
    await makeFolder(join(root, OWN_FOLDER), world)
    await syncFolder(world, root)
    await createFile(world, path, encodeMarker(marker))
    return marker
  } catch (error) {
    // Another start made its marker at the same moment: that one stands, and is judged like any other.
    const other = errnoOf(error) === 'EEXIST' ? await readMarker(root, world) : undefined
    if (other !== undefined) return other
    throw await diskError(error, { role: 'destination', path }, world)
  }
}

/** The parent must exist: a missing one is more likely a disk that is not connected than a wish. */
async function makeRoot(root: string, world: World): Promise<void> {
  try {
    await world.files.mkdir(root, { mode: PRIVATE_FOLDER })
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return
    if (errnoOf(error) === 'ENOENT')
      throw new BackupError('destination-parent-missing', { path: root }, { cause: error })
    throw await diskError(error, { role: 'destination', path: root }, world)
  }
  try {
    await syncFolder(world, dirname(root))
  } catch (error) {
    // The parent may be another's folder that we may write to but not read; its owner's entry is then as durable as he made it.
    if (errnoOf(error) !== 'EACCES') throw await diskError(error, { role: 'destination', path: root }, world)
  }
}

async function deviceOf(root: string, world: World): Promise<bigint> {
  try {
    const stat = await world.files.stat(root, { bigint: true })
    if (stat.isDirectory()) return stat.dev
  } catch (error) {
    throw await diskError(error, { role: 'reading', path: root }, world)
  }
  throw new BackupError('destination-not-folder', { path: root })
}

/** True where the folder was made now. A symbolic link does not count as a folder: it could lead off this disk. */
async function makeFolder(path: string, world: World): Promise<boolean> {
  try {
    await world.files.mkdir(path, { mode: PRIVATE_FOLDER })
    return true
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  if ((await world.files.lstat(path)).isDirectory()) return false
  throw new BackupError('destination-io', { path, reason: phrase('file-for-folder') })
}
