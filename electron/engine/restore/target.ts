/** The place a restore goes to: staged beside it, then renamed, so that it is there whole or not at all. */
import { basename, dirname, join } from 'node:path'
import { phrase } from '../../contract/phrases.ts'
import { humanSize } from '../artifact-names.ts'
import { renameRetrying, syncFolder } from '../atomic-file.ts'
import { diskError, freeBytesAt } from '../disk-errors.ts'
import { BackupError, errnoOf } from '../errors.ts'
import { removeWorkDir } from '../work-dir.ts'
import type { World } from '../world.ts'

export interface Staging {
  /** Existing empty folder on the target's volume. */
  readonly path: string
  /** Gives the staged folder the target's name, durably. */
  commit(): Promise<void>
  /** Removes what was staged. Never throws. */
  discard(): Promise<void>
}

/**
 * @param target absolute path, absent or an empty folder, or a link to one; its parents are made
 * @throws BackupError target-not-empty, target-denied, target-full, target-unusable
 */
export async function stageTarget(target: string, bytesNeeded: number, world: World): Promise<Staging> {
  const attempt = attemptAt(target, bytesNeeded, world)
  const place = await attempt(() => emptyPlace(target, world))
  const parent = dirname(place)
  return attempt(async () => {
    await world.files.mkdir(parent, { recursive: true })
    await checkSpace(place, bytesNeeded, world)
    const path = join(parent, `.${basename(place)}.sitekeep-${world.random(6)}`)
    await world.files.mkdir(path, { mode: 0o700 })
    return {
      path,
      commit: () => attempt(() => commit(path, place, world)),
      discard: () => removeWorkDir(world, path),
    }
  })
}

function attemptAt(path: string, needed: number, world: World): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    try {
      return await work()
    } catch (error) {
      throw await diskError(error, { role: 'target', path, needed }, world)
    }
  }
}

/** Where `target` really lies: a link to an empty folder is followed now, because a folder cannot be renamed onto a link. */
async function emptyPlace(target: string, world: World): Promise<string> {
  try {
    const entries = await world.files.readdir(target)
    if (entries.length === 0) return await world.files.realpath(target)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return await absentPlace(target, world)
    if (errnoOf(error) !== 'ENOTDIR') throw error
  }
  throw new BackupError('target-not-empty', { path: target }, { stage: 'preflight' })
}

async function absentPlace(target: string, world: World): Promise<string> {
  try {
    await world.files.lstat(target)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return target
    throw error
  }
  throw new BackupError('target-unusable', { path: target, reason: phrase('dangling-link') }, { stage: 'preflight' })
}

async function checkSpace(path: string, needed: number, world: World): Promise<void> {
  const free = await freeBytesAt(path, world)
  if (free === undefined || free >= needed) return
  throw new BackupError(
    'target-full',
    { path, free: humanSize(free), needed: humanSize(needed) },
    { stage: 'preflight' },
  )
}

async function commit(staged: string, target: string, world: World): Promise<void> {
  const { files } = world
  try {
    // Windows does not rename onto a folder, not even an empty one; and a folder that has been filled meanwhile stops us here.
    await files.rmdir(target).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error
    })
    await renameRetrying(world, staged, target)
    await syncFolder(world, dirname(target))
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error) ?? '')) {
      throw new BackupError('target-not-empty', { path: target }, { cause: error, stage: 'restore-swap' })
    }
    throw error
  }
}
