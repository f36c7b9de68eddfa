/**
 * The lease of a folder destination: `.sitekeep/lease.json`, made exclusively, renewed in the background, released by renaming
 * it to `lease-last.json`, which keeps the fencing token for the next holder.
 *
 * Renewals go through the handle that made the file, never through its name: a holder that slept past its term can then not
 * write over the lease of whoever took over in the meantime; it finds out at its next `check`.
 */
import type { FileHandle } from 'node:fs/promises'
import { syncFolder } from '../atomic-file.ts'
import { BackupError, throwIfAborted } from '../errors.ts'
import type { Lease } from './destination.ts'
import {
  createLeaseFile,
  fileSystemNow,
  leasePath,
  nextToken,
  readLease,
  retireLease,
  setAside,
  writeRecord,
  type Found,
} from './folder-lease-file.ts'
import type { FolderPlace } from './folder-place.ts'
import { OWN_FOLDER } from './keys.ts'
import { installOf, isExpired, isHolderGone, LEASE_MS, RENEWALS_PER_LEASE, type LeaseRecord } from './lease.ts'
import { isLocalDisk, ownIdentity, startOf } from './process-identity.ts'

/** Two starts that find the same expired lease both try; a third turn would mean that a living one took it. */
const ATTEMPTS = 3

/** Nonces of the leases that this process holds on any destination. */
const heldHere = new Set<string>()

/** @throws BackupError destination-busy, or what the place reports. @param termMs shorter only in tests */
export async function acquireFolderLease(
  place: FolderPlace,
  holder: string,
  signal: AbortSignal,
  termMs: number = LEASE_MS,
): Promise<Lease> {
  let found: Found | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    throwIfAborted(signal)
    await place.check()
    const lease = await place.attempt(leasePath(place), () => tryAcquire(place, holder, termMs))
    if (lease !== undefined) return lease
    const standing = await place.attempt(leasePath(place), () => readLease(place))
    found = standing
    if (standing === undefined) continue
    if (!(await isFree(place, standing, installOf(holder), termMs))) break
    await place.attempt(leasePath(place), () => setAside(place, standing))
  }
  throw found !== undefined && found.record === undefined ? unreadable(place, termMs) : busy(place, found?.record)
}

/** True while another than this process may be writing at the place. */
export async function isLeasedByOther(place: FolderPlace): Promise<boolean> {
  const found = await place.attempt(leasePath(place), () => readLease(place))
  if (found === undefined || (found.record !== undefined && heldHere.has(found.record.nonce))) return false
  return !(await isFree(place, found, '', LEASE_MS))
}

/** Undefined where there is a lease already. */
async function tryAcquire(place: FolderPlace, holder: string, termMs: number): Promise<HeldLease | undefined> {
  const { world } = place
  const record: LeaseRecord = {
    format_version: 1,
    token: await nextToken(place),
    nonce: world.random(16),
    holder,
    ...(await ownIdentity(world)),
    expires_at: expiry(world.clock.now(), termMs),
  }
  // Before the file can be seen: a lease of this process that it does not hold is taken for one that was left behind.
  heldHere.add(record.nonce)
  const lease = await makeLease(place, record, termMs).catch((error: unknown) => {
    heldHere.delete(record.nonce)
    throw error
  })
  if (lease === undefined) heldHere.delete(record.nonce)
  return lease
}

async function makeLease(place: FolderPlace, record: LeaseRecord, termMs: number): Promise<HeldLease | undefined> {
  const { world } = place
  const handle = await createLeaseFile(place, record)
  if (handle === undefined) return undefined
  try {
    // The file stands, so no other can take a number now; one may have been taken since `record` was made.
    const numbered = { ...record, token: Math.max(record.token, await nextToken(place)) }
    // Written again only where it must be: a power cut could tear what is overwritten in place, and what stands is whole.
    if (numbered.token !== record.token) await writeRecord(handle, numbered)
    await syncFolder(world, place.path([OWN_FOLDER]))
    return new HeldLease(place, handle, numbered, termMs)
  } catch (error) {
    // Ours and useless: without this the place would be blocked for the length of a term.
    await handle.close().catch(() => undefined)
    await world.files.unlink(leasePath(place)).catch(() => undefined)
    throw error
  }
}

async function isFree(place: FolderPlace, found: Found, install: string, termMs: number): Promise<boolean> {
  const { world } = place
  const expires = found.record === undefined ? undefined : Date.parse(found.record.expires_at)
  const age = (await fileSystemNow(place)) - found.modified
  if (isExpired(age, expires, world.clock.now().getTime(), termMs)) return true
  if (found.record === undefined) return false
  return isHolderGone(found.record, {
    self: await ownIdentity(world),
    install,
    isLocalDisk: await isLocalDisk(world, place.root),
    startOf: (pid) => startOf(world, pid),
    held: heldHere,
  })
}

function busy(place: FolderPlace, holder: LeaseRecord | undefined): BackupError {
  const who = holder === undefined ? 'unknown' : `${holder.hostname}, ${holder.holder}`
  return new BackupError('destination-busy', { path: place.root, holder: who })
}

/** Who holds it cannot be told, and so cannot be asked: time decides, or a person. */
function unreadable(place: FolderPlace, termMs: number): BackupError {
  const minutes = Math.ceil(termMs / 60_000)
  return new BackupError('destination-lease-damaged', { path: leasePath(place), minutes })
}

class HeldLease implements Lease {
  readonly #place: FolderPlace
  readonly #handle: FileHandle
  readonly #record: LeaseRecord
  readonly #termMs: number
  readonly #timer: NodeJS.Timeout
  #renewed: { readonly monotonic: number; readonly wall: number }
  /** Renewals one after the other; release waits for the last. */
  #pending: Promise<void> = Promise.resolve()

  constructor(place: FolderPlace, handle: FileHandle, record: LeaseRecord, termMs: number) {
    this.#place = place
    this.#handle = handle
    this.#record = record
    this.#termMs = termMs
    this.#renewed = this.#now()
    // A renewal that fails is not told here: `check` sees that it is late, and what became of it.
    const renew = (): void => void this.#renew().catch(() => undefined)
    this.#timer = setInterval(renew, termMs / RENEWALS_PER_LEASE).unref()
  }

  get token(): number {
    return this.#record.token
  }

  async check(): Promise<void> {
    await this.#place.check()
    await this.#place.attempt(leasePath(this.#place), async () => {
      if (this.#sinceRenewal() > this.#termMs / 2) await this.#renew()
      const found = await readLease(this.#place)
      if (found?.record?.nonce !== this.#record.nonce) throw busy(this.#place, found?.record)
    })
  }

  /** Never throws: a lease that cannot be released ends by itself, and the caller has more important things to tell. */
  async release(): Promise<void> {
    clearInterval(this.#timer)
    if (!heldHere.delete(this.#record.nonce)) return
    await this.#pending.catch(() => undefined)
    await this.#handle.close().catch(() => undefined)
    try {
      const found = await readLease(this.#place)
      if (found?.record?.nonce === this.#record.nonce) await retireLease(this.#place)
    } catch {
      // See above: the disk may be gone.
    }
  }

  #renew(): Promise<void> {
    const renewed = this.#pending
      .catch(() => undefined)
      .then(async () => {
        if (!heldHere.has(this.#record.nonce)) return
        const now = this.#now()
        await writeRecord(this.#handle, {
          ...this.#record,
          expires_at: expiry(this.#place.world.clock.now(), this.#termMs),
        })
        this.#renewed = now
      })
    this.#pending = renewed
    return renewed
  }

  #now(): { readonly monotonic: number; readonly wall: number } {
    const { clock } = this.#place.world
    return { monotonic: clock.monotonic(), wall: clock.now().getTime() }
  }

  /** By whichever clock saw more: the monotonic one may stand still while a computer sleeps. */
  #sinceRenewal(): number {
    const now = this.#now()
    return Math.max(now.monotonic - this.#renewed.monotonic, Math.abs(now.wall - this.#renewed.wall))
  }
}

function expiry(now: Date, termMs: number): string {
  return new Date(now.getTime() + termMs).toISOString()
}
