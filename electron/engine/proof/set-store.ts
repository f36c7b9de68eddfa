/** A published or staged set as something to read from, wherever it lies. */
import { phrase } from '../../contract/phrases.ts'
import type { Readable } from 'node:stream'
import type { Manifest } from '../../contract/manifest.ts'
import type { Destination } from '../destination/destination.ts'
import { MANIFEST_NAME } from '../destination/keys.ts'
import { diskError } from '../disk-errors.ts'
import { BackupError, errnoOf, throwIfAborted } from '../errors.ts'
import { ownedStream } from '../stage/owned-stream.ts'
import type { World } from '../world.ts'
import { decodeManifest, MAX_MANIFEST_BYTES, type ManifestFile } from './manifest-file.ts'
import { join } from 'node:path'

export interface SetStore {
  /** For messages: the set's folder or URL. */
  readonly place: string
  /** @throws BackupError artifact-missing, or what the place reports */
  get(file: string, signal: AbortSignal): Promise<Readable>
}

/** Folder of a set below a destination's root, `/`-separated. */
export function setPrefixOf(manifest: Pick<Manifest, 'set' | 'backup_type'>): string {
  return setPrefixFrom(manifest.set, manifest.backup_type)
}

export function setPrefixFrom(set: string, type: Manifest['backup_type']): string {
  const [slug, name] = set.split('/')
  if (slug === undefined || name === undefined)
    throw new BackupError('invalid-input', { reason: phrase('not-a-set'), set })
  return `${slug}/${type}/${name}`
}

/** The type that a set's id tells by its prefix (FORMAT.md §2). */
export function typeOfSet(set: string): Manifest['backup_type'] {
  const name = set.slice(set.indexOf('/') + 1)
  if (name.startsWith('full_')) return 'full'
  return name.startsWith('inc_') ? 'incremental' : 'hot'
}

/** The place of a set for people: the destination's place and the set's folder. */
export function placeOfSet(destination: Destination, prefix: string): string {
  return join(destination.place, ...prefix.split('/'))
}

/** A set at an open destination. */
export function storeAt(destination: Destination, prefix: string): SetStore {
  return {
    place: placeOfSet(destination, prefix),
    get: async (file, signal) => {
      try {
        return await destination.get(`${prefix}/${file}`, signal)
      } catch (error) {
        throw isMissing(error) ? new BackupError('artifact-missing', { file }, { cause: error }) : error
      }
    },
  }
}

/** A set's folder by its path, on any machine, with no destination around it. */
export function storeInFolder(path: string, world: World): SetStore {
  return {
    place: path,
    get: async (file, signal) => {
      throwIfAborted(signal)
      try {
        const handle = await world.files.open(join(path, file), 'r')
        const raw = handle.createReadStream({ signal, highWaterMark: 1024 * 1024 })
        return ownedStream(piecesOf(raw, join(path, file), world), raw)
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') throw new BackupError('artifact-missing', { file }, { cause: error })
        throw await diskError(error, { role: 'reading', path: join(path, file) }, world)
      }
    },
  }
}

/** What the disk says while it is read is no error of whoever reads. */
async function* piecesOf(raw: Readable, path: string, world: World): AsyncGenerator<Buffer> {
  try {
    yield* raw as AsyncIterable<Buffer>
  } catch (error) {
    throw await diskError(error, { role: 'reading', path }, world)
  }
}

/** Reads and checks the manifest of a set. @throws BackupError manifest-missing, manifest-damaged, manifest-edited, manifest-newer */
export async function readManifest(store: SetStore, signal: AbortSignal): Promise<ManifestFile> {
  let stream: Readable
  try {
    stream = await store.get(MANIFEST_NAME, signal)
  } catch (error) {
    if (error instanceof BackupError && error.code === 'artifact-missing') {
      throw new BackupError('manifest-missing', { path: store.place }, { cause: error })
    }
    throw error
  }
  return decodeManifest(await readAll(stream, MAX_MANIFEST_BYTES, store.place), store.place)
}

async function readAll(stream: Readable, limit: number, place: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > limit) throw new BackupError('manifest-damaged', { path: place, reason: phrase('larger-than'), limit })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function isMissing(error: unknown): boolean {
  return error instanceof BackupError && error.code === 'destination-object-missing'
}
