/** A set in the making: artifacts in a hidden folder beside its final place, made visible by one rename. */
import { phrase } from '../../contract/phrases.ts'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { PARTIAL_PREFIX, renameRetrying, syncFolder, writeSynced } from '../atomic-file.ts'
import { BackupError, errnoOf, throwIfAborted } from '../errors.ts'
import type { StagedSet } from './destination.ts'
import type { FolderPlace } from './folder-place.ts'
import { readObject } from './folder-read.ts'
import { removeTreeQuietly } from './folder-remove.ts'
import { floorGuard } from './folder-space.ts'
import { checkArtifactName, MANIFEST_NAME, parseSetPrefix } from './keys.ts'

const PRIVATE_FOLDER = 0o700

/** @param prefix `<slug>/<type>/<name>`. @throws BackupError destination-object-exists where that name is taken */
export async function beginFolderSet(place: FolderPlace, prefix: string, signal: AbortSignal): Promise<StagedSet> {
  throwIfAborted(signal)
  const { slug, type, name } = parseSetPrefix(prefix)
  const parent = await place.makeFolders([slug, type])
  const final = join(parent, name)
  await refuseTaken(place, final, prefix)
  const staging = join(parent, `${PARTIAL_PREFIX}${name}-${place.world.random(4)}`)
  await place.attempt(staging, () => place.world.files.mkdir(staging, { mode: PRIVATE_FOLDER }))
  return new FolderStagedSet(place, prefix, { parent, staging, final })
}

interface Paths {
  readonly parent: string
  readonly staging: string
  readonly final: string
}

class FolderStagedSet implements StagedSet {
  readonly #place: FolderPlace
  readonly #prefix: string
  readonly #paths: Paths
  /** What was put, and its size: looked at once more before the set gets its name. */
  readonly #artifacts = new Map<string, number>()

  constructor(place: FolderPlace, prefix: string, paths: Paths) {
    this.#place = place
    this.#prefix = prefix
    this.#paths = paths
  }

  async put(name: string, body: Readable, signal: AbortSignal): Promise<number> {
    checkArtifactName(name)
    const bytes = await this.#write(name, body, signal, await floorGuard(this.#place))
    this.#artifacts.set(name, bytes)
    return bytes
  }

  async get(name: string, signal: AbortSignal): Promise<Readable> {
    checkArtifactName(name)
    return readObject(this.#place, join(this.#paths.staging, name), `${this.#prefix}/${name}`, signal)
  }

  async discard(name: string): Promise<void> {
    checkArtifactName(name)
    this.#artifacts.delete(name)
    const path = join(this.#paths.staging, name)
    try {
      await this.#place.world.files.unlink(path)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw await this.#place.errorOf(error, path)
    }
  }

  async publish(manifest: Uint8Array, signal: AbortSignal): Promise<void> {
    const { staging, parent } = this.#paths
    throwIfAborted(signal)
    await this.#place.check()
    await this.#checkArtifacts()
    await this.#write(MANIFEST_NAME, manifest, signal)
    await this.#checkManifest(manifest, signal)
    await this.#place.attempt(staging, () => syncFolder(this.#place.world, staging))
    await this.#giveName(signal)
    await this.#place.attempt(parent, () => syncFolder(this.#place.world, parent))
  }

  async abandon(): Promise<void> {
    await removeTreeQuietly(this.#place.world, this.#paths.staging)
  }

  async #write(
    name: string,
    body: Readable | Uint8Array,
    signal: AbortSignal,
    guard?: (written: number) => Promise<void>,
  ): Promise<number> {
    const path = join(this.#paths.staging, name)
    let written = 0
    const beforeWrite = async (sofar: number): Promise<void> => {
      written = sofar
      await guard?.(sofar)
    }
    try {
      return await writeSynced(this.#place.world, path, body, { signal, beforeWrite })
    } catch (error) {
      if (errnoOf(error) === 'EEXIST')
        throw new BackupError('destination-object-exists', { key: `${this.#prefix}/${name}` }, { cause: error })
      throw await this.#place.errorOf(error, path, written)
    }
  }

  async #checkArtifacts(): Promise<void> {
    for (const [name, bytes] of this.#artifacts) {
      const path = join(this.#paths.staging, name)
      const { size } = await this.#place.attempt(path, () => this.#place.world.files.lstat(path))
      if (size === bytes) continue
      throw new BackupError('destination-io', { path, reason: phrase('short-copy'), size, bytes })
    }
  }

  async #checkManifest(manifest: Uint8Array, signal: AbortSignal): Promise<void> {
    const path = join(this.#paths.staging, MANIFEST_NAME)
    const stream = await readObject(this.#place, path, `${this.#prefix}/${MANIFEST_NAME}`, signal)
    const pieces: Buffer[] = []
    for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece)
    if (Buffer.concat(pieces).equals(manifest)) return
    throw new BackupError('destination-io', { path, reason: phrase('reads-differently') })
  }

  /**
   * Never overwrites: `rename` of a folder onto a file or onto a folder that holds anything is refused by the system itself
   * (ENOTDIR, ENOTEMPTY; on Windows always). Only an *empty* folder of that name would be replaced — nothing would be lost — and
   * that is refused by looking first; the lease keeps another Sitekeep from taking the name in between.
   */
  async #giveName(signal: AbortSignal): Promise<void> {
    const { staging, final } = this.#paths
    await refuseTaken(this.#place, final, this.#prefix)
    await this.#place.check()
    try {
      await renameRetrying(this.#place.world, staging, final, signal)
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error) ?? ''))
        throw new BackupError('destination-object-exists', { key: this.#prefix }, { cause: error })
      throw await this.#place.errorOf(error, final)
    }
  }
}

async function refuseTaken(place: FolderPlace, final: string, key: string): Promise<void> {
  try {
    await place.world.files.lstat(final)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw await place.errorOf(error, final)
  }
  throw new BackupError('destination-object-exists', { key })
}
