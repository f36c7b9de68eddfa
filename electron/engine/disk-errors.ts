/** Turns what an operating system says about a disk into the product's error codes, by the part the disk plays in a run. */
import { phrase } from '../contract/phrases.ts'
import type { Detail, ErrorCode } from '../contract/error.ts'
import { humanSize } from './artifact-names.ts'
import { BackupError, errnoOf, reasonOf, toBackupError } from './errors.ts'
import type { World } from './world.ts'

/** What the disk is to the run: where sets go, where they are read from, where temporary files lie, what is backed up, where a restore goes. */
export type DiskRole = 'destination' | 'reading' | 'work' | 'source' | 'target'

/**
 * By now the part that failed has been removed, with its temporary name and its link, so that the file system has these inodes
 * again. A disk that is full of bytes has thousands left.
 */
const GIVEN_BACK_INODES = 2

export interface DiskPlace {
  readonly role: DiskRole
  /** Named in the message, and where free space is asked for. */
  readonly path: string
  /** Bytes that the operation needs in all, where that is known … */
  readonly needed?: number | undefined
  /** … or else the bytes it had written when it failed: it needs more than these. */
  readonly written?: number | undefined
}

type Trouble = 'full' | 'no-inodes' | 'read-only' | 'denied' | 'too-large' | 'missing' | 'unreachable' | 'io'

const troubleOf: ReadonlyMap<string, Trouble> = new Map([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EROFS', 'read-only'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  // Another program holds the file or the mount: Windows says EBUSY or EPERM for the same thing (faults.md B15).
  ['EBUSY', 'denied'],
  ['EFBIG', 'too-large'],
  ['ENOENT', 'missing'],
  // A network share or a disk that went away under an open path (faults.md N24).
  ...['ESTALE', 'ENXIO', 'ENODEV', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTDOWN', 'EHOSTUNREACH'].map(unreachable),
  ...['ENETDOWN', 'ENETUNREACH', 'ECONNRESET', 'ECONNABORTED', 'ECONNREFUSED', 'EPIPE'].map(unreachable),
])

function unreachable(errno: string): [string, Trouble] {
  return [errno, 'unreachable']
}

const codes: Readonly<Record<DiskRole, Readonly<Record<Trouble, ErrorCode>>>> = {
  destination: {
    'full': 'destination-full',
    'no-inodes': 'destination-no-inodes',
    'read-only': 'destination-read-only',
    'denied': 'destination-denied',
    'too-large': 'destination-file-too-large',
    'missing': 'destination-missing',
    'unreachable': 'destination-unreachable',
    'io': 'destination-io',
  },
  reading: {
    ...all('destination-read-error'),
    denied: 'destination-not-readable',
    missing: 'destination-missing',
    unreachable: 'destination-unreachable',
  },
  work: { ...all('work-unusable'), full: 'work-full' },
  source: { ...all('source-read-error'), denied: 'source-denied', missing: 'source-missing' },
  target: { ...all('target-unusable'), 'full': 'target-full', 'denied': 'target-denied', 'read-only': 'target-denied' },
}

function all(code: ErrorCode): Record<Trouble, ErrorCode> {
  return {
    'full': code,
    'no-inodes': code,
    'read-only': code,
    'denied': code,
    'too-large': code,
    'missing': code,
    'unreachable': code,
    'io': code,
  }
}

/**
 * The BackupError for `error` at `place`; one that is a BackupError or an abort already is passed on. An error without an
 * errno name is a fault of the program, not of the disk: `internal`.
 */
export async function diskError(
  error: unknown,
  place: DiskPlace,
  world: Pick<World, 'files' | 'host'>,
): Promise<BackupError> {
  const errno = errnoOf(error)
  if (error instanceof BackupError || errno === undefined || !/^E[A-Z0-9]+$/.test(errno)) return toBackupError(error)
  // Staging lies on the volume it is published on: crossing one is a mistake of ours (faults.md B16).
  if (errno === 'EXDEV') return new BackupError('internal', { reason: reasonOf(error) }, { cause: error })
  const room = errno === 'ENOSPC' ? await roomAt(place.path, world) : undefined
  const trouble = (room?.freeInodes ?? Infinity) <= GIVEN_BACK_INODES ? 'no-inodes' : (troubleOf.get(errno) ?? 'io')
  const detail = {
    path: place.path,
    reason: trouble === 'no-inodes' ? phrase('no-inodes') : reasonOf(error),
    user: world.host.user,
    ...(trouble === 'full' ? amounts(place, room) : {}),
  }
  return new BackupError(codes[place.role][trouble], detail, { cause: error })
}

/** A quota leaves free space on the disk that this account may not use: then nothing is free for it. */
function amounts(place: DiskPlace, room: Room | undefined): Detail {
  const { needed, written = 0 } = place
  const more = written > 0 ? `> ${humanSize(written)}` : phrase('more')
  return { free: humanSize(room?.free ?? 0), needed: needed === undefined ? more : humanSize(needed) }
}

/** Bytes free for this account at `path`; undefined where the system cannot say, which then must stop nobody. */
export async function freeBytesAt(path: string, world: Pick<World, 'files'>): Promise<number | undefined> {
  return (await roomAt(path, world))?.free
}

export interface Room {
  readonly free: number
  readonly total: number
  /** Undefined where the file system makes them as it needs them. */
  readonly freeInodes: number | undefined
}

/** Bytes and inodes at the nearest folder above `path` that exists; undefined where the system cannot say. */
export async function roomAt(path: string, world: Pick<World, 'files'>): Promise<Room | undefined> {
  for (let at = path; ; at = parentOf(at)) {
    try {
      const { bavail, blocks, bsize, files, ffree } = await world.files.statfs(at)
      return { free: bavail * bsize, total: blocks * bsize, freeInodes: files === 0 ? undefined : ffree }
    } catch (error) {
      // A file that could not be made has no file system of its own; its folder's is the one that counts.
      if (errnoOf(error) !== 'ENOENT' || parentOf(at) === at) return undefined
    }
  }
}

function parentOf(path: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  return cut <= 0 ? path.slice(0, 1) : path.slice(0, cut)
}
