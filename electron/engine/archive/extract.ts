/** Writes an archive below one folder: entries that the index lists, links last, nothing outside, never more than was declared. */
import { phrase } from '../../contract/phrases.ts'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { diskError } from '../disk-errors.ts'
import { BackupError, errnoOf, throwIfAborted } from '../errors.ts'
import type { World } from '../world.ts'
import { Attributes } from './attributes.ts'
import { nameText } from './entry.ts'
import { expectedLine, loadLedger } from './inspect.ts'
import { HostileName, Ledger, type LedgerLine } from './ledger.ts'
import { NotOurFolder, Place, splitDest } from './place.ts'
import { compareTree, type TreeComparison } from './recheck.ts'
import { Roots, type TreeContent } from './roots.ts'
import { selectLines } from './selection.ts'
import { readTar, type Piece, type TarItem } from './tar-reader.ts'
import { TarDamage } from './tar-parse.ts'

export interface Extraction {
  readonly world: World
  readonly content: TreeContent
  /** Existing empty folder. */
  readonly target: string
  readonly only: string | undefined
  readonly index: () => Promise<Readable>
  readonly signal: AbortSignal
  progress(bytes: number): void
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Extracts, then reads the result back from disk and compares it with the index. Throws BackupError only. */
export async function extractTree(copy: AsyncIterable<Buffer>, extraction: Extraction): Promise<TreeComparison> {
  const { world, content, target } = extraction
  const ledger = new Ledger()
  const place = new Place(world.files, target, world.host.platform)
  const linkPlace = new Place(world.files, target, world.host.platform)
  try {
    const hostile = new Roots(content).hostileName(world.host.platform)
    if (hostile !== undefined) throw new HostileName(Buffer.from(hostile), 'no plain folder name')
    await loadLedger(await extraction.index(), content, ledger)
    const wanted = selectLines(ledger, content, extraction.only, world.host.platform)
    if (wanted === 0 && extraction.only !== undefined) return { count: 0, expected: 0, problems: [], places: [] }
    const attributes = new Attributes(world)
    await new Extractor(extraction, ledger, place, attributes).run(copy, linkPlace)
    return await compareTree(ledger, place, attributes, extraction)
  } catch (error) {
    throw await asRestoreError(error, extraction)
  } finally {
    ledger.close()
    await place.close()
    await linkPlace.close()
  }
}

class Extractor {
  readonly #extraction: Extraction
  readonly #ledger: Ledger
  readonly #place: Place
  readonly #attributes: Attributes

  constructor(extraction: Extraction, ledger: Ledger, place: Place, attributes: Attributes) {
    this.#extraction = extraction
    this.#ledger = ledger
    this.#place = place
    this.#attributes = attributes
  }

  async run(copy: AsyncIterable<Buffer>, linkPlace: Place): Promise<void> {
    for await (const item of readTar(copy)) {
      throwIfAborted(this.#extraction.signal)
      const line = expectedLine(this.#ledger, item.entry)
      if (typeof line === 'string') throw new HostileName(item.entry.path, 'not listed in the index')
      await this.#extract(item, line)
      const { size } = item.entry
      this.#ledger.note(line, size === line.size ? undefined : `has ${size} bytes, listed with ${line.size}`)
    }
    const missing = this.#ledger.problems(1)[0]
    if (missing !== undefined) throw new TarDamage(missing)
    for (const line of this.#ledger.lines({ wanted: true, types: ['hardlink'] })) await this.#hardLink(line, linkPlace)
    for (const line of this.#ledger.lines({ wanted: true, types: ['symlink'] })) await this.#symlink(line)
    for (const line of this.#ledger.foldersUpwards()) await this.#finishFolder(line)
  }

  /** Files and folders; links wait until nothing is written through any path any more (faults.md X02). */
  async #extract(item: TarItem, line: LedgerLine): Promise<void> {
    const { entry } = item
    if (entry.type !== line.type)
      throw new TarDamage(`"${nameText(entry.path)}" is a ${entry.type}, listed as a ${line.type}`)
    if (line.dest === undefined) return
    if (entry.type === 'directory')
      await this.#place.folder([...splitDest(line.dest).parents, splitDest(line.dest).name], true)
    // Only content of the declared size is written: sizes add up to what the manifest says, so no bomb goes off (X05).
    if (entry.type === 'file' && entry.size === line.size) await this.#file(item, line, line.dest)
  }

  async #file(item: TarItem, line: LedgerLine, dest: Buffer): Promise<void> {
    const { files } = this.#extraction.world
    const { parents, name } = splitDest(dest)
    const folder = await this.#place.folder(parents, true)
    // A later entry of a name holds (FORMAT.md §4.3); the earlier file is our own of this very run.
    if (line.copies > 0) await files.unlink(folder.path(name)).catch(ignoreAbsent)
    const handle = await files.open(folder.path(name), NEW_FILE, 0o600)
    try {
      await this.#write(handle, item.content(), line.size)
      await this.#attributes.setFile(handle, line)
    } finally {
      await handle.close()
    }
  }

  async #write(handle: FileHandle, pieces: AsyncIterable<Piece>, size: number): Promise<void> {
    let at = 0
    let end = 0
    for await (const piece of pieces) {
      throwIfAborted(this.#extraction.signal)
      if (typeof piece === 'number') {
        at += piece
        continue
      }
      await writeAll(handle, piece, at)
      at += piece.length
      end = at
      this.#extraction.progress(piece.length)
    }
    // A hole at the end has no bytes that would make the file long enough.
    if (end < size) await handle.truncate(size)
  }

  async #hardLink(line: LedgerLine, linkPlace: Place): Promise<void> {
    const to = line.target === undefined ? undefined : this.#ledger.find(line.target)
    if (line.dest === undefined || to?.dest === undefined || to.type !== 'file') return
    const source = splitDest(to.dest)
    const { parents, name } = splitDest(line.dest)
    const from = await linkPlace.folder(source.parents, false)
    const folder = await this.#place.folder(parents, true)
    await this.#extraction.world.files.link(from.path(source.name), folder.path(name))
  }

  async #symlink(line: LedgerLine): Promise<void> {
    if (line.dest === undefined || line.target === undefined) return
    if (line.target.includes(0)) throw new HostileName(line.path, 'a link to a name with a NUL')
    const { parents, name } = splitDest(line.dest)
    const folder = await this.#place.folder(parents, true)
    await this.#extraction.world.files.symlink(line.target, folder.path(name))
    await this.#attributes.setLink(folder.path(name), line)
  }

  async #finishFolder(line: LedgerLine): Promise<void> {
    if (line.dest === undefined) return
    const { parents, name } = splitDest(line.dest)
    const folder = await this.#place.folder(parents, false)
    await this.#attributes.setFolder(folder.path(name), line)
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten
}

function ignoreAbsent(error: unknown): void {
  // The earlier copy had another size, so it was never written.
  if (errnoOf(error) !== 'ENOENT') throw error
}

async function asRestoreError(cause: unknown, { world, content, target }: Extraction): Promise<BackupError> {
  if (cause instanceof BackupError) return cause
  const file = content.index.replace('.index', '.tar')
  const entry = hostileEntry(cause)
  if (entry !== undefined) return new BackupError('archive-hostile', { file, entry }, { cause })
  if (cause instanceof TarDamage)
    return new BackupError(
      'artifact-damaged',
      { file, reason: cause.message, alternative: phrase('another-backup') },
      { cause },
    )
  return diskError(cause, { role: 'target', path: target, needed: content.file_bytes }, world)
}

function hostileEntry(cause: unknown): string | undefined {
  if (cause instanceof HostileName) return cause.entry
  if (cause instanceof NotOurFolder) return cause.message
  return errnoOf(cause) === 'EEXIST' ? 'two entries in one place' : undefined
}
