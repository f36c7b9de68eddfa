/** The identifiers that cross process borders, and the one rule that turns a job's name into a folder name. */
import { z } from 'zod'

/** Ids are lower-case and path-safe before they are ever used in a path or a key (faults.md X06). */
const id = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-z]{6,32}$`), `expected an id like ${prefix}_3f9a…`)
    .max(40)

export const jobIdSchema = id('job')
export const sourceIdSchema = id('src')
export const destinationIdSchema = id('dst')
export const runIdSchema = id('run')

/** A slug names a folder on every file system: no separators, no dots in front, no Windows device names. */
export const slugSchema = z
  .string()
  .min(1)
  .max(80)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u, 'expected letters, digits, - and _')

/** `<job-slug>/<set-name>`: what a person types and what the catalog keys by, together with the destination. */
export const setIdSchema = z
  .string()
  .max(160)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}_-]*\/(full|inc|hot)_backup_\d{8}_\d{6}(_\d+)?$/u,
    'expected JOB/full_backup_YYYYMMDD_HHMMSS',
  )

/** File name of an artifact inside a set's folder. */
export const artifactNameSchema = z
  .string()
  .max(120)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u, 'expected a plain file name')

/**
 * What a secret may be called, which is also its file's name: no separators, no dot in front (which marks unfinished files), none at
 * the end (Windows drops it). Whoever stores it also refuses the names of Windows devices.
 */
export const secretNamePattern = /^[a-z0-9]([a-z0-9._-]{0,78}[a-z0-9_-])?$/

/** Device names that Windows refuses as a file name, whatever the extension. Source: Microsoft, "Naming Files, Paths, and Namespaces". */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i

/**
 * Turns any name into a slug: `备份/1` → `备份-1`, `../x` → `x`, `CON` → `con-1`.
 * Never empty; not unique by itself — the caller adds `-2`, `-3` … where the slug is taken.
 */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
  // 80 UTF-16 units of CJK are 240 bytes in UTF-8: under the 255 bytes that ext4 and NTFS allow.
  const cut = plain.slice(0, 72).replace(/[-_]+$/g, '') || 'job'
  return WINDOWS_DEVICE.test(cut) ? `${cut}-1` : cut
}

/** The first of `base`, `base-2`, `base-3` … that is not taken. */
export function uniqueSlug(name: string, isTaken: (slug: string) => boolean): string {
  const base = slugOf(name)
  if (!isTaken(base)) return base
  for (let n = 2; ; n += 1) if (!isTaken(`${base}-${n}`)) return `${base}-${n}`
}

/** Leaves room for the prefix and for a number behind it. */
const MAX_SECRET_SLUG = 60

/** What a database password is called that is stored for `owner`, a job or a server: `postgres-shop`, or the next that is free. */
export function passwordNameFor(owner: string, isTaken: (name: string) => boolean): string {
  const plain = slugOf(owner)
    .replace(/[^a-z0-9_-]+/g, '-')
    .slice(0, MAX_SECRET_SLUG)
    .replace(/^[-_]+|[-_]+$/g, '')
  // A name in another script leaves nothing that a secret's name may hold.
  const base = `postgres-${plain === '' ? 'job' : plain}`
  if (!isTaken(base)) return base
  for (let n = 2; ; n += 1) if (!isTaken(`${base}-${n}`)) return `${base}-${n}`
}

export type JobId = z.infer<typeof jobIdSchema>
export type SourceId = z.infer<typeof sourceIdSchema>
export type DestinationId = z.infer<typeof destinationIdSchema>
export type RunId = z.infer<typeof runIdSchema>
export type SetId = z.infer<typeof setIdSchema>
