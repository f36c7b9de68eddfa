/** Include and exclude patterns, read as in a .gitignore: relative to a root, the last match decides. */
import { phrase } from '../../contract/phrases.ts'
import picomatch from 'picomatch'
import { BackupError } from '../errors.ts'

interface Rule {
  readonly isNegated: boolean
  readonly foldersOnly: boolean
  matches(path: string): boolean
}

export class Patterns {
  readonly #include: readonly Rule[]
  readonly #exclude: readonly Rule[]

  /**
   * @param root absolute path of the root, so that patterns may also be given as absolute paths below it
   * @throws BackupError `invalid-input` where an exclude pattern leaves nothing of the root (faults.md E20)
   */
  constructor(root: string, include: readonly string[], exclude: readonly string[]) {
    for (const pattern of exclude) refuseWholeRoot(pattern, root, exclude)
    for (const pattern of include) if (isBlank(pattern)) throw blank(pattern)
    this.#include = include.map((pattern) => compile(pattern, root))
    this.#exclude = exclude.map((pattern) => compile(pattern, root))
  }

  /** True where a walk must not go into, or take, `path` (relative to the root, `/` between its parts). */
  isExcluded(path: string, isFolder: boolean): boolean {
    return lastMatch(this.#exclude, path, isFolder)
  }

  /** True where there are include patterns: folders are then taken only for what they hold. */
  get isSelective(): boolean {
    return this.#include.length > 0
  }

  /** True where an include pattern names `path`, or a folder that it lies in. */
  isIncluded(path: string, isFolder: boolean): boolean {
    if (!this.isSelective || lastMatch(this.#include, path, isFolder)) return true
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      if (lastMatch(this.#include, path.slice(0, end), true)) return true
    return false
  }
}

function lastMatch(rules: readonly Rule[], path: string, isFolder: boolean): boolean {
  const rule = rules.findLast((one) => (isFolder || !one.foldersOnly) && one.matches(path))
  return rule !== undefined && !rule.isNegated
}

function compile(pattern: string, root: string): Rule {
  const isNegated = pattern.startsWith('!')
  const { anchored, glob, foldersOnly } = normalize(isNegated ? pattern.slice(1) : pattern, root)
  const options = { dot: true, nocase: process.platform === 'win32', strictBrackets: false }
  const matches = picomatch(anchored ? glob : [glob, `**/${glob}`], options)
  return { isNegated, foldersOnly, matches: (path) => matches(path) }
}

function normalize(pattern: string, root: string): { anchored: boolean; glob: string; foldersOnly: boolean } {
  const below = `${root.replace(/\/+$/, '')}/`
  const relative = pattern.startsWith(below) ? `/${pattern.slice(below.length)}` : pattern
  const foldersOnly = relative.endsWith('/')
  const bare = relative.replace(/\/+$/, '')
  // As in git: a slash at the beginning or in the middle ties the pattern to the root; without one it matches at any depth.
  return { anchored: bare.includes('/'), glob: bare.replace(/^(?:\.?\/)+/, ''), foldersOnly }
}

/** Two names that nobody has: a pattern that matches them matches everything. */
const PROBES = ['\u0001probe', '\u0001probe/\u0001file.x']

function refuseWholeRoot(pattern: string, root: string, all: readonly string[]): void {
  const nothing = new BackupError('invalid-input', {
    reason: phrase('exclude-leaves-nothing'),
    pattern,
    path: root,
  })
  if (isBlank(pattern) || pattern.replace(/\/+$/, '') === root.replace(/\/+$/, '')) throw nothing
  const rule = compile(pattern, root)
  const isEverything = !rule.isNegated && PROBES.every((probe) => rule.matches(probe))
  // "Everything but …" is written as `*` followed by exceptions.
  if (isEverything && !all.some((one) => one.startsWith('!'))) throw nothing
}

/** Dots and slashes alone name the root itself. */
function isBlank(pattern: string): boolean {
  return /^!?[./]*$/.test(pattern)
}

function blank(pattern: string): BackupError {
  return new BackupError('invalid-input', { reason: phrase('pattern-names-nothing'), pattern })
}
