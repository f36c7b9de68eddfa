/** Checks before a run or a save: a destination must not lie in what is backed up, nor may the work folder. */
import { dirname, resolve } from 'node:path'
import type { DestinationConfig } from '../contract/destination.ts'
import type { Job } from '../contract/job.ts'
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

async function checkPlace(place: string, sourcePath: string, source: string, world: World): Promise<void> {
  const forbidden = await identityOf(sourcePath, world)
  if (forbidden === undefined) return
  let depth = 0
  for (let path = resolve(place); ; path = dirname(path), depth += 1) {
    const found = await identityOf(path, world)
    if (found !== undefined && found.dev === forbidden.dev && found.ino === forbidden.ino) {
      throw new BackupError(depth === 0 ? 'destination-is-source' : 'destination-inside-source', {
        path: place,
        source,
      })
    }
    if (path === dirname(path)) return
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
