/** Owner, mode and times of restored entries: what may be set is set, what the file system cannot hold is left as it is. */
import type { BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { errnoOf } from '../errors.ts'
import type { World } from '../world.ts'
import type { LedgerLine } from './ledger.ts'

/** Node passes times to the kernel as doubles: good to a microsecond until the year 2200 … */
const TIME_TOLERANCE_NS = 1000n
/** … and before 1970 only as a Date, in milliseconds: it takes negative numbers for "now". */
const OLD_TOLERANCE_NS = 1_000_000n

export class Attributes {
  readonly #world: World
  readonly #isRoot = process.getuid?.() === 0
  readonly #hasModes: boolean
  /** False from the first refusal on: the file system (FAT, some shares) keeps no owners, modes or times. */
  #isKept = true

  constructor(world: World) {
    this.#world = world
    this.#hasModes = world.host.platform !== 'win32'
  }

  async setFile(handle: FileHandle, line: LedgerLine): Promise<void> {
    const time = timeFor(line.mtimeNs)
    await this.#try(async () => {
      if (this.#isRoot) await handle.chown(line.uid, line.gid)
      if (this.#hasModes) await handle.chmod(this.mode(line))
    })
    await this.#try(() => handle.utimes(time, time))
  }

  /** `path` must not be reachable through a link: see Place. */
  async setFolder(path: Buffer, line: LedgerLine): Promise<void> {
    const { files } = this.#world
    const time = timeFor(line.mtimeNs)
    await this.#try(async () => {
      if (this.#isRoot) await files.lchown(path, line.uid, line.gid)
    })
    await this.#try(() => files.lutimes(path, time, time))
    await this.#try(async () => {
      if (this.#hasModes) await files.chmod(path, this.mode(line))
    })
  }

  async setLink(path: Buffer, line: LedgerLine): Promise<void> {
    const { files } = this.#world
    const time = timeFor(line.mtimeNs)
    await this.#try(async () => {
      if (this.#isRoot) await files.lchown(path, line.uid, line.gid)
    })
    await this.#try(() => files.lutimes(path, time, time))
  }

  /** Without setuid and setgid: a program that runs with another's rights must not come out of an archive (faults.md X04). */
  mode(line: LedgerLine): number {
    return line.mode & (line.type === 'directory' ? 0o1777 : 0o777)
  }

  /** What of `line` is not as recorded, or undefined. */
  difference(stat: BigIntStats, line: LedgerLine): string | undefined {
    if (!this.#isKept) return undefined
    const drift = stat.mtimeNs - line.mtimeNs
    const tolerance = line.mtimeNs < 0n ? OLD_TOLERANCE_NS : TIME_TOLERANCE_NS
    if (drift > tolerance || drift < -tolerance) return 'has another time than recorded'
    if (line.type === 'symlink' || !this.#hasModes) return undefined
    return (Number(stat.mode) & 0o7777) === this.mode(line) ? undefined : 'has another mode than recorded'
  }

  async #try(set: () => Promise<void>): Promise<void> {
    try {
      await set()
    } catch (error) {
      // The data is there; that this file system keeps no such attribute must not fail a restore.
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'].includes(errnoOf(error) ?? '')) throw error
      this.#isKept = false
    }
  }
}

function timeFor(ns: bigint): number | Date {
  return ns < 0n ? new Date(Number(ns / 1_000_000n)) : Number(ns) / 1e9
}
