/** Plain-text logs for people beside the sets: appended line by line, rotated by size. Nothing depends on them. */
import { constants } from 'node:fs'
import { errnoOf, throwIfAborted } from '../errors.ts'
import type { World } from '../world.ts'
import type { FolderPlace } from './folder-place.ts'
import { parseKey } from './keys.ts'

/** Destination contract: 10 MB × 5, the live file among them. */
const MAX_BYTES = 10 * 1024 * 1024
const MAX_FILES = 5

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT
const PRIVATE_FILE = 0o600

export async function appendFolderLog(
  place: FolderPlace,
  key: string,
  line: string,
  signal: AbortSignal,
): Promise<void> {
  throwIfAborted(signal)
  const segments = parseKey(key)
  await place.makeFolders(segments.slice(0, -1))
  const path = place.path(segments)
  // One entry, one line: text from outside must not be able to forge another entry.
  const text = Buffer.from(`${line.replace(/[\r\n]+/g, ' ')}\n`, 'utf8')
  await place.attempt(path, async () => {
    if ((await sizeOf(place.world, path)) + text.length > MAX_BYTES) await rotate(place.world, path)
    const handle = await place.world.files.open(path, APPEND | noFollow(constants.O_NOFOLLOW), PRIVATE_FILE)
    try {
      await handle.appendFile(text)
    } finally {
      await handle.close()
    }
  })
}

/** Windows does not define the flag; the types say otherwise. */
function noFollow(flag: number | undefined): number {
  return flag ?? 0
}

async function sizeOf(world: World, path: string): Promise<number> {
  try {
    return (await world.files.lstat(path)).size
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** `x.log` → `x.log.1` → … → `x.log.4`, the oldest overwritten. */
async function rotate(world: World, path: string): Promise<void> {
  for (let n = MAX_FILES - 1; n >= 1; n -= 1) {
    try {
      await world.files.rename(n === 1 ? path : `${path}.${n - 1}`, `${path}.${n}`)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
    }
  }
}
