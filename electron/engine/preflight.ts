/** Checks before a run or a save: a destination must not lie in what is backed up, nor may the work folder, nor the target of a restore. */
import { basename, dirname, join, resolve } from 'node:path'
import type { DestinationConfig } from '../contract/destination.ts'
import type { Job } from '../contract/job.ts'
import type { KeepOut } from './engine-api.ts'
import { BackupError, errnoOf } from './errors.ts'
import { createSource } from './source/registry.ts'
import type { World } from './world.ts'

interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

/**
 * Compares by device and inode on the way up, not by text: links and mounts have many names (faults.md E16).
 * Places that do not exist yet are judged by their nearest existing parent.
 * @throws BackupError destination-inside-source, destination-is-source
 */
export async function checkPlaces(
  job: Job,
  destinations: readonly DestinationConfig[],
  workRoot: string,
  world: World,
): Promise<void> {
  // The state directory too: reading its lock file inside this process would drop the lock (POSIX record locks).
  const own = [workRoot, ...(job.workDir === undefined ? [] : [job.workDir])]
  const places = [...destinations.map((destination) => destination.path), ...own]
  for (const config of job.sources) {
    for (const path of await createSource(config, world).paths()) {
      for (const place of places) await checkPlace(place, path, config.name, world)
    }
  }
}

/**
 * A restore must not mix with what is backed up, lie among backups, or in our own state.
 * @param target need not exist yet
 * @throws BackupError target-inside-source
 */
export async function checkTarget(target: string, keepOut: KeepOut | undefined, world: World): Promise<void> {
  if (keepOut === undefined) return
  const sources = keepOut.jobs.flatMap((job) => job.sources)
  const live = await Promise.all(sources.map((config) => createSource(config, world).paths()))
  for (const other of [...keepOut.folders, ...live.flat()]) {
    if ((await depthBelow(target, other, world)) === undefined) continue
    throw new BackupError('target-inside-source', { path: target, other }, { stage: 'preflight' })
  }
}

async function checkPlace(place: string, sourcePath: string, source: string, world: World): Promise<void> {
  const depth = await depthBelow(place, sourcePath, world)
  if (depth === undefined) return
  const code = depth === 0 ? 'destination-is-source' : 'destination-inside-source'
  throw new BackupError(code, { path: place, source })
}

/** How far `place` lies below `folder`, 0 where it is the same; undefined where it lies elsewhere or `folder` is absent. */
async function depthBelow(place: string, folder: string, world: World): Promise<number | undefined> {
  const wanted = await identityOf(folder, world)
  if (wanted === undefined) return undefined
  let path = await realPlace(resolve(place), world)
  for (let depth = 0; ; depth += 1) {
    const found = await identityOf(path, world)
    if (found !== undefined && found.dev === wanted.dev && found.ino === wanted.ino) return depth
    if (path === dirname(path)) return undefined
    path = dirname(path)
  }
}

/** Without links, as far as it exists: the parents of a link's name are not those of what it leads to. */
async function realPlace(path: string, world: World): Promise<string> {
  try {
    return await world.files.realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realPlace(parent, world), basename(path))
  }
}

async function identityOf(path: string, world: World): Promise<Identity | undefined> {
  try {
    const { dev, ino } = await world.files.stat(path, { bigint: true })
    return { dev, ino }
  } catch (error) {
    // What is not there cannot be the same place; other troubles are told by whoever opens it.
    if (errnoOf(error) !== undefined) return undefined
    throw error
  }
}

/** True where `place` shares a volume with a path: worth a note, since one disk takes both along. */
export async function sharesVolume(place: string, paths: readonly string[], world: World): Promise<boolean> {
  const home = await identityOf(place, world)
  if (home === undefined) return false
  const others = await Promise.all(paths.map((path) => identityOf(path, world)))
  return others.some((other) => other?.dev === home.dev)
}
