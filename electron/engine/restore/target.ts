/** The place a restore goes to: staged beside it, then renamed, so that it is there whole or not at all. */
import { basename, dirname, join } from 'node:path'
import { BackupError, errnoOf, reasonOf } from '../errors.ts'
import { removeWorkDir } from '../work-dir.ts'
import { humanSize } from '../artifact-names.ts'
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
 * @param target absolute path, absent or an empty folder; its parents are made
 * @throws BackupError target-not-empty, target-denied, target-full
 */
export async function stageTarget(target: string, bytesNeeded: number, world: World): Promise<Staging> {
  await checkEmpty(target, world)
  const parent = dirname(target)
  try {
    await world.files.mkdir(parent, { recursive: true })
    await checkSpace(target, parent, bytesNeeded, world)
    const path = join(parent, `.${basename(target)}.sitekeep-${world.random(6)}`)
    await world.files.mkdir(path, { mode: 0o700 })
    return {
      path,
      commit: () => commit(path, target, world),
      discard: () => removeWorkDir(world, path),
    }
  } catch (error) {
    throw targetError(error, target, world)
  }
}

async function checkEmpty(target: string, world: World): Promise<void> {
  try {
    const entries = await world.files.readdir(target)
    if (entries.length > 0) throw new BackupError('target-not-empty', { path: target }, { stage: 'preflight' })
  } catch (error) {
    if (error instanceof BackupError) throw error
    if (errnoOf(error) === 'ENOENT') return
    if (errnoOf(error) === 'ENOTDIR') throw new BackupError('target-not-empty', { path: target }, { cause: error })
    throw targetError(error, target, world)
  }
}

/** Bytes free on the volume of the nearest existing parent of `path`. */
export async function freeBytes(path: string, world: World): Promise<number> {
  for (let place = path; ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await world.files.statfs(place)
      return bavail * bsize
    } catch (error) {
      if (place === dirname(place)) throw error
    }
  }
}

async function checkSpace(target: string, parent: string, needed: number, world: World): Promise<void> {
  const free = await freeBytes(parent, world)
  if (free >= needed) return
  throw new BackupError(
    'target-full',
    { path: target, free: humanSize(free), needed: humanSize(needed) },
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
    await files.rename(staged, target)
    await syncDir(dirname(target), world)
  } catch (error) {
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') {
      throw new BackupError('target-not-empty', { path: target }, { cause: error, stage: 'restore-swap' })
    }
    throw targetError(error, target, world)
  }
}

async function syncDir(path: string, world: World): Promise<void> {
  // Windows cannot open a folder for syncing; NTFS journals the rename itself.
  if (world.host.platform === 'win32') return
  const handle = await world.files.open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function targetError(error: unknown, target: string, world: World): BackupError {
  if (error instanceof BackupError) return error
  const code = errnoOf(error)
  const { user } = world.host
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BackupError('target-full', { path: target, free: '0 B', needed: '?' }, { cause: error })
  }
  if (code !== undefined && ['EACCES', 'EPERM', 'EROFS', 'EBUSY'].includes(code)) {
    return new BackupError('target-denied', { path: target, user }, { cause: error })
  }
  return new BackupError('internal', { reason: `${target}: ${reasonOf(error)}` }, { cause: error })
}
