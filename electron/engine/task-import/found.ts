/** What one step of a script was recognised as: a backup, an upload, a clean-up, a check. */
import type { SourceDraft } from '../../contract/source.ts'
import { folderOf, inWords, isKnown, nameIn, resolveIn } from './paths.ts'
import { UNKNOWN, type Pipeline, type Program } from './step.ts'

export interface Found {
  readonly does: 'dump' | 'copy' | 'archive' | 'upload' | 'clean-up' | 'check' | 'unsupported'
  /** For people. */
  readonly tool: string
  readonly sources: readonly SourceDraft[]
  /** Paths that it reads. */
  readonly reads: readonly string[]
  /** Where its outcome goes: files, folders or addresses. */
  readonly writes: readonly string[]
  /** SQLite files that it takes as plain files. */
  readonly copiedLive?: readonly string[]
  readonly isMirror?: boolean
  /** Days after which it deletes. */
  readonly days?: number | undefined
  /** Paths that are known only when it runs. */
  readonly unclear?: readonly string[]
}

/** A step and where it stands. */
export interface Step {
  readonly program: Program
  readonly pipeline: Pipeline
}

const SQLITE_NAME = /\.(sqlite3?|db3?|s3db|sl3)$/i
/** Files that are settings by their name. */
const CONFIG_NAME =
  /(^|[\\/])(\.env[\w.]*|settings\.py|[^\\/]+\.(ini|conf|cnf|ya?ml|toml|json|properties|env|cfg|config))$/i

export function isSqliteName(path: string): boolean {
  return SQLITE_NAME.test(path) && !/[*?]/.test(path)
}

export function sqliteSource(path: string): SourceDraft {
  return { kind: 'sqlite', name: plainName(nameIn(path).replace(/\.\w+$/, ''), 'database'), path }
}

/** A folder, one file of it or those that a pattern names; undefined where the path is not known. */
export function pathSource(path: string, isFolder: boolean): SourceDraft | undefined {
  if (isSqliteName(path)) return isKnown(path) ? sqliteSource(path) : undefined
  if (isFolder) return isKnown(path) ? filesSource(path, []) : undefined
  const folder = folderOf(path)
  if (!isKnown(folder) || path.includes(UNKNOWN)) return undefined
  const name = nameIn(path)
  if (/^\*(\.\*)?$/.test(name)) return filesSource(folder, [])
  if (CONFIG_NAME.test(path) && isKnown(path)) return { kind: 'config', name: plainName(name, 'config'), globs: [path] }
  return filesSource(folder, [name])
}

function filesSource(root: string, include: string[]): SourceDraft {
  return {
    kind: 'files',
    name: plainName(nameIn(root), 'files'),
    roots: [root],
    ...(include.length === 0 ? {} : { include }),
  }
}

/** A name as a source may have it. */
export function plainName(name: string, otherwise: string): string {
  const plain = name
    .replaceAll(UNKNOWN, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[:\\/]/g, '')
    .trim()
  return plain.slice(0, 70) || otherwise
}

/** Whether a path names a folder, as far as its looks tell: nothing with an extension. */
export function looksLikeFolder(path: string): boolean {
  return (
    /[\\/]$/.test(path) ||
    !/\.\w{1,8}$/.test(nameIn(path)) ||
    (nameIn(path).startsWith('.') && !nameIn(path).startsWith('.env'))
  )
}

export function at(step: Step, path: string): string {
  return resolveIn(step.pipeline.cwd, path)
}

/** Paths as sources: those that are known, the live databases among them, and what is not known. */
export function sourcesOf(
  paths: readonly { readonly path: string; readonly isFolder: boolean }[],
): Required<Pick<Found, 'sources' | 'copiedLive' | 'unclear'>> {
  const taken = paths.map(({ path, isFolder }) => ({ path, source: pathSource(path, isFolder) }))
  return {
    sources: taken.flatMap(({ source }) => (source === undefined ? [] : [source])),
    copiedLive: taken.filter(({ path }) => isSqliteName(path)).map(({ path }) => inWords(path)),
    unclear: taken.filter(({ source }) => source === undefined).map(({ path }) => inWords(path)),
  }
}
