/** Tells this process and the start of this system from all others, so that a reused process number is not taken for it. */
import { errnoOf } from '../errors.ts'
import type { World } from '../world.ts'
import type { ProcessIdentity } from './lease.ts'

/** Linux alone gives all of it; elsewhere the fields are null, and a lease ends by time alone. */
export async function ownIdentity(world: World): Promise<ProcessIdentity> {
  const isLinux = world.host.platform === 'linux'
  const boot = isLinux ? await readText(world, '/proc/sys/kernel/random/boot_id') : undefined
  const space = isLinux ? await readLink(world, '/proc/self/ns/pid') : undefined
  const start = isLinux ? await startOf(world, process.pid) : undefined
  return {
    hostname: world.host.hostname,
    boot: boot?.trim() ?? null,
    pid_space: space ?? null,
    pid: process.pid,
    process_start: start ?? null,
  }
}

/** Clock ticks since the system's start at which the process started; undefined where no such process runs. */
export async function startOf(world: World, pid: number): Promise<string | undefined> {
  const stat = await readText(world, `/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // proc(5): the name, second field, is in parentheses and may itself hold any of them; state is field 3, start time 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

async function readLink(world: World, path: string): Promise<string | undefined> {
  try {
    return await world.files.readlink(path)
  } catch (error) {
    if (isNoSuch(error)) return undefined
    throw error
  }
}

async function readText(world: World, path: string): Promise<string | undefined> {
  try {
    const handle = await world.files.open(path, 'r')
    try {
      return await handle.readFile('utf8')
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isNoSuch(error)) return undefined
    throw error
  }
}

/** No such process, or no such system file here (a container may hide it). Anything else would be a fault of ours. */
function isNoSuch(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')
}

/** File systems that one running system mounts at a time; magic numbers from linux/magic.h and statfs(2). */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0x4d44, // fat
  0x2011bab0, // exfat
  0x7366746e, // ntfs3
  0x01021994, // tmpfs
  0x794c7630, // overlay
])

export async function isLocalDisk(world: World, path: string): Promise<boolean> {
  return world.host.platform === 'linux' && LOCAL_FILE_SYSTEMS.has((await world.files.statfs(path)).type)
}
