/** The state directory: what lies in it, and that only its owner may look inside (DESIGN §8). */
import { phrase } from '../../contract/phrases.ts'
import { AGENT_SOCKET } from '../../contract/state-files.ts'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BackupError, reasonOf } from '../../engine/errors.ts'
import type { World } from '../../engine/world.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface HomePaths {
  readonly home: string
  readonly settings: string
  readonly secrets: string
  readonly catalog: string
  readonly audit: string
  /** Snapshots and scratch restores. */
  readonly work: string
  readonly logs: string
  readonly runLogs: string
  /** A Unix socket, or a named pipe on Windows. */
  readonly socket: string
  /** Folder that was made for the socket alone, where the ordinary path would be too long. */
  readonly runtime: string | undefined
}

export interface HomeSurroundings {
  readonly environment: Environment
  readonly platform: NodeJS.Platform
  readonly temporary: string
  readonly uid: number | undefined
}

export function realSurroundings(): HomeSurroundings {
  return {
    environment: process.env,
    platform: process.platform,
    temporary: tmpdir(),
    uid: process.getuid?.(),
  }
}

/** Bytes of a socket's path: `sun_path` holds 108 on Linux and 104 on macOS, its closing zero included (unix(7)). */
const MAX_SOCKET_BYTES = 100

export function homePaths(home: string, around: HomeSurroundings = realSurroundings()): HomePaths {
  const runtime = runtimeFolder(home, around)
  return {
    home,
    settings: join(home, 'sitekeep.json'),
    secrets: join(home, 'secrets'),
    catalog: join(home, 'catalog.db'),
    audit: join(home, 'audit.log'),
    work: join(home, 'work'),
    logs: join(home, 'logs'),
    runLogs: join(home, 'logs', 'runs'),
    socket:
      around.platform === 'win32' ? `\\\\.\\pipe\\sitekeep-${shortHash(home)}` : join(runtime ?? home, AGENT_SOCKET),
    runtime,
  }
}

/** One per state directory and user, so that two users or two agents never meet in it. */
function runtimeFolder(home: string, around: HomeSurroundings): string | undefined {
  if (around.platform === 'win32' || Buffer.byteLength(join(home, AGENT_SOCKET)) <= MAX_SOCKET_BYTES) return undefined
  const base = around.environment['XDG_RUNTIME_DIR'] ?? around.temporary
  const name = `sitekeep-${around.uid ?? 'user'}-${shortHash(home)}`
  const fits = Buffer.byteLength(join(base, name, AGENT_SOCKET)) <= MAX_SOCKET_BYTES
  return join(fits ? base : '/tmp', name)
}

function shortHash(home: string): string {
  return createHash('sha256').update(home).digest('hex').slice(0, 12)
}

/** Makes what is missing, mode 0700, and refuses a folder that another account owns. @throws BackupError `state-unusable` */
export async function createHome(paths: HomePaths, world: World, uid = process.getuid?.()): Promise<void> {
  const own = [paths.home, paths.secrets, paths.work, paths.logs, paths.runLogs]
  for (const folder of paths.runtime === undefined ? own : [...own, paths.runtime]) {
    try {
      await world.files.mkdir(folder, { recursive: true, mode: 0o700 })
      await secure(folder, world, uid)
    } catch (error) {
      if (error instanceof BackupError) throw error
      throw new BackupError('state-unusable', { path: folder, reason: reasonOf(error) }, { cause: error })
    }
  }
}

/** A folder that somebody else made first (in /tmp, say) is his to read, whatever its mode says now. */
async function secure(folder: string, world: World, uid: number | undefined): Promise<void> {
  const found = await world.files.stat(folder)
  if (!found.isDirectory()) throw new BackupError('state-unusable', { path: folder, reason: phrase('not-a-folder') })
  if (uid === undefined) return
  if (found.uid !== uid) {
    throw new BackupError('state-unusable', { path: folder, reason: phrase('other-account') })
  }
  if ((found.mode & 0o077) !== 0) await world.files.chmod(folder, 0o700)
}
