/** Our own walk over a root: what is there, as bytes, never through a link; it alone decides what an archive must hold. */
import type { BigIntStats, Dir } from 'node:fs'
import { BackupError, errnoOf, throwIfAborted } from '../errors.ts'
import type { World } from '../world.ts'
import { answered, patiently } from './files-patience.ts'
import type { Patterns } from './files-patterns.ts'
import type { Report } from './files-report.ts'

export interface Found {
  /** Path on this machine. */
  readonly path: Buffer
  /** Name in the archive. */
  readonly name: Buffer
  readonly stat: BigIntStats
}

export interface WalkRoot {
  readonly path: Buffer
  readonly prefix: Buffer
  readonly patterns: Patterns
}

export interface WalkOptions {
  readonly world: World
  readonly signal: AbortSignal
  readonly report: Report
  readonly crossMounts: boolean
  /** `device:inode` of folders that are not gone into: our own work folder, other roots (faults.md E16). */
  readonly skip: ReadonlySet<string>
}

export function inodeOf(stat: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${stat.dev}:${stat.ino}`
}

/** Files, folders and links below `root`, a folder before what it holds; names never more than one batch of a folder at a time. */
export async function* walkRoot(root: WalkRoot, options: WalkOptions): AsyncGenerator<Found, void> {
  const stat = await options.world.files.stat(root.path, { bigint: true })
  yield* new Walk(root, options, stat.dev).folder({ path: root.path, name: root.prefix, stat }, '', undefined)
}

/** A folder on the way to where the walk is; with include patterns it is told only once something in it is taken. */
interface Level {
  readonly found: Found
  readonly above: Level | undefined
  isTold: boolean
}

const SLASH = Buffer.from('/')
/** Names per read; a folder of ten million names is never in memory at once (faults.md E11). */
const BATCH = 512
/** Of them, looked at together: what waits for the system does not have to wait one by one. */
const LOOKS = 32

function endsWithSlash(path: Buffer): boolean {
  return path.at(-1) === 0x2f
}

class Walk {
  readonly #root: WalkRoot
  readonly #options: WalkOptions
  readonly #device: bigint

  constructor(root: WalkRoot, options: WalkOptions, device: bigint) {
    this.#root = root
    this.#options = options
    this.#device = device
  }

  async *folder(found: Found, relative: string, above: Level | undefined): AsyncGenerator<Found, void> {
    const level: Level = { found, above, isTold: false }
    if (!this.#root.patterns.isSelective || relative === '') yield* tell(level)
    const isElsewhere = found.stat.dev !== this.#device
    if (isElsewhere && !this.#options.crossMounts) {
      this.#options.report.count('other-filesystem', found.path)
      return
    }
    const prefix = endsWithSlash(found.path) ? found.path : Buffer.concat([found.path, SLASH])
    for await (const names of this.#batches(found.path)) {
      for (let at = 0; at < names.length; at += LOOKS)
        yield* this.#children(level, relative, prefix, names.slice(at, at + LOOKS))
    }
  }

  async *#children(
    level: Level,
    relative: string,
    prefix: Buffer,
    names: readonly Buffer[],
  ): AsyncGenerator<Found, void> {
    const paths = names.map((name) => Buffer.concat([prefix, name]))
    const stats = await Promise.all(paths.map((path) => this.#look(path)))
    for (const [n, path] of paths.entries()) {
      const stat = stats[n]
      if (stat === undefined || this.#options.skip.has(inodeOf(stat))) continue
      const name = path.subarray(prefix.length)
      const below = relative === '' ? name.toString('utf8') : `${relative}/${name.toString('utf8')}`
      if (this.#root.patterns.isExcluded(below, stat.isDirectory())) continue
      const above = level.found.name
      const child = { path, name: above.length === 0 ? name : Buffer.concat([above, SLASH, name]), stat }
      if (stat.isDirectory()) {
        yield* this.folder(child, below, level)
      } else if (this.#isTaken(child, below)) {
        yield* tell(level)
        yield child
      }
    }
  }

  #isTaken({ path, stat }: Found, below: string): boolean {
    if (!this.#root.patterns.isIncluded(below, false)) return false
    if (stat.isFile() || stat.isSymbolicLink()) return true
    this.#options.report.count('special-skipped', path)
    return false
  }

  async #look(path: Buffer): Promise<BigIntStats | undefined> {
    const { world, signal, report } = this.#options
    throwIfAborted(signal)
    try {
      return await answered(world, path, world.files.lstat(path, { bigint: true }))
    } catch (error) {
      if (error instanceof BackupError) throw error
      report.count(errnoOf(error) === 'ENOENT' ? 'files-vanished' : 'files-unreadable', path)
      return undefined
    }
  }

  /** The names in a folder, in batches. Small folders are closed before they are gone into, so that depth costs no handles. */
  async *#batches(path: Buffer): AsyncGenerator<Buffer[], void> {
    let folder: Dir | undefined
    try {
      folder = await this.#open(path)
      let batch = await readNames(folder)
      while (batch.length === BATCH) {
        yield batch
        batch = await readNames(folder)
      }
      await folder.close()
      folder = undefined
      yield batch
    } catch (error) {
      if (error instanceof BackupError || errnoOf(error) === undefined) throw error
      this.#options.report.count(errnoOf(error) === 'ENOENT' ? 'files-vanished' : 'files-unreadable', path)
    } finally {
      await folder?.close()
    }
  }

  #open(path: Buffer): Promise<Dir> {
    const { world, signal } = this.#options
    // Node's types know no bytes here, though its documentation and code do: `encoding: 'buffer'` as for readdir.
    const options = { encoding: 'buffer' as BufferEncoding, bufferSize: BATCH }
    return patiently(world, signal, () =>
      answered(world, path, world.files.opendir(path as unknown as string, options)),
    )
  }
}

async function readNames(folder: Dir): Promise<Buffer[]> {
  const names: Buffer[] = []
  while (names.length < BATCH) {
    const entry = await folder.read()
    if (entry === null) break
    names.push(entry.name as unknown as Buffer)
  }
  return names
}

/** The level itself and the levels above it that were not told yet, the outermost first. */
function* tell(level: Level): Generator<Found, void> {
  if (level.isTold) return
  if (level.above !== undefined) yield* tell(level.above)
  level.isTold = true
  // The root of a whole file system has no name of its own in an archive.
  if (level.found.name.length > 0) yield level.found
}
