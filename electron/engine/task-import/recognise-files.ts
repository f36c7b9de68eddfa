/** Recognises copies, archives and uploads of files, and what cleans up after them. */
import { at, looksLikeFolder, sourcesOf, type Found, type Step } from './found.ts'
import { resolveIn } from './paths.ts'
import { toolOf } from './step.ts'
import { outputsOf } from './recognise-databases.ts'

type Recogniser = (step: Step, tool: string) => Found | undefined

export function recogniseFiles(step: Step): Found | undefined {
  const tool = toolOf(step.program.argv)
  return recognisers.find(([pattern]) => pattern.test(tool))?.[1](step, tool)
}

const recognisers: readonly (readonly [RegExp, Recogniser])[] = [
  [/^(copy|xcopy)$/, copy],
  [/^robocopy$/, robocopy],
  [/^(cp|rsync|scp|pscp)$/, unixCopy],
  [/^(copy-item|compress-archive)$/, cmdlet],
  [/^(7za?|7zr|7zz|rar|winrar)$/, sevenZip],
  [/^(g|bsd)?tar$/, tar],
  [/^zip$/, zip],
  [/^(ossutil(64)?|coscli|aws|rclone|mc|s3cmd|bypy|baidupcs(-go)?)$/, upload],
  [/^(forfiles|find|tmpwatch|tmpreaper|del|erase|rm|rmdir|rd|remove-item|logrotate)$/, cleanUp],
  [/^(gunzip|pg_restore|unzip|gzip|zstd)$/, check],
]

/** Words that are no options: neither `/y` nor `-a`. */
function plain(step: Step, isWindows: boolean): string[] {
  return step.program.argv.slice(1).filter((word) => word !== '' && !(isWindows ? /^\/[\w+-]/ : /^-/).test(word))
}

function copied(tool: string, paths: readonly { path: string; isFolder: boolean }[], to: readonly string[]): Found {
  return { does: 'copy', tool, ...sourcesOf(paths), reads: paths.map(({ path }) => path), writes: to }
}

function copy(step: Step, tool: string): Found | undefined {
  const [from, to] = plain(step, true)
  if (from === undefined) return undefined
  const path = at(step, from)
  const isFolder = tool === 'xcopy' && looksLikeFolder(from)
  return copied(tool, [{ path, isFolder: isFolder || /[\\/]$/.test(from) }], to === undefined ? [] : [at(step, to)])
}

function robocopy(step: Step, tool: string): Found | undefined {
  const [from, to, ...files] = plain(step, true)
  if (from === undefined || to === undefined) return undefined
  const folder = at(step, from)
  const paths =
    files.length === 0
      ? [{ path: folder, isFolder: true }]
      : files.map((file) => ({ path: resolveIn(folder, file), isFolder: false }))
  const isMirror = step.program.argv.some((word) => /^\/(mir|purge)$/i.test(word))
  return { ...copied(tool, paths, [at(step, to)]), isMirror }
}

/** `host:path`, as rsync and scp write it; a drive letter is none. */
function isRemote(word: string): boolean {
  return /^[\w.@-]{2,}:/.test(word) || /^\w+:\/\//.test(word)
}

function unixCopy(step: Step, tool: string): Found | undefined {
  const words = plain(step, false)
  const to = words.at(-1)
  const from = words.slice(0, -1).filter((word) => !isRemote(word))
  if (to === undefined || from.length === 0) return undefined
  const isMirror = step.program.argv.some((word) => word.startsWith('--delete'))
  const paths = from.map((word) => ({ path: at(step, word), isFolder: looksLikeFolder(word) }))
  return {
    ...copied(tool, paths, [isRemote(to) ? to : at(step, to)]),
    isMirror,
    does: isRemote(to) ? 'upload' : 'copy',
  }
}

/** `-Path A -Destination B`, or both by their place. */
function cmdlet(step: Step, tool: string): Found | undefined {
  const words = step.program.argv.slice(1)
  const named = (pattern: RegExp): string | undefined => {
    const index = words.findIndex((word) => pattern.test(word))
    return index === -1 ? undefined : words[index + 1]
  }
  const placed = words.filter(
    (word, index) =>
      !word.startsWith('-') && !/^-(path|literalpath|destination\w*|compressionlevel)$/i.test(words[index - 1] ?? ''),
  )
  const from = named(/^-(literal)?path$/i) ?? placed.shift()
  const to = named(/^-destination(path)?$/i) ?? placed.shift()
  if (from === undefined) return undefined
  const found = copied(
    tool,
    [{ path: at(step, from), isFolder: looksLikeFolder(from) }],
    to === undefined ? [] : [at(step, to)],
  )
  return tool === 'compress-archive' ? { ...found, does: 'archive' } : found
}

function archived(step: Step, tool: string, out: string | undefined, inputs: readonly string[], cwd?: string): Found {
  const paths = inputs.map((word) => ({
    path: resolveIn(cwd ?? step.pipeline.cwd, word),
    isFolder: looksLikeFolder(word),
  }))
  const writes = out === undefined || out === '-' ? outputsOf(step) : [at(step, out)]
  return { does: 'archive', tool, ...sourcesOf(paths), reads: paths.map(({ path }) => path), writes }
}

function sevenZip(step: Step, tool: string): Found | undefined {
  const [verb, out, ...inputs] = step.program.argv.slice(1).filter((word) => !/^-/.test(word) && word !== '')
  if (verb === 't')
    return { does: 'check', tool, sources: [], reads: out === undefined ? [] : [at(step, out)], writes: [] }
  return verb === 'a' || verb === 'u' ? archived(step, tool, out, inputs) : undefined
}

interface Tar {
  mode: string
  out: string | undefined
  cwd: string | undefined
  readonly inputs: string[]
}

function tar(step: Step, tool: string): Found | undefined {
  const read: Tar = { mode: '', out: undefined, cwd: undefined, inputs: [] }
  // The first word is options, with a dash or without one.
  const rest = step.program.argv
    .slice(1)
    .map((word, index) => (index === 0 && /^[a-zA-Z]+$/.test(word) ? `-${word}` : word))
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) takeTarWord(word, rest, read)
  const { mode, out, inputs } = read
  if (mode === 't')
    return { does: 'check', tool, sources: [], reads: out === undefined ? [] : [at(step, out)], writes: [] }
  return mode === 'c'
    ? archived(step, tool, out, inputs, read.cwd === undefined ? undefined : at(step, read.cwd))
    : undefined
}

function takeTarWord(word: string, rest: string[], read: Tar): void {
  const letters = /^-([a-zA-Z]+)$/.exec(word)?.[1]
  if (letters !== undefined) bundled(letters, rest, read)
  else if (word.startsWith('--')) longTar(word, read)
  else if (!word.startsWith('-') && word !== '') read.inputs.push(word)
}

/** `-czf FILE`, `-C FOLDER`, `-X LIST`. */
function bundled(letters: string, rest: string[], read: Tar): void {
  read.mode ||= /[cxtru]/.exec(letters)?.[0] ?? ''
  if (letters.includes('f')) read.out = rest.shift()
  if (letters.includes('C')) read.cwd = rest.shift()
  if (/^[XT]$/.test(letters)) rest.shift()
}

function longTar(word: string, read: Tar): void {
  const [name, value] = word.split('=', 2)
  if (name === '--create') read.mode = 'c'
  else if (name === '--list' || name === '--extract' || name === '--get') read.mode = 't'
  else if (name === '--file') read.out = value
  else if (name === '--directory') read.cwd = value
}

function zip(step: Step, tool: string): Found | undefined {
  const words = plain(step, false)
  const excluded = step.program.argv.findIndex((word) => word === '-x')
  const kept = excluded === -1 ? words : words.filter((word) => step.program.argv.indexOf(word) < excluded)
  const [out, ...inputs] = kept
  return out === undefined || inputs.length === 0 ? undefined : archived(step, tool, out, inputs)
}

const TRANSFER = /^(cp|sync|copy|upload|put|mirror|move|mv|cp-r)$/

function upload(step: Step, tool: string): Found | undefined {
  const words = plain(step, false)
  const verb = words.findIndex((word) => TRANSFER.test(word))
  if (verb === -1) return undefined
  const [from, to] = words.slice(verb + 1)
  if (from === undefined || to === undefined || isRemote(from)) return undefined
  const path = at(step, from)
  const isMirror =
    step.program.argv.some((word) => /^--delete/.test(word)) || (tool === 'rclone' && words[verb] === 'sync')
  return {
    does: 'upload',
    tool,
    ...sourcesOf([{ path, isFolder: looksLikeFolder(from) }]),
    reads: [path],
    writes: [to],
    isMirror,
  }
}

function cleanUp(step: Step, tool: string): Found | undefined {
  const line = step.program.argv.join(' ')
  const whole = step.pipeline.programs.flatMap(({ argv }) => argv).join(' ')
  if (tool === 'find' && !/-delete|\brm\b|-exec\b/.test(whole)) return undefined
  if (tool === 'forfiles' && !/\b(del|erase|rd|rmdir)\b/i.test(line)) return undefined
  const days = /(?:\/d\s+-|-mtime\s+\+|-mmin\s+\+|AddDays\(-?\s*-)(\d{1,5})/i.exec(line)
  const number = days?.[1] === undefined ? undefined : Number(days[1])
  const isMinutes = /-mmin/.test(days?.[0] ?? '')
  const kept = number === undefined ? undefined : Math.max(1, isMinutes ? Math.round(number / 1440) : number)
  return { does: 'clean-up', tool, sources: [], reads: [], writes: [], days: kept }
}

/** `gunzip -t`, `pg_restore -l`, `unzip -t`: the copy is looked at, if not matched. */
function check(step: Step, tool: string): Found | undefined {
  const isCheck = step.program.argv.some((word) => /^(-t|--test|-tq|-l|--list|-qt)$/.test(word))
  return isCheck ? { does: 'check', tool, sources: [], reads: [], writes: [] } : undefined
}
