/** Follows what a task starts into the scripts that it calls, as far as they can be read, and lists the programs that do the work. */
import { interpretCmd } from './cmd-script.ts'
import { textOf } from './decode.ts'
import type { Action } from './old-task.ts'
import { folderOf, isWindowsPath, resolveIn } from './paths.ts'
import { interpretShell } from './shell-script.ts'
import { MAX_STEPS, toolOf, UNKNOWN, type Interpreted, type Pipeline, type Program, type Setting } from './step.ts'
import { unwrapped } from './unwrap.ts'
import { windowsWords } from './windows-words.ts'

/** The bytes of a file; undefined where it is not there or cannot be read. */
export type ReadFile = (path: string) => Promise<Uint8Array | undefined>

export interface Followed {
  readonly pipelines: readonly Pipeline[]
  /** Scripts that could not be read. */
  readonly missing: readonly string[]
  /** Scripts in which a password stands; empty text for the task's own line. */
  readonly passwords: readonly string[]
  readonly waits: boolean
  /** Scripts that were read. */
  readonly scripts: readonly string[]
}

const MAX_SCRIPTS = 50
const MAX_DEPTH = 10
const MAX_SCRIPT_BYTES = 1024 * 1024

/** Never throws for what scripts hold. */
export async function follow(actions: readonly Action[], read: ReadFile): Promise<Followed> {
  const walk = new Follow(read)
  for (const action of actions) await walk.action(action)
  return walk.result()
}

/** A password that stands there itself; one that is read from elsewhere (`$(…)`, `%X%`) does not. */
const PASSWORDS = [
  /\b(?:\w*PASSW(?:OR)?D|\w*_PWD|PGPASS|MYSQL_PWD)["']?\s*=\s*["']?[^\s"'$%!(;&|]/i,
  /--password[= ]["']?[^\s"'$%!-]/i,
  /\b(?:postgres(?:ql)?|mysql|mariadb|https?|ftp|sftp|redis):\/\/[^\s:@/]{1,100}:[^\s@/$%]{1,200}@/i,
  /\b(?:mysqldump|mysql|mariadb-dump)\b[^\n|]{0,300}\s-p[^\s"'$%]/i,
  /\b(?:7za?|rar)(?:\.exe)?["']?\s[^\n|]{0,300}\s-h?p[^\s"'$%]/i,
  /\bnet\s+use\s[^\n]{0,300}\/user:\S+\s+[^\s"'$%/]/i,
  /\bsshpass\s+-p\s*["']?[^\s"'$]/i,
]

export function holdsPassword(text: string): boolean {
  return PASSWORDS.some((pattern) => pattern.test(text))
}

interface Place {
  readonly setting: Setting
  readonly depth: number
  readonly outer: Pick<Program, 'container' | 'user'>
}

class Follow {
  readonly #read: ReadFile
  readonly #pipelines: Pipeline[] = []
  readonly #missing = new Set<string>()
  readonly #passwords = new Set<string>()
  readonly #scripts = new Set<string>()
  #waits = false

  constructor(read: ReadFile) {
    this.#read = read
  }

  result(): Followed {
    return {
      pipelines: this.#pipelines,
      missing: [...this.#missing],
      passwords: [...this.#passwords],
      waits: this.#waits,
      scripts: [...this.#scripts],
    }
  }

  async action({ how, command, arguments: rest, cwd }: Action): Promise<void> {
    const setting: Setting = { path: undefined, cwd, args: [], environment: {} }
    const place = { setting, depth: 0, outer: {} }
    const line = `${command} ${rest}`
    if (holdsPassword(line)) this.#passwords.add('')
    if (how !== 'program') {
      await this.#take(interpretAs(how, command, setting), place)
      return
    }
    const program = command.replace(/^%comspec%$/i, 'cmd').replaceAll(/%[^%]{1,60}%/g, UNKNOWN)
    if (toolOf([program]) === 'cmd') {
      await this.#take(interpretCmd(afterSlashC(rest), setting), place)
      return
    }
    const argv = [program, ...windowsWords(rest.replaceAll(/%[^%]{1,60}%/g, UNKNOWN))]
    const pipeline: Pipeline = {
      programs: [{ argv }],
      isChecked: true,
      isPipeSafe: true,
      cwd,
      dialect: 'program',
      environment: {},
    }
    await this.#pipeline(pipeline, place)
  }

  async #take({ pipelines, waits }: Interpreted, place: Place): Promise<void> {
    this.#waits ||= waits
    for (const pipeline of pipelines) if (this.#pipelines.length < MAX_STEPS) await this.#pipeline(pipeline, place)
  }

  async #pipeline(pipeline: Pipeline, place: Place): Promise<void> {
    const programs = pipeline.programs.map((program) => ({ ...place.outer, ...unwrapped(program) }))
    const [first] = programs
    if (first === undefined) return
    const inner = await this.#inner(first, pipeline, place)
    if (inner === undefined) {
      this.#pipelines.push({ ...pipeline, programs })
      return
    }
    this.#pipelines.push(...joined(inner, pipeline, programs))
  }

  /** What the program starts in its turn, where it is a script or a shell; undefined where it does the work itself. */
  async #inner(program: Program, pipeline: Pipeline, place: Place): Promise<readonly Pipeline[] | undefined> {
    const called = calledBy(program, pipeline)
    if (called === undefined) return undefined
    const before = this.#pipelines.splice(0)
    try {
      await this.#call(called, { program, pipeline, place })
      return this.#pipelines.splice(0)
    } finally {
      this.#pipelines.push(...before)
    }
  }

  async #call(called: Called, { program, pipeline, place }: Calling): Promise<void> {
    if (place.depth >= MAX_DEPTH) return
    const { container, user } = program
    const outer = { ...(container === undefined ? {} : { container }), ...(user === undefined ? {} : { user }) }
    const inner = { depth: place.depth + 1, outer }
    const { cwd, environment } = pipeline
    if (called.by === 'text') {
      const setting = { ...place.setting, cwd, environment }
      await this.#take(interpretAs(called.shell, called.text, setting), { ...inner, setting })
      return
    }
    const path = resolveIn(cwd, called.path)
    // A script inside a container lies in that container.
    const text = container === undefined ? await this.#script(path) : undefined
    if (text === undefined) {
      if (!this.#scripts.has(keyOf(path))) this.#missing.add(path)
      return
    }
    const setting: Setting = { path, cwd: cwd ?? folderOf(path), args: called.args, environment }
    await this.#take(interpretAs(called.shell, text, setting), { ...inner, setting })
  }

  /** Undefined where it cannot be read, or has been before: one that calls itself is looked at once. */
  async #script(path: string): Promise<string | undefined> {
    if (this.#scripts.has(keyOf(path)) || this.#scripts.size >= MAX_SCRIPTS) return undefined
    const bytes = await this.#read(path)
    if (bytes === undefined || bytes.length > MAX_SCRIPT_BYTES) return undefined
    this.#scripts.add(keyOf(path))
    const text = textOf(bytes, path)
    if (holdsPassword(text)) this.#passwords.add(path)
    return text
  }
}

interface Calling {
  readonly program: Program
  readonly pipeline: Pipeline
  readonly place: Place
}

/** What an inner shell writes goes on into the outer pipe or file. */
function joined(inner: readonly Pipeline[], outer: Pipeline, programs: readonly Program[]): readonly Pipeline[] {
  const [first, ...rest] = programs
  const only = inner.length === 1 ? inner[0] : undefined
  const last = only?.programs.at(-1)
  if (only === undefined || last === undefined || (rest.length === 0 && first?.output === undefined)) return inner
  const end = { ...last, output: last.output ?? first?.output }
  return [{ ...outer, programs: [...only.programs.slice(0, -1), end, ...rest] }]
}

function keyOf(path: string): string {
  return isWindowsPath(path) ? path.toLowerCase() : path
}

type Shell = 'cmd' | 'sh' | 'powershell'
type Called =
  | { readonly by: 'path'; readonly path: string; readonly args: readonly string[]; readonly shell: Shell }
  | { readonly by: 'text'; readonly text: string; readonly shell: Shell }

const SHELL_OF: Readonly<Record<string, Shell>> = { bat: 'cmd', cmd: 'cmd', sh: 'sh', bash: 'sh', ps1: 'powershell' }
const UNIX_SHELL = /^(sh|bash|dash|zsh|ash|ksh|source|\.)$/

export function shellOf(path: string): Shell | undefined {
  return SHELL_OF[/\.(bat|cmd|sh|bash|ps1)$/i.exec(path)?.[1]?.toLowerCase() ?? '']
}

function interpretAs(shell: Shell, text: string, setting: Setting): Interpreted {
  return shell === 'cmd' ? interpretCmd(text, setting) : interpretShell(text, setting, shell === 'powershell')
}

function calledBy({ argv }: Program, { dialect }: Pipeline): Called | undefined {
  const tool = toolOf(argv)
  const [first = '', ...rest] = argv
  const own = shellOf(first)
  if (own !== undefined) return { by: 'path', path: first, args: rest, shell: own }
  if (tool === 'cmd' && rest.some((word) => /^\/[cks]/i.test(word)))
    return {
      by: 'text',
      shell: 'cmd',
      text: rest
        .filter((word) => !/^\/[cdksq]$/i.test(word))
        .map(quotedWord)
        .join(' '),
    }
  if (tool === 'powershell' || tool === 'pwsh') return inPowerShell(rest)
  if (UNIX_SHELL.test(tool) && !(tool === 'source' && dialect === 'cmd')) return inShell(rest)
  // A path without an extension is a script more often than not, where nobody knows a program of that name.
  return isBareScript(first) ? { by: 'path', path: first, args: rest, shell: 'sh' } : undefined
}

function isBareScript(path: string): boolean {
  return (
    /^\.{0,2}\//.test(path) &&
    /backup|dump|bak$|备份/i.test(path.split('/').at(-1) ?? '') &&
    !/^pg_|\.py$|pg_basebackup/.test(path.split('/').at(-1) ?? '')
  )
}

function quotedWord(word: string): string {
  return /[\s&|<>]/.test(word) && !/^[&|<>]+$/.test(word) ? `"${word}"` : word
}

function inShell(rest: readonly string[]): Called | undefined {
  const at = rest.findIndex((word) => /^-\w*c$/.test(word))
  if (at !== -1) return { by: 'text', shell: 'sh', text: rest[at + 1] ?? '' }
  const path = rest.find((word) => !word.startsWith('-'))
  return path === undefined ? undefined : { by: 'path', path, args: rest.slice(rest.indexOf(path) + 1), shell: 'sh' }
}

function inPowerShell(rest: readonly string[]): Called | undefined {
  const file = rest.findIndex((word) => /^-f(ile)?$/i.test(word))
  const path = file === -1 ? rest.find((word) => /\.ps1$/i.test(word)) : rest[file + 1]
  if (path !== undefined) return { by: 'path', path, args: rest.slice(rest.indexOf(path) + 1), shell: 'powershell' }
  const command = rest.findIndex((word) => /^-c(ommand)?$/i.test(word))
  return command === -1 ? undefined : { by: 'text', shell: 'powershell', text: rest.slice(command + 1).join(' ') }
}

/** `/c "…"`: cmd takes off the first and the last quote. */
function afterSlashC(text: string): string {
  const command = text.replace(/^(\s*\/[a-z](:\w+)?)*\s*/i, '').trim()
  const isWrapped = command.startsWith('"') && (command.startsWith('""') || (command.match(/"/g) ?? []).length === 2)
  return isWrapped && command.endsWith('"') ? command.slice(1, -1) : command
}
