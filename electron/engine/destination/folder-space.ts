/** The floor of free space that a backup leaves on the volume the computer itself lives on (faults.md B06, I14). */
import { roomAt } from '../disk-errors.ts'
import { BackupError, errnoOf } from '../errors.ts'
import { humanSize } from '../artifact-names.ts'
import type { FolderPlace } from './folder-place.ts'

/** A full system volume stops the computer, not just the backup. Source of both figures: faults.md B06. */
const FLOOR_SHARE = 0.05
const FLOOR_LEAST_BYTES = 1024 ** 3

/** How many bytes may be written between two looks at the disk: small against the floor, and not a cost. */
const LOOK_EVERY_BYTES = 64 * 1024 ** 2

/** For atomic-file's `beforeWrite`: throws destination-full before the floor is reached. Does nothing on other volumes. */
export async function floorGuard(place: FolderPlace): Promise<(written: number) => Promise<void>> {
  if (!(await isSystemVolume(place))) return () => Promise.resolve()
  let lookAt = 0
  return async (written) => {
    if (written < lookAt) return
    lookAt = written + LOOK_EVERY_BYTES
    const room = await roomAt(place.root, place.world)
    if (room === undefined) return
    const floor = Math.max(room.total * FLOOR_SHARE, FLOOR_LEAST_BYTES)
    if (room.free - LOOK_EVERY_BYTES >= floor) return
    const detail = { path: place.root, free: humanSize(room.free), needed: humanSize(floor) }
    throw new BackupError('destination-full', detail)
  }
}

async function isSystemVolume(place: FolderPlace): Promise<boolean> {
  const { files, host } = place.world
  const system = host.platform === 'win32' ? `${process.env['SystemDrive'] ?? 'C:'}\\` : '/'
  try {
    const [here, there] = await Promise.all([files.stat(place.root), files.stat(system)])
    return here.dev === there.dev
  } catch (error) {
    // Not to be told: then there is no floor, and a full disk still ends the run by itself.
    if (errnoOf(error) !== undefined) return false
    throw error
  }
}
