/** Removing from a folder destination: one object, one set, and what ended runs left behind. */
import type { Dirent } from 'node:fs'
import { dirname, join } from 'node:path'
import { PARTIAL_PREFIX, syncFolder } from '../atomic-file.ts'
import { backupTypes } from '../../contract/job.ts'
import { errnoOf, throwIfAborted } from '../errors.ts'
import type { World } from '../world.ts'
import type { FolderPlace } from './folder-place.ts'
import { isSlug, MANIFEST_NAME, OWN_FOLDER, parseSetPrefix } from './keys.ts'

/** Durable when it returns; an absent one is no error. */
export async function removeObject(place: FolderPlace, path: string, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal)
  await place.check()
  if (await removeFile(place, path)) await place.attempt(path, () => syncFolder(place.world, dirname(path)))
}

/**
 * The manifest goes first, durably, then the payload: at every moment the folder is a whole set or, without a manifest, none.
 * In between it takes a hidden name, so that what a killed removal leaves is swept and never shown. Folders inside are not
 * ours and stay, and the set's folder with them.
 */
export async function removeFolderSet(place: FolderPlace, prefix: string, signal: AbortSignal): Promise<void> {
  const { slug, type, name } = parseSetPrefix(prefix)
  throwIfAborted(signal)
  await place.check()
  const parent = place.path([slug, type])
  const folder = join(parent, name)
  const entries = await entriesOf(place, folder)
  if (entries === undefined) return
  if (await removeFile(place, join(folder, MANIFEST_NAME)))
    await place.attempt(folder, () => syncFolder(place.world, folder))
  const hasForeign = entries.some((entry) => entry.isDirectory())
  const hidden = hasForeign ? folder : await hide(place, folder, name)
  for (const entry of entries) {
    throwIfAborted(signal)
    if (!entry.isDirectory() && entry.name !== MANIFEST_NAME) await removeFile(place, join(hidden, entry.name))
  }
  await place.attempt(hidden, async () => {
    if (!hasForeign) await place.world.files.rmdir(hidden)
    await syncFolder(place.world, parent)
  })
}

/** The folder's new name, or its old one where the system refuses because a file in it is open (Windows). */
async function hide(place: FolderPlace, folder: string, name: string): Promise<string> {
  const hidden = join(dirname(folder), `${PARTIAL_PREFIX}${name}-${place.world.random(4)}`)
  try {
    await place.world.files.rename(folder, hidden)
    return hidden
  } catch (error) {
    if (['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(error) ?? '')) return folder
    throw await place.errorOf(error, folder)
  }
}

/** True where there was something to remove. */
async function removeFile(place: FolderPlace, path: string): Promise<boolean> {
  try {
    await place.world.files.unlink(path)
    return true
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw await place.errorOf(error, path)
    await place.check()
    return false
  }
}

/** Undefined where there is no such folder. */
async function entriesOf(place: FolderPlace, folder: string): Promise<Dirent[] | undefined> {
  try {
    return await place.world.files.readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw await place.errorOf(error, folder)
    await place.check()
    return undefined
  }
}

/**
 * Removes `.partial-…` below the folders of the format where nothing in them, nor the time in their name, is younger than
 * `graceMs`. The caller sees to it that no other Sitekeep is at work here. Returns how many.
 */
export async function sweepPartials(place: FolderPlace, graceMs: number, signal: AbortSignal): Promise<number> {
  await place.check()
  const before = place.world.clock.now().getTime() - graceMs
  let removed = 0
  for (const folder of await foldersOfFormat(place)) {
    for (const entry of (await entriesOf(place, folder)) ?? []) {
      throwIfAborted(signal)
      if (!entry.name.startsWith(PARTIAL_PREFIX)) continue
      const path = join(folder, entry.name)
      const newest = Math.max(timeInName(entry.name), await newestIn(place, path))
      if (newest < before && (await removeTreeQuietly(place.world, path))) removed += 1
    }
  }
  return removed
}

/** `.sitekeep` with its journal, and each `<slug>/<type>`: only there do we ever leave anything half-made. */
async function foldersOfFormat(place: FolderPlace): Promise<string[]> {
  const own = place.path([OWN_FOLDER])
  const journal = join(own, 'journal')
  const years = ((await entriesOf(place, journal)) ?? []).filter((entry) => entry.isDirectory())
  const jobs = ((await entriesOf(place, place.root)) ?? []).filter((entry) => entry.isDirectory() && isSlug(entry.name))
  const types = jobs.flatMap((job) => backupTypes.map((type) => place.path([job.name, type])))
  return [own, journal, ...years.map((year) => join(journal, year.name)), ...(await existing(place, types))]
}

/** A foreign folder may have a slug's name and anything, or nothing, in it. */
async function existing(place: FolderPlace, paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const path of paths) {
    const isFolder = await place.world.files.lstat(path).then(
      (stat) => stat.isDirectory(),
      // Whatever it is, there is nothing in it that we could sweep.
      () => false,
    )
    if (isFolder) found.push(path)
  }
  return found
}

/** Milliseconds of the local time in a staged set's name; 0 where there is none. */
function timeInName(name: string): number {
  const found = /_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/.exec(name)
  if (found === null) return 0
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number)
  return new Date(year, month - 1, day, hour, minute, second).getTime()
}

/** Newest change of `path` or of anything in it; a moment that cannot be read counts as now, so that doubt keeps it. */
async function newestIn(place: FolderPlace, path: string): Promise<number> {
  const { files } = place.world
  try {
    const stat = await files.lstat(path)
    const names = stat.isDirectory() ? await files.readdir(path) : []
    const inside = await Promise.all(names.map(async (name) => (await files.lstat(join(path, name))).mtimeMs))
    return Math.max(stat.mtimeMs, ...inside)
  } catch {
    // Unreadable or changing under our eyes: somebody may be at work in it.
    return Infinity
  }
}

/** Removes a file, or a folder of files. Never throws: true where it is gone. What stays is hidden, and swept another day. */
export async function removeTreeQuietly(world: World, path: string): Promise<boolean> {
  try {
    if (!(await world.files.lstat(path)).isDirectory()) {
      await world.files.unlink(path)
      return true
    }
    for (const name of await world.files.readdir(path)) await world.files.unlink(join(path, name))
    await world.files.rmdir(path)
    return true
  } catch {
    // Best effort by contract: it bears no final name, and the caller has a truer error to tell.
    return false
  }
}
