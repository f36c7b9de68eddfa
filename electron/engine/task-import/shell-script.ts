/** Scripts of sh and PowerShell: walks through them, with variables as far as they are known, and lists the programs they start. */
import { folderOf, resolveIn } from './paths.ts'
import { lex, type Token } from './shell-lexer.ts'
import {
  MAX_STEPS,
  tellingOf,
  toolOf,
  UNKNOWN,
  type Interpreted,
  type Pipeline,
  type Program,
  type Setting,
} from './step.ts'

const KEYWORD =
  /^(if|then|elif|else|fi|while|until|do|done|!|time|esac|try|catch|finally|elseif|begin|process|end|param|function)$/
const SILENT =
  /^(echo|printf|mkdir|export|local|readonly|declare|trap|sleep|date|true|false|exit|return|shift|unset|umask|test|\[|\[\[|wait|ulimit|write-host|write-output|new-item|start-sleep|out-null)$/

export function interpretShell(text: string, setting: Setting, isPowerShell: boolean): Interpreted {
  const walk = new Walk(setting, isPowerShell)
  for (const token of lex(text, walk)) {
    if (walk.steps >= MAX_STEPS) break
    walk.take(token)
  }
  return walk.end()
}

type Writable = { -readonly [K in keyof Program]: Program[K] } & { argv: string[] }

class Walk {
  readonly isPowerShell: boolean
  readonly #setting: Setting
  readonly #variables: Map<string, string>
  readonly #found: Pipeline[] = []
  #cwd: string | undefined
  #programs: Writable[] = []
  #current: Writable = { argv: [] }
  #assigned: [string, string][] = []
  #redirect: Token | undefined
  #isTested = false
  #isStrict = false
  #isPipeSafe = false
  #waits = false

  constructor(setting: Setting, isPowerShell: boolean) {
    this.isPowerShell = isPowerShell
    this.#setting = setting
    this.#cwd = setting.cwd
    this.#variables = new Map(Object.entries(setting.environment).map(([name, value]) => [this.#key(name), value]))
  }

  get steps(): number {
    return this.#found.length
  }

  value(name: string): string | undefined {
    const { path, args } = this.#setting
    if (name === '0') return path
    if (/^\d$/.test(name)) return args[Number(name) - 1]
    if (/^PSScriptRoot$/i.test(name)) return path === undefined ? undefined : folderOf(path)
    if (name === 'PWD') return this.#cwd
    return this.#variables.get(this.#key(name))
  }

  substitute(text: string): string | undefined {
    const { path } = this.#setting
    const isOwnFolder =
      /dirname\s+(--\s+)?["']?\$(\{?BASH_SOURCE|0|\{0\})|readlink\s+-f\s+["']?\$0|\$MyInvocation/.test(text)
    return isOwnFolder && path !== undefined ? folderOf(path) : undefined
  }

  take(token: Token): void {
    if (token.t === 'look') this.#lookBack()
    else if (token.t === 'redirect') this.#redirect = token
    else if (token.t === 'word') this.#word(token.text, token.isQuoted)
    else this.#operator(token.op)
  }

  end(): Interpreted {
    this.#operator('\n')
    const last = this.#found.at(-1)
    if (last !== undefined) this.#found[this.#found.length - 1] = { ...last, isChecked: true }
    return { pipelines: this.#found, waits: this.#waits }
  }

  #key(name: string): string {
    return this.isPowerShell ? name.toLowerCase() : name
  }

  #lookBack(): void {
    const last = this.#found.at(-1)
    if (last !== undefined) this.#found[this.#found.length - 1] = { ...last, isChecked: true }
  }

  #word(text: string, isQuoted: boolean): void {
    if (this.#redirect?.t === 'redirect') {
      this.#redirectTo(text, this.#redirect.kind)
      return
    }
    const isFirst = this.#current.argv.length === 0
    if (isFirst && !isQuoted && KEYWORD.test(text)) {
      this.#isTested ||= /^(if|elif|while|until|!|elseif)$/.test(text)
      return
    }
    const assignment = isFirst && !this.isPowerShell ? /^(\w+)=([\s\S]*)$/.exec(text) : null
    if (assignment?.[1] !== undefined) this.#assigned.push([assignment[1], assignment[2] ?? ''])
    else this.#current.argv.push(text)
  }

  #redirectTo(text: string, kind: 'output' | 'append' | 'errors' | 'input'): void {
    this.#redirect = undefined
    const isNowhere = text === '/dev/null' || (text === UNKNOWN && this.isPowerShell)
    if (kind === 'errors') this.#current.areErrorsDiscarded = isNowhere
    else if (kind !== 'input' && !isNowhere) this.#current.output = { path: text, append: kind === 'append' }
  }

  #operator(op: string): void {
    this.#endProgram(op === '|')
    if (op === '|') return
    const programs = this.#programs
    this.#programs = []
    if (programs.length === 0) return
    const isChecked = this.#isTested || this.#isStrict || op === '||' || op === '&&'
    this.#isTested = false
    const environment = { ...tellingOf(this.#variables), ...tellingOf(this.#assigned) }
    this.#assigned = []
    const dialect = this.isPowerShell ? 'powershell' : 'sh'
    this.#found.push({ programs, isChecked, isPipeSafe: this.#isPipeSafe, cwd: this.#cwd, dialect, environment })
  }

  #endProgram(isPiped: boolean): void {
    const program = this.#current
    this.#current = { argv: [] }
    this.#redirect = undefined
    const { argv } = program
    const [first = ''] = argv
    if (this.isPowerShell && argv[1] === '=') this.#variables.set(this.#key(first), valueOf(argv.slice(2)))
    else if (argv.length === 0 || /^(export|declare|local|readonly)$/.test(first)) this.#assign(argv.slice(1))
    else if (!this.#own(argv) && (isPiped || !SILENT.test(toolOf(argv)))) this.#programs.push(program)
  }

  #assign(exported: readonly string[]): void {
    for (const word of exported) {
      const [name = '', ...rest] = word.split('=')
      if (rest.length > 0) this.#assigned.push([name, rest.join('=')])
    }
    for (const [name, value] of this.#assigned) this.#variables.set(this.#key(name), value)
    this.#assigned = []
  }

  /** Commands that change what the walk knows. */
  #own(argv: readonly string[]): boolean {
    const [first = '', ...rest] = argv
    if (/^(cd|set-location|push-location|pushd)$/i.test(first)) {
      const folder = rest.find((word) => !word.startsWith('-'))
      if (folder !== undefined) this.#cwd = folder.includes(UNKNOWN) ? undefined : resolveIn(this.#cwd, folder)
    } else if (first === 'set') {
      this.#isStrict ||= rest.some((word) => /^-\w*e|^errexit$/.test(word))
      this.#isPipeSafe ||= rest.includes('pipefail')
    } else if (/^(pause|read|read-host)$/i.test(first)) this.#waits ||= !/^read$/.test(first)
    else if (first === 'for') this.#variables.set(rest[0] ?? '', UNKNOWN)
    else return false
    return true
  }
}

/** `Join-Path A B` is a path. */
function valueOf(words: readonly string[]): string {
  if (/^join-path$/i.test(words[0] ?? ''))
    return words
      .slice(1)
      .filter((word) => !word.startsWith('-'))
      .join('\\')
  return words.length === 1 ? (words[0] ?? '') : UNKNOWN
}
