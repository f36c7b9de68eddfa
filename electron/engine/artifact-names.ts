/** Names of a set and of its artifacts (FORMAT.md §2, §4.1). */
import { slugOf } from '../contract/ids.ts'
import { setPrefix, type BackupType } from '../contract/job.ts'
import { artifactTypes, type SourceConfig } from '../contract/source.ts'
import type { Artifact } from '../contract/manifest.ts'
import { compressionExtension } from './stage/compress.ts'
import type { SnapshotArtifact } from './source/source.ts'
import { localStamp } from './time.ts'

/** `full_backup_20260105_020000`, or with `_2`, `_3` … where that second is taken. */
export function setNameAt(type: BackupType, at: Date, attempt: number): string {
  const name = `${setPrefix[type]}_${localStamp(at)}`
  return attempt === 1 ? name : `${name}_${attempt}`
}

/**
 * The base name of each source's artifacts, by source id: the type's name where the type occurs once in the job, else the
 * source's slug, made unique.
 */
export function artifactBases(sources: readonly SourceConfig[]): ReadonlyMap<string, string> {
  const bases = new Map<string, string>()
  const taken = new Set<string>(['manifest'])
  for (const source of sources) {
    const type = artifactTypes[source.kind]
    const isOnly = sources.filter((other) => artifactTypes[other.kind] === type).length === 1
    const wanted = isOnly ? type : slugOf(source.name)
    let base = wanted
    for (let n = 2; taken.has(base); n += 1) base = `${wanted}-${n}`
    taken.add(base)
    bases.set(source.id, base)
  }
  return bases
}

/** Of each of two parts: under the 255 bytes that ext4 and NTFS allow, with room for extensions and a number, and under the contract's 120 characters. */
const MAX_PART = { bytes: 100, characters: 45 }

/**
 * File names of one source's artifacts, none of which may be taken in this set: `database.sql.gz`, of several
 * `database-erp.sql.gz`; two that would be the same get `-2`, `-3` ….
 */
export function artifactFiles(
  base: string,
  artifacts: readonly Pick<SnapshotArtifact, 'part' | 'isOwnName' | 'extension'>[],
  suffix: string,
  taken: Set<string>,
): string[] {
  return artifacts.map((artifact) => {
    const { extension } = artifact
    const wanted = stemOf(base, artifact)
    const fileOf = (stem: string) => `${stem}.${extension}${suffix}`
    let stem = wanted
    for (let n = 2; taken.has(fileOf(stem)); n += 1) stem = `${wanted}-${n}`
    taken.add(fileOf(stem))
    return fileOf(stem)
  })
}

function stemOf(base: string, { part, isOwnName }: Pick<SnapshotArtifact, 'part' | 'isOwnName'>): string {
  if (part === undefined) return base
  const isOnly = Object.values<string>(artifactTypes).includes(base)
  return isOwnName === true && isOnly ? slugOf(part) : `${shortened(base)}-${shortened(slugOf(part))}`
}

/** Whole characters alone. */
function shortened(stem: string): string {
  let short = ''
  for (const character of stem) {
    const longer = short + character
    if (longer.length > MAX_PART.characters || Buffer.byteLength(longer) > MAX_PART.bytes) break
    short = longer
  }
  return short
}

/** What a restore calls the file that it makes of an artifact: a database's own name, else the artifact's without its compression. */
export function restoredName({
  content,
  file,
  compression,
}: Pick<Artifact, 'content' | 'file' | 'compression'>): string {
  if (content.kind === 'sqlite') return content.name
  const suffix = compressionExtension[compression]
  return suffix !== '' && file.endsWith(suffix) ? file.slice(0, -suffix.length) : file
}

/** `150M`: for people, as in the manifests that these sites' scripts wrote before. */
export function humanSize(bytes: number): string {
  const units = ['B', 'K', 'M', 'G', 'T', 'P']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const text = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, '')
  return `${text}${units[unit] ?? ''}`
}
