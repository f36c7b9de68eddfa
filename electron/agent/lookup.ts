/** Finds jobs and destinations by what a person types: id, name, slug or path. */
import { phrase, type PhraseCode } from '../contract/phrases.ts'
import { printable } from '../contract/printable.ts'
import { resolve } from 'node:path'
import type { DestinationConfig } from '../contract/destination.ts'
import type { Job } from '../contract/job.ts'
import type { Settings } from '../contract/settings.ts'
import { BackupError } from '../engine/errors.ts'

/** How names are compared: a shop's "Laden" and "LADEN" are one job, in whatever Unicode form they were typed. */
export function nameKey(name: string): string {
  return name.normalize('NFC').trim().toLowerCase()
}

/** A job by id, name or slug, in this order. Throws `not-found`. */
export function findJob(settings: Settings, ref: string): Job {
  const key = nameKey(ref)
  const found =
    settings.jobs.find((job) => job.id === ref) ??
    settings.jobs.find((job) => nameKey(job.name) === key) ??
    settings.jobs.find((job) => job.slug === key)
  if (found === undefined) throw new BackupError('not-found', { what: phrase('job'), name: ref })
  return found
}

/** A destination by id, name or path. Throws `not-found`. */
export function findDestination(settings: Settings, ref: string): DestinationConfig {
  const key = nameKey(ref)
  const found =
    settings.destinations.find((destination) => destination.id === ref) ??
    settings.destinations.find((destination) => nameKey(destination.name) === key) ??
    settings.destinations.find((destination) => destination.path === resolve(ref))
  if (found === undefined) throw new BackupError('not-found', { what: phrase('destination'), name: ref })
  return found
}

/** The definitions of a job's destinations, in its order. Throws `not-found` for one that is not configured. */
export function destinationsOf(settings: Settings, ids: readonly string[]): DestinationConfig[] {
  return ids.map((id) => {
    const found = settings.destinations.find((destination) => destination.id === id)
    if (found === undefined) throw new BackupError('not-found', { what: phrase('destination'), name: id })
    return found
  })
}

/** Where a job's backups go now: its destinations that are switched on. Throws `invalid-input` where all are off. */
export function placesFor(job: Job, settings: Settings): DestinationConfig[] {
  const places = destinationsOf(settings, job.destinations).filter(({ enabled }) => enabled)
  if (places.length === 0) throw new BackupError('invalid-input', { reason: phrase('places-off'), job: job.name })
  return places
}

/** Why `name` cannot be a name, or undefined. */
export function badNameReason(name: string): PhraseCode | undefined {
  if (name.trim() === '') return 'name-empty'
  if (/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u.test(name)) return 'name-invisible'
  if (/\p{Cs}/u.test(name)) return 'name-not-text'
  return undefined
}

/** What a job is called must be sayable on a command line, where `latest` has its own meaning, and leave something for a folder's name. */
function badJobNameReason(name: string): PhraseCode | undefined {
  if (nameKey(name) === 'latest') return 'name-reserved'
  return /[\p{L}\p{N}]/u.test(name) ? undefined : 'name-no-letters'
}

/** The name as it is kept; throws `bad-name`, or `duplicate-name` where another of `others` has it. */
export function checkedName(what: PhraseCode, name: string, others: readonly { readonly name: string }[]): string {
  const reason = badNameReason(name) ?? (what === 'job' ? badJobNameReason(name) : undefined)
  if (reason !== undefined) throw new BackupError('bad-name', { name: printable(name), reason })
  const kept = name.normalize('NFC').trim()
  if (others.some((other) => nameKey(other.name) === nameKey(kept)))
    throw new BackupError('duplicate-name', { what, name: kept })
  return kept
}

/** Nobody must think that a complete copy is a small one: asking for incremental backups is refused until they are. */
export function noIncremental(): BackupError {
  return new BackupError('unsupported', {
    what: phrase('incremental-backup'),
    reason: phrase('planned-full-now'),
  })
}
