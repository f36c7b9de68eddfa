/** Reading and writing `manifest.json`: the self digest, the version gate, and the schema (FORMAT.md §4). */
import type { z } from 'zod'
import { fieldOf, problemOf } from '../../contract/issue.ts'
import { phrase } from '../../contract/phrases.ts'
import { FORMAT_VERSION, manifestSchema, type Manifest } from '../../contract/manifest.ts'
import { isFindingCode } from '../../contract/words.ts'
import { BackupError } from '../errors.ts'
import { sha256Of } from '../stage/digest.ts'

/** 100,000 tables and 10,000 masked files fit; a bomb does not (faults.md X06). */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024

const ZEROS = '0'.repeat(64)
const VERSION = /^(\{\s*"format_version": )\d+/
const SELF = /"self_sha256": "([0-9a-f]{64})"\n\}\n$/

export interface ManifestFile {
  readonly manifest: Manifest
  /** SHA-256 of the file's bytes, as noted in the journal. */
  readonly sha256: string
}

/** The bytes of a manifest, its self digest filled in. */
export function encodeManifest(manifest: Omit<Manifest, 'self_sha256'>): { readonly bytes: Buffer } & ManifestFile {
  const whole = manifestSchema.parse({ ...manifest, self_sha256: ZEROS })
  const blank = `${JSON.stringify(whole, null, 2)}\n`
  const self = sha256Of(Buffer.from(blank, 'utf8'))
  const bytes = Buffer.from(blank.replace(SELF, `"self_sha256": "${self}"\n}\n`), 'utf8')
  return { bytes, manifest: { ...whole, self_sha256: self }, sha256: sha256Of(bytes) }
}

/**
 * Parses and checks a manifest.
 * @param path for messages
 * @throws BackupError manifest-damaged, manifest-edited, manifest-newer
 */
export function decodeManifest(bytes: Buffer, path: string): ManifestFile {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const parsed = parseJson(text, path)
  const version = versionOf(parsed)
  // The version comes first: a later format may compute its digest in another way.
  if (version > FORMAT_VERSION && !isOursBut(text))
    throw new BackupError('manifest-newer', { path, found: version, known: FORMAT_VERSION })
  const fault = selfFault(text)
  if (fault !== undefined) throw new BackupError('manifest-edited', { path, reason: phrase(fault) })
  const checked = manifestSchema.safeParse(withKnownFindings(parsed))
  if (!checked.success) {
    const { issues } = checked.error
    // The digest holds: it stands as it was written, by a Sitekeep that knows more kinds than this one.
    if (issues.every(isUnknownWord))
      throw new BackupError('manifest-newer', { path, found: version, known: FORMAT_VERSION })
    const issue = issues[0]
    const found = issue === undefined ? {} : { field: fieldOf(issue), ...problemOf(issue) }
    throw new BackupError('manifest-damaged', { path, reason: phrase('field-at'), ...found })
  }
  return { manifest: checked.data, sha256: sha256Of(bytes) }
}

/** What a later version noticed hinders nobody in reading the data. */
function withKnownFindings(parsed: unknown): unknown {
  if (typeof parsed !== 'object' || parsed === null || !('findings' in parsed)) return parsed
  const { findings } = parsed
  if (!Array.isArray(findings)) return parsed
  return { ...parsed, findings: findings.filter((finding: unknown) => !hasUnknownCode(finding)) }
}

function hasUnknownCode(finding: unknown): boolean {
  if (typeof finding !== 'object' || finding === null || !('code' in finding)) return false
  return typeof finding.code === 'string' && !isFindingCode(finding.code)
}

/** A word outside of a closed list (a kind of source, a compression), as later versions add them; the version itself is no such word. */
function isUnknownWord({ code, path }: z.core.$ZodIssue): boolean {
  return (code === 'invalid_value' || code === 'invalid_union') && path[0] !== 'format_version'
}

function selfFault(text: string): 'own-checksum-missing' | 'own-checksum-differs' | undefined {
  const self = SELF.exec(text)?.[1]
  if (self === undefined) return 'own-checksum-missing'
  const blank = Buffer.from(text.replace(SELF, `"self_sha256": "${ZEROS}"\n}\n`), 'utf8')
  return sha256Of(blank) === self ? undefined : 'own-checksum-differs'
}

/** True where only the version's number stands against this format: with ours in its place the digest holds, so a bit has flipped. */
function isOursBut(text: string): boolean {
  return selfFault(text.replace(VERSION, `$1${FORMAT_VERSION}`)) === undefined
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BackupError('manifest-damaged', { path, reason: phrase('not-json') }, { cause: error })
  }
}

function versionOf(parsed: unknown): number {
  if (typeof parsed !== 'object' || parsed === null || !('format_version' in parsed)) return 0
  return typeof parsed.format_version === 'number' ? parsed.format_version : 0
}
