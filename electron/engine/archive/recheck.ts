/** Reads an extracted tree back from disk and compares it with the index, entry by entry. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { errnoOf, throwIfAborted } from '../errors.ts'
import type { World } from '../world.ts'
import type { Attributes } from './attributes.ts'
import { nameText } from './entry.ts'
import { MAX_DIFFERENCES } from './inspect.ts'
import type { Ledger, LedgerLine } from './ledger.ts'
import { NotOurFolder, splitDest, type Folder, type Place } from './place.ts'

/** `count` of `expected` files were found as they were backed up; `problems` names up to 20 entries that were not. */
export interface TreeComparison {
  readonly count: number
  readonly expected: number
  readonly problems: readonly string[]
  /** Where things lie now, below the target: the top folders, or up to 20 entries where only some were asked for. */
  readonly places: readonly Buffer[]
}

export interface TreeCheck {
  readonly world: World
  readonly signal: AbortSignal
  readonly only: string | undefined
  progress(bytes: number): void
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const CHUNK = 1024 * 1024

/** Compares every wanted line of the ledger with what lies at its destination. */
export async function compareTree(
  ledger: Ledger,
  place: Place,
  attributes: Attributes,
  check: TreeCheck,
): Promise<TreeComparison> {
  const comparer = new Comparer(ledger, place, attributes, check)
  let count = 0
  let expected = 0
  const problems: string[] = []
  const places = new Map<string, Buffer>()
  for (const line of ledger.lines({ wanted: true })) {
    throwIfAborted(check.signal)
    notePlace(places, line, check.only !== undefined)
    const isFile = line.type === 'file' || line.type === 'hardlink'
    const problem = await comparer.problemOf(line)
    if (isFile) expected += 1
    if (isFile && problem === undefined) count += 1
    if (problem !== undefined && problems.length < MAX_DIFFERENCES) problems.push(`${nameText(line.path)}: ${problem}`)
  }
  return { count, expected, problems, places: [...places.values()] }
}

function notePlace(places: Map<string, Buffer>, { dest }: LedgerLine, isPartial: boolean): void {
  if (dest === undefined || places.size >= MAX_DIFFERENCES) return
  const end = dest.indexOf(0x2f)
  const place = isPartial || end === -1 ? dest : dest.subarray(0, end)
  places.set(place.toString('latin1'), place)
}

class Comparer {
  readonly #ledger: Ledger
  readonly #place: Place
  readonly #attributes: Attributes
  readonly #check: TreeCheck

  constructor(ledger: Ledger, place: Place, attributes: Attributes, check: TreeCheck) {
    this.#ledger = ledger
    this.#place = place
    this.#attributes = attributes
    this.#check = check
  }

  async problemOf(line: LedgerLine): Promise<string | undefined> {
    try {
      const { parents, name } = splitDest(line.dest ?? Buffer.alloc(0))
      const folder = await this.#place.folder(parents, false)
      return await this.#compare(line, folder, name)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 'is not there'
      if (error instanceof NotOurFolder) return 'was replaced during the restore'
      throw error
    }
  }

  async #compare(line: LedgerLine, folder: Folder, name: Buffer): Promise<string | undefined> {
    const path = folder.path(name)
    const stat = await this.#check.world.files.lstat(path, { bigint: true })
    switch (line.type) {
      case 'directory':
        return stat.isDirectory() ? this.#attributes.difference(stat, line) : 'is no folder'
      case 'symlink':
        if (!stat.isSymbolicLink()) return 'is no symbolic link'
        return (await this.#linksTo(path, line)) ? this.#attributes.difference(stat, line) : 'points elsewhere'
      case 'hardlink':
        return (await this.#isSameFile(stat, line)) ? undefined : 'is not linked to the same file'
      case 'file':
        if (!stat.isFile() || stat.size !== BigInt(line.size)) return 'has another size'
        if ((await this.#hash(path)) !== line.sha256) return 'has another content'
        return this.#attributes.difference(stat, line)
    }
  }

  async #linksTo(path: Buffer, line: LedgerLine): Promise<boolean> {
    const target = await this.#check.world.files.readlink(path, { encoding: 'buffer' })
    return line.target !== undefined && target.equals(line.target)
  }

  async #isSameFile(stat: { readonly dev: bigint; readonly ino: bigint }, line: LedgerLine): Promise<boolean> {
    const file = line.target === undefined ? undefined : this.#ledger.find(line.target)
    if (file?.dest === undefined) return false
    const { parents, name } = splitDest(file.dest)
    const folder = await this.#place.folder(parents, false)
    const other = await this.#check.world.files.lstat(folder.path(name), { bigint: true })
    return other.isFile() && other.dev === stat.dev && other.ino === stat.ino
  }

  async #hash(path: Buffer): Promise<string> {
    const handle = await this.#check.world.files.open(path, READ)
    try {
      const hash = createHash('sha256')
      const buffer = Buffer.allocUnsafe(CHUNK)
      for (let at = 0; ;) {
        throwIfAborted(this.#check.signal)
        const { bytesRead } = await handle.read(buffer, 0, CHUNK, at)
        if (bytesRead === 0) return hash.digest('hex')
        hash.update(buffer.subarray(0, bytesRead))
        at += bytesRead
        this.#check.progress(bytesRead)
      }
    } finally {
      await handle.close()
    }
  }
}
