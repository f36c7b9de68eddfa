/** The roots of a folder source as they are now: there, missing, or nothing that can be backed up. */
import { resolve } from 'node:path'
import type { BigIntStats } from 'node:fs'
import type { SourceOf } from '../../contract/source.ts'
import type { TreeContent } from '../archive/roots.ts'
import { archiveName } from '../archive/roots.ts'
import { BackupError, errnoOf, reasonOf } from '../errors.ts'
import type { World } from '../world.ts'
import { answered, patiently } from './files-patience.ts'
import { Patterns } from './files-patterns.ts'
import { inodeOf, type WalkRoot } from './files-walk.ts'

export interface LiveRoot extends WalkRoot {
  /** As configured, made absolute. */
  readonly text: string
  readonly inode: string
  readonly isEmpty: boolean
}

export interface RootsNow {
  readonly live: readonly LiveRoot[]
  readonly missing: readonly string[]
}

/**
 * Looks at every root. One of several may be missing; that is for a finding.
 * @throws BackupError `source-missing` where none is there, `source-denied`, `source-not-directory`, `invalid-input` (patterns)
 */
export async function findRoots(config: SourceOf<'files'>, world: World, signal: AbortSignal): Promise<RootsNow> {
  const texts = [...new Set(config.roots.map((root) => resolve(root)))]
  const live: LiveRoot[] = []
  const missing: string[] = []
  for (const text of texts) {
    const root = await findRoot(text, config, world, signal)
    if (root === undefined) missing.push(text)
    else if (!live.some((one) => one.inode === root.inode)) live.push(root)
  }
  if (live.length === 0) throw new BackupError('source-missing', { path: missing.join(', ') })
  return { live, missing }
}

async function findRoot(
  text: string,
  config: SourceOf<'files'>,
  world: World,
  signal: AbortSignal,
): Promise<LiveRoot | undefined> {
  const slashed = world.host.platform === 'win32' ? text.replaceAll('\\', '/') : text
  const path = Buffer.from(slashed)
  const patterns = new Patterns(slashed, config.include, config.exclude)
  try {
    const stat = await answered(world, path, world.files.stat(path, { bigint: true }))
    if (!stat.isDirectory()) throw new BackupError('source-not-directory', { path: text })
    const isEmpty = await isEmptyFolder(text, world, signal)
    const prefix = Buffer.from(archiveName(text, world.host.platform))
    return { text, path, prefix, patterns, inode: inodeOf(stat), isEmpty }
  } catch (error) {
    throwUnlessMissing(error, text, world)
    return undefined
  }
}

function throwUnlessMissing(error: unknown, text: string, world: World): void {
  if (error instanceof BackupError) throw error
  const code = errnoOf(error)
  if (code === 'ENOENT') return
  if (code === 'ENOTDIR') throw new BackupError('source-not-directory', { path: text }, { cause: error })
  if (code === 'EACCES' || code === 'EPERM')
    throw new BackupError('source-denied', { path: text, user: world.host.user }, { cause: error })
  throw new BackupError('source-read-error', { path: text, reason: reasonOf(error) }, { cause: error })
}

async function isEmptyFolder(path: string, world: World, signal: AbortSignal): Promise<boolean> {
  const folder = await patiently(world, signal, () => world.files.opendir(path))
  try {
    return (await folder.read()) === null
  } finally {
    await folder.close()
  }
}

/** Roots as a manifest names them; folder names in a restore are made different from each other, whatever a disk's case rules. */
export function namedRoots(roots: readonly { readonly text: string; readonly prefix: Buffer }[]): TreeContent['roots'] {
  const taken = new Set<string>()
  return roots.map(({ text, prefix }) => {
    const base = plainName(text)
    let name = base
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${base}-${n}`
    taken.add(name.toLowerCase())
    return { path: text, prefix: prefix.toString('utf8'), name }
  })
}

/** The last part of a path, as a name that every system takes; `root` for a whole disk. */
function plainName(text: string): string {
  const last = text.split(/[\\/]/).findLast((part) => part !== '') ?? ''
  const plain = last
    .replace(/[<>:"|?*\\\u0000-\u001f]/g, '_')
    .replace(/^\.+$/, '')
    .slice(0, 60)
  return plain === '' ? 'root' : plain
}

/** Inodes that a walk does not go into: the other roots, and folders of our own. */
export async function skippedInodes(
  roots: readonly LiveRoot[],
  ownFolders: readonly string[],
  world: World,
): Promise<ReadonlySet<string>> {
  const own: BigIntStats[] = []
  for (const folder of ownFolders) own.push(await world.files.stat(folder, { bigint: true }))
  return new Set([...roots.map((root) => root.inode), ...own.map(inodeOf)])
}
