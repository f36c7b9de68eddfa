/** The rules of the lease: what is written down, and when another's may be taken over. Pure; the kinds keep the file. */
import { z } from 'zod'

/** A lease not renewed for so long has expired; it is renewed three times within. */
export const LEASE_MS = 10 * 60_000
export const RENEWALS_PER_LEASE = 3

/** Which process holds it, so exactly that a later one with the same number is not taken for it (faults.md F09). */
const processSchema = z.object({
  hostname: z.string(),
  /** Random id of the running system's start; null where the system has none. */
  boot: z.string().nullable(),
  /** Name space in which `pid` has its meaning: containers have their own. */
  pid_space: z.string().nullable(),
  pid: z.number().int(),
  /** When the process started, in the system's own unit. */
  process_start: z.string().nullable(),
})
export type ProcessIdentity = z.infer<typeof processSchema>

export const leaseSchema = z.object({
  format_version: z.literal(1),
  /** Rises with every holder. */
  token: z.number().int().min(1),
  /** Random, of this one acquisition. */
  nonce: z.string().min(8),
  /** `<install id>:<run>`, for people and to know our own install. */
  holder: z.string(),
  ...processSchema.shape,
  expires_at: z.iso.datetime({ offset: true }),
})
export type LeaseRecord = z.infer<typeof leaseSchema>

/** Undefined for anything that is not a whole lease: one being written at this moment, or damaged. */
export function decodeLease(text: string): LeaseRecord | undefined {
  try {
    const parsed = leaseSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Not JSON (yet); the caller judges by the file's age.
    return undefined
  }
}

/** Always 1024 bytes, padded with blanks: a renewal overwrites in place and must never change the length. */
export function encodeLease(record: LeaseRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record).padEnd(1023)}\n`, 'utf8')
}

/**
 * Whether a lease has run out. The age comes from the file system's own clock on both sides, so that two computers with
 * different clocks agree; the written expiry only makes it later. It cannot block for ever: twice the term without a renewal is
 * the end whatever was written, and so is a renewal in the future (a clock was set back; a living holder renews soon).
 */
export function isExpired(
  ageMs: number,
  expiresAt: number | undefined,
  now: number,
  termMs: number = LEASE_MS,
): boolean {
  if (ageMs < -termMs || ageMs > 2 * termMs) return true
  return ageMs > termMs && (expiresAt === undefined || now >= expiresAt)
}

export interface Acquaintance {
  readonly self: ProcessIdentity
  /** Install id of the one who asks. */
  readonly install: string
  /** True where the file system can be mounted by one running system at a time. */
  readonly isLocalDisk: boolean
  /** When the process with this number started; undefined where there is none (a zombie counts as none). */
  readonly startOf: (pid: number) => Promise<string | undefined>
  /** Nonces that this very process holds. */
  readonly held: ReadonlySet<string>
}

/**
 * True where the holder is surely gone, before its lease has run out: a process of this very start of this system that is no
 * more; or this same install on this disk before the system was started anew. A clone of this machine has another `boot`
 * and could be alive on a share: for shares only time decides.
 */
export async function isHolderGone(lease: LeaseRecord, known: Acquaintance): Promise<boolean> {
  const { self } = known
  if (lease.boot === null || self.boot === null) return false
  if (lease.boot !== self.boot) {
    const isSameInstall = installOf(lease.holder) === known.install && lease.hostname === self.hostname
    return isSameInstall && known.isLocalDisk
  }
  if (lease.pid_space === null || lease.pid_space !== self.pid_space) return false
  const start = await known.startOf(lease.pid)
  if (start === undefined || start !== lease.process_start) return true
  // This process itself: gone only if that acquisition has ended without being able to release.
  return lease.pid === self.pid && !known.held.has(lease.nonce)
}

/** The part of a holder before its first colon. */
export function installOf(holder: string): string {
  return holder.split(':', 1)[0] ?? ''
}
