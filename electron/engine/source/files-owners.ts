/** Names of users and groups, for the archive: read once, since Node cannot ask the system. */
import { errnoOf } from '../errors.ts'
import type { World } from '../world.ts'

export interface Owners {
  user(uid: number): string
  group(gid: number): string
}

/** A directory service can make these files long; beyond this names are left out and numbers remain. */
const MAX_BYTES = 4 * 1024 * 1024

export async function readOwners(world: World): Promise<Owners> {
  if (world.host.platform === 'win32') return { user: () => '', group: () => '' }
  const users = await readNames(world, '/etc/passwd')
  const groups = await readNames(world, '/etc/group')
  return { user: (uid) => users.get(uid) ?? '', group: (gid) => groups.get(gid) ?? '' }
}

async function readNames(world: World, path: string): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>()
  for (const line of (await readText(world, path)).split('\n')) {
    const match = /^([A-Za-z0-9_.-]{1,31}):[^:]*:(\d{1,10}):/.exec(line)
    if (match !== null && !names.has(Number(match[2]))) names.set(Number(match[2]), match[1] ?? '')
  }
  return names
}

async function readText(world: World, path: string): Promise<string> {
  try {
    const handle = await world.files.open(path, 'r')
    try {
      const buffer = Buffer.alloc(MAX_BYTES)
      const { bytesRead } = await handle.read(buffer, 0, MAX_BYTES, 0)
      return buffer.toString('latin1', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    // A minimal container has no such file; numbers are then all there is to keep.
    if (errnoOf(error) === undefined) throw error
    return ''
  }
}
