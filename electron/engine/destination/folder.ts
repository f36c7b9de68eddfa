/** Destination kind `folder`: a local folder, a USB disk, a mounted share or a UNC path. */
import type { Readable } from 'node:stream'
import type { DestinationOf, Marker } from '../../contract/destination.ts'
import { createFile } from '../atomic-file.ts'
import { roomAt, type Room } from '../disk-errors.ts'
import { BackupError, errnoOf, throwIfAborted } from '../errors.ts'
import type { World } from '../world.ts'
import type { Destination, DestinationKindModule, DestinationOpening, StagedSet, StoredObject } from './destination.ts'
import { acquireFolderLease, isLeasedByOther } from './folder-lease.ts'
import { appendFolderLog } from './folder-log.ts'
import { FolderPlace, readMarker, removeUnusedMarker } from './folder-place.ts'
import { probeFolder } from './folder-probe.ts'
import { listObjects, readObject } from './folder-read.ts'
import { removeFolderSet, removeObject, sweepPartials } from './folder-remove.ts'
import { beginFolderSet } from './folder-staging.ts'
import { parseKey, parsePrefix } from './keys.ts'

class FolderDestination implements Destination {
  readonly kind = 'folder'
  readonly id: string
  readonly place: string
  readonly folder: FolderPlace
  #marker: Marker

  constructor(folder: FolderPlace) {
    this.id = folder.id
    this.place = folder.root
    this.folder = folder
    this.#marker = folder.marker
  }

  /** As read when it was opened, or when the lease was taken: before that another could still change it. */
  get marker(): Marker {
    return this.#marker
  }

  leased(marker: Marker): void {
    this.#marker = marker
  }

  async put(key: string, body: Uint8Array | Readable, signal: AbortSignal): Promise<StoredObject> {
    const segments = parseKey(key)
    throwIfAborted(signal)
    await this.folder.makeFolders(segments.slice(0, -1))
    const path = this.folder.path(segments)
    let written = 0
    const beforeWrite = (sofar: number): Promise<void> => {
      written = sofar
      return Promise.resolve()
    }
    try {
      return { key, bytes: await createFile(this.folder.world, path, body, { signal, beforeWrite }) }
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') throw new BackupError('destination-object-exists', { key }, { cause: error })
      throw await this.folder.errorOf(error, path, written)
    }
  }

  async get(key: string, signal: AbortSignal): Promise<Readable> {
    return readObject(this.folder, this.folder.path(parseKey(key)), key, signal)
  }

  list(prefix: string, signal: AbortSignal): AsyncIterable<StoredObject> {
    return listObjects(this.folder, parsePrefix(prefix), signal)
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    return removeObject(this.folder, this.folder.path(parseKey(key)), signal)
  }

  async raiseGeneration(signal: AbortSignal, above?: number): Promise<Marker> {
    throwIfAborted(signal)
    return this.folder.raiseGeneration(signal, above)
  }

  async beginSet(prefix: string, signal: AbortSignal): Promise<StagedSet> {
    return beginFolderSet(this.folder, prefix, signal)
  }

  async removeSet(prefix: string, signal: AbortSignal): Promise<void> {
    return removeFolderSet(this.folder, prefix, signal)
  }

  async sweep(graceMs: number, signal: AbortSignal): Promise<number> {
    throwIfAborted(signal)
    if (await isLeasedByOther(this.folder)) return 0
    return sweepPartials(this.folder, graceMs, signal)
  }

  async appendLog(key: string, line: string, signal: AbortSignal): Promise<void> {
    return appendFolderLog(this.folder, key, line, signal)
  }

  async space(): Promise<Room | undefined> {
    return roomAt(this.folder.root, this.folder.world)
  }

  /** Holds nothing open between calls. */
  close(): Promise<void> {
    return Promise.resolve()
  }
}

async function open(
  config: DestinationOf<'folder'>,
  opening: DestinationOpening,
  world: World,
  signal: AbortSignal,
): Promise<Destination> {
  throwIfAborted(signal)
  return new FolderDestination(await FolderPlace.open(config.path, config.id, opening, world))
}

async function identify(config: DestinationOf<'folder'>, world: World, signal: AbortSignal): Promise<string> {
  throwIfAborted(signal)
  const marker = await readMarker(config.path, world)
  if (marker === undefined) throw new BackupError('destination-marker-missing', { path: config.path })
  return marker.id
}

export const folderKind: DestinationKindModule<'folder'> = {
  open,
  identify,
  unmark: async (config, world, signal) => {
    throwIfAborted(signal)
    return removeUnusedMarker(config.path, config.id, world)
  },
  acquireLease: async (destination, holder, _world, signal) => {
    if (!(destination instanceof FolderDestination))
      throw new BackupError('internal', { reason: `a ${destination.kind} was given to the folder kind` })
    const lease = await acquireFolderLease(destination.folder, holder, signal)
    destination.leased(destination.folder.marker)
    return lease
  },
  probe: probeFolder,
}
