/** Folders below one target, opened so that no symbolic link — old, new or swapped in meanwhile — is ever followed. */
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { errnoOf } from '../errors.ts'
import type { Files } from '../world.ts'
import { nameText } from './entry.ts'

const SLASH = Buffer.from('/')
// Windows has neither flag; `|` takes the undefined for 0.
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** Something stands where a folder of our own should be: a link, a file, another's folder swapped in. */
export class NotOurFolder extends Error {
  override readonly name = 'NotOurFolder'
}

/** A folder that was reached without following a link; `path` names things in it. */
export interface Folder {
  path(name: Buffer): Buffer
}

/**
 * On Linux a folder is held open and what lies in it is reached through `/proc/self/fd`, which is as good as openat(2): nobody can swap
 * a part of the path in between, and no path is too long. Elsewhere every part is looked at with lstat before it is used: links
 * that are there are never followed, but a race by somebody who may write to the target is not excluded.
 */
export class Place {
  readonly #files: Files
  readonly #target: string
  readonly #byHandle: boolean
  #held: { readonly parts: readonly Buffer[]; readonly handle: FileHandle }[] = []

  constructor(files: Files, target: string, platform: NodeJS.Platform) {
    this.#files = files
    this.#target = target
    this.#byHandle = platform === 'linux'
  }

  /** The folder `parts` below the target; `create` makes what is missing (mode 700). Throws ENOENT without `create`. */
  async folder(parts: readonly Buffer[], create: boolean): Promise<Folder> {
    return this.#byHandle ? this.#byHandles(parts, create) : this.#byLooking(parts, create)
  }

  async close(): Promise<void> {
    for (const { handle } of this.#held) await handle.close()
    this.#held = []
  }

  /** Keeps the chain of the last folder open as far as the next one shares it: neighbours come one after the other. */
  async #byHandles(parts: readonly Buffer[], create: boolean): Promise<Folder> {
    if (this.#held.length === 0) this.#held.push({ parts: [], handle: await this.#open(Buffer.from(this.#target)) })
    while (!startsWith(parts, this.#last().parts)) await this.#drop()
    for (let depth = this.#last().parts.length; depth < parts.length; depth += 1) {
      const { handle } = this.#last()
      const path = inHandle(handle, parts[depth] ?? Buffer.alloc(0))
      const next = await this.#enter(path, create, parts)
      this.#held.push({ parts: parts.slice(0, depth + 1), handle: next })
      // Deep trees must not use up file handles: of a long chain only both ends stay open.
      if (this.#held.length > 16) await this.#held.splice(1, 1)[0]?.handle.close()
    }
    const { handle } = this.#last()
    return { path: (name) => inHandle(handle, name) }
  }

  #last() {
    const last = this.#held.at(-1)
    if (last === undefined) throw new Error('the target is not open')
    return last
  }

  async #drop(): Promise<void> {
    await this.#held.pop()?.handle.close()
  }

  async #enter(path: Buffer, create: boolean, parts: readonly Buffer[]): Promise<FileHandle> {
    try {
      return await this.#open(path)
    } catch (error) {
      if (isNotFolder(error)) throw new NotOurFolder(shown(parts), { cause: error })
      if (!create || errnoOf(error) !== 'ENOENT') throw error
    }
    await this.#files.mkdir(path, { mode: 0o700 })
    try {
      return await this.#open(path)
    } catch (error) {
      throw isNotFolder(error) ? new NotOurFolder(shown(parts), { cause: error }) : error
    }
  }

  #open(path: Buffer): Promise<FileHandle> {
    return this.#files.open(path, FOLDER)
  }

  async #byLooking(parts: readonly Buffer[], create: boolean): Promise<Folder> {
    let path = Buffer.from(this.#target)
    for (const part of parts) {
      path = Buffer.concat([path, SLASH, part])
      const stat = await this.#files.lstat(path).catch((error: unknown) => {
        if (create && errnoOf(error) === 'ENOENT') return undefined
        throw error
      })
      if (stat === undefined) await this.#files.mkdir(path, { mode: 0o700 })
      else if (!stat.isDirectory()) throw new NotOurFolder(shown(parts))
    }
    const folder = path
    return { path: (name) => Buffer.concat([folder, SLASH, name]) }
  }
}

function inHandle(handle: FileHandle, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${handle.fd}/`), name])
}

function startsWith(parts: readonly Buffer[], start: readonly Buffer[]): boolean {
  return start.length <= parts.length && start.every((part, at) => parts[at]?.equals(part) === true)
}

/** What the kernel says to O_DIRECTORY|O_NOFOLLOW on a link or a file. */
function isNotFolder(error: unknown): boolean {
  const code = errnoOf(error)
  return code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENXIO'
}

function shown(parts: readonly Buffer[]): string {
  return parts.map(nameText).join('/').slice(0, 200)
}

/** The parts of a name, and the last one apart. */
export function splitDest(dest: Buffer): { readonly parents: readonly Buffer[]; readonly name: Buffer } {
  const parts: Buffer[] = []
  let at = 0
  for (let end = dest.indexOf(0x2f); end !== -1; end = dest.indexOf(0x2f, at)) {
    parts.push(dest.subarray(at, end))
    at = end + 1
  }
  return { parents: parts, name: dest.subarray(at) }
}
