/** Finds configuration files by absolute globs, and tells which of them are keys or certificates that must stay out. */
import { phrase } from '../../contract/phrases.ts'
import { resolve } from 'node:path'
import picomatch from 'picomatch'
import type { BigIntStats } from 'node:fs'
import type { SourceOf } from '../../contract/source.ts'
import { archiveName } from '../archive/roots.ts'
import { BackupError, errnoOf } from '../errors.ts'
import type { World } from '../world.ts'
import { answered } from './files-patience.ts'
import { Patterns } from './files-patterns.ts'
import type { Report } from './files-report.ts'
import { walkRoot } from './files-walk.ts'

export interface ConfigFile {
  /** Where its content lies: for a link, what it points to. */
  readonly path: Buffer
  /** As found. */
  readonly shown: Buffer
  readonly name: Buffer
  readonly stat: BigIntStats
}

export interface Discovered {
  readonly files: readonly ConfigFile[]
  /** Folder that all globs have in common, without a trailing slash; empty for a whole disk. */
  readonly base: string
}

/** Names of private keys, certificates and key stores, as the tools that make them call them. */
const KEYS = /(^|\/)(id_(rsa|dsa|ecdsa|ed25519)[^/]*|[^/]+\.(pem|key|crt|cer|der|pfx|p12|jks|keystore|ppk|kdbx))$/i
/** More files are no configuration but a folder; their masked texts are held in memory together. */
const MAX_FILES = 10_000

/** @throws BackupError `source-no-files` where nothing matches, `source-missing` where not even the folders exist */
export async function discover(
  config: Pick<SourceOf<'config'>, 'globs' | 'exclude'>,
  world: World,
  signal: AbortSignal,
  report: Report,
): Promise<Discovered> {
  const globs = config.globs.map((glob) => absolute(glob, world.host.platform))
  const base = commonFolder(globs.map(folderOf))
  const isExcluded = exclusion(config.exclude, base, world.host.platform)
  const found = new Map<string, ConfigFile>()
  for (const glob of globs) {
    for await (const file of matches(glob, world, signal, report)) {
      const shown = file.shown.toString('utf8')
      if (isExcluded(shown)) continue
      if (KEYS.test(shown)) report.count('config-keys-left-out', file.shown)
      else found.set(file.shown.toString('latin1'), file)
      if (found.size > MAX_FILES)
        throw new BackupError('invalid-input', { reason: phrase('too-many-files'), pattern: glob, limit: MAX_FILES })
    }
  }
  if (found.size === 0) throw new BackupError('source-no-files', { path: config.globs.join(', ') })
  return { files: [...found.values()].sort((a, b) => Buffer.compare(a.name, b.name)), base }
}

function absolute(glob: string, platform: NodeJS.Platform): string {
  const slashed = platform === 'win32' ? glob.replaceAll('\\', '/') : glob
  if (slashed.startsWith('/') || /^[A-Za-z]:\//.test(slashed)) return slashed.replace(/\/\.\//g, '/')
  throw new BackupError('invalid-input', { reason: phrase('pattern-not-absolute'), pattern: glob })
}

/** The fixed folder that a glob begins with. */
function folderOf(glob: string): string {
  const { base, isGlob } = picomatch.scan(glob)
  return isGlob ? base : glob.slice(0, Math.max(glob.lastIndexOf('/'), 0))
}

function commonFolder(folders: readonly string[]): string {
  const [first = '', ...rest] = folders
  let common = first.split('/')
  for (const folder of rest) {
    const parts = folder.split('/')
    const end = common.findIndex((part, at) => part !== parts[at])
    common = end === -1 ? common : common.slice(0, end)
  }
  return common.join('/').replace(/\/+$/, '')
}

function exclusion(patterns: readonly string[], base: string, platform: NodeJS.Platform): (path: string) => boolean {
  const rules = new Patterns(
    base === '' ? '/' : base,
    [],
    patterns.map((one) => (platform === 'win32' ? one.replaceAll('\\', '/') : one)),
  )
  return (path) => rules.isExcluded(path.slice(base.length).replace(/^\/+/, ''), false)
}

async function* matches(
  glob: string,
  world: World,
  signal: AbortSignal,
  report: Report,
): AsyncGenerator<ConfigFile, void> {
  const folder = folderOf(glob)
  const isMatch = picomatch(glob, { dot: true, nocase: world.host.platform === 'win32' })
  if (!picomatch.scan(glob).isGlob) {
    const file = await resolveFile(Buffer.from(glob), world)
    if (file !== undefined) yield file
    return
  }
  if (!(await isFolder(folder, world))) return
  const path = Buffer.from(folder === '' ? '/' : folder)
  const root = {
    path,
    prefix: Buffer.from(archiveName(folder, world.host.platform)),
    patterns: new Patterns(folder, [], []),
  }
  const options = { world, signal, report, crossMounts: true, skip: new Set<string>() }
  for await (const found of walkRoot(root, options)) {
    if (found.stat.isDirectory() || !isMatch(found.path.toString('utf8'))) continue
    const file = await resolveFile(found.path, world)
    if (file !== undefined) yield file
  }
}

/** A file, or what a link of that name points to: of a linked `.env` people want the content. */
async function resolveFile(shown: Buffer, world: World): Promise<ConfigFile | undefined> {
  try {
    const path = Buffer.from(await answered(world, shown, world.files.realpath(shown.toString('utf8'))))
    const stat = await answered(world, shown, world.files.lstat(path, { bigint: true }))
    if (!stat.isFile()) return undefined
    const name = Buffer.from(archiveName(shown.toString('utf8'), world.host.platform))
    return { path, shown, name, stat }
  } catch (error) {
    // Absent, a dangling link, or not ours to look at: it cannot be a configuration that we could keep.
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}

async function isFolder(path: string, world: World): Promise<boolean> {
  try {
    return (await world.files.stat(resolve(path === '' ? '/' : path))).isDirectory()
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return false
  }
}
