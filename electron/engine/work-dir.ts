/** Folders for snapshots and scratch restores: private, and gone afterwards. */
import { join } from 'node:path'
import type { Job } from '../contract/job.ts'
import { diskError } from './disk-errors.ts'
import type { World } from './world.ts'

/** Makes `path` anew, mode 0700, its parents too. @throws BackupError work-full, work-unusable */
export async function makeWorkDir(world: World, path: string): Promise<string> {
  try {
    await world.files.mkdir(path, { recursive: true, mode: 0o700 })
    return path
  } catch (error) {
    throw await diskError(error, { role: 'work', path }, world)
  }
}

/** Removes a folder and all in it, following no links. What cannot be removed is left for the next start. */
export async function removeWorkDir(world: World, path: string): Promise<void> {
  const { files } = world
  let entries
  try {
    entries = await files.readdir(path, { withFileTypes: true, encoding: 'buffer' })
  } catch {
    // Gone already, or not readable: the next start empties the work folder again.
    return
  }
  for (const entry of entries) {
    const child = Buffer.concat([Buffer.from(`${path}/`), entry.name])
    if (entry.isDirectory()) await removeBytes(world, child)
    else await files.unlink(child).catch(() => undefined)
  }
  await files.rmdir(path).catch(() => undefined)
}

/** As above, for names that are bytes and not text. */
async function removeBytes(world: World, path: Buffer): Promise<void> {
  const { files } = world
  // A restored folder may forbid what its owner must do to remove it.
  await files.chmod(path, 0o700).catch(() => undefined)
  const entries = await files.readdir(path, { withFileTypes: true, encoding: 'buffer' }).catch(() => [])
  for (const entry of entries) {
    const child = Buffer.concat([path, Buffer.from('/'), entry.name])
    if (entry.isDirectory()) await removeBytes(world, child)
    else await files.unlink(child).catch(() => undefined)
  }
  await files.rmdir(path).catch(() => undefined)
}

/**
 * Where a job's snapshots lie: below the state directory, or in the folder that the job names, there in a folder of this
 * installation's own, so that it can be emptied without touching what else lies beside it.
 */
export function workRootOf(
  job: Pick<Job, 'workDir'>,
  deps: { readonly workRoot: string; readonly installId: string },
): string {
  return job.workDir === undefined ? deps.workRoot : join(job.workDir, `sitekeep-${deps.installId}`)
}

/** Empties the work folder: what lies in it belongs to runs of an ended process. */
export async function emptyWorkRoot(world: World, root: string): Promise<void> {
  let entries
  try {
    entries = await world.files.readdir(root, { withFileTypes: true })
  } catch {
    // The disk that a job names for its snapshots may be away; it is emptied at a start that finds it.
    return
  }
  for (const entry of entries) {
    const path = join(root, entry.name)
    if (entry.isDirectory()) await removeWorkDir(world, path)
    // As in `removeWorkDir`: what cannot be removed is left for the next start.
    else await world.files.unlink(path).catch(() => undefined)
  }
}
