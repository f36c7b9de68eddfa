/** Batch files: walks through them line by line, with variables as far as they are known, and lists the programs they start. */
import { folderOf, resolveIn } from './paths.ts'
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
import { cmdProgram } from './windows-words.ts'

interface Piece {
  readonly text: string
  /** What stands before it. */
  readonly joint: '' | '&' | '&&' | '|' | '||'
}

/** Commands that leave no trace in a backup. */
const SILENT =
  /^(rem|title|color|chcp|mode|setlocal|endlocal|goto|exit|timeout|ping|md|mkdir|ver|cls|verify|break|echo[.:]?|type|shift|@?echo)$/
/** Lines between a program and a look at its exit code. */
const NEAR = 3

export function interpretCmd(text: string, setting: Setting): Interpreted {
  const walk = new Walk(setting)
  const lines = text.replace(/\^\r?\n/g, '').split(/\r?\n/)
  for (const line of lines) if (walk.steps < MAX_STEPS) walk.line(line)
  return walk.end()
}

interface Noted extends Pipeline {
  readonly line: number
}

class Walk {
  readonly #setting: Setting
  readonly #variables: Map<string, string>
  readonly #found: Noted[] = []
  readonly #looks = new Set<number>()
  #cwd: string | undefined
  #line = 0
  #waits = false

  constructor(setting: Setting) {
    this.#setting = setting
    this.#cwd = setting.cwd
    this.#variables = new Map(Object.entries(setting.environment))
  }

  get steps(): number {
    return this.#found.length
  }

  line(raw: string): void {
    const trimmed = raw.trim().replace(/^@+/, '')
    if (trimmed === '' || trimmed.startsWith(':') || /^rem(\s|$)/i.test(trimmed)) return
    this.#line += 1
    if (/errorlevel/i.test(trimmed)) this.#looks.add(this.#line)
    const pieces = piecesOf(this.#expanded(trimmed))
    for (const [at, piece] of pieces.entries()) {
      if (piece.joint === '|') continue
      const after = pieces.slice(at + 1)
      const end = after.findIndex(({ joint }) => joint !== '|')
      this.#pipe([piece, ...(end === -1 ? after : after.slice(0, end))], end === -1 ? undefined : after[end]?.joint)
    }
  }

  #pipe(pieces: readonly Piece[], next: Piece['joint'] | undefined): void {
    const programs = pieces.flatMap(({ text }, at) => this.#program(text, at < pieces.length - 1) ?? [])
    if (programs.length > 0) this.#note(programs, next === '||' || next === '&&')
  }

  end(): Interpreted {
    const final = this.#found.at(-1)
    const pipelines = this.#found.map(({ line, ...pipeline }) => {
      const isLookedAt = [...this.#looks].some((look) => look >= line && look <= line + NEAR)
      // What the script ends with is what the task reports.
      return { ...pipeline, isChecked: pipeline.isChecked || isLookedAt || line === final?.line }
    })
    return { pipelines, waits: this.#waits }
  }

  #note(programs: readonly Program[], isChecked: boolean): void {
    const environment = tellingOf(this.#variables)
    this.#found.push({
      programs,
      isChecked,
      isPipeSafe: false,
      cwd: this.#cwd,
      dialect: 'cmd',
      environment,
      line: this.#line,
    })
  }

  /** The program of one piece; undefined where it changes only what the walk knows. */
  #program(piece: string, isPiped: boolean): Program | undefined {
    const text = withoutControl(piece)
    const program = cmdProgram(text)
    const tool = toolOf(program.argv)
    if (tool === 'set') this.#assign(text.replace(/^\s*set\s+/i, ''))
    else if (/^(cd|chdir|pushd)$/.test(tool))
      this.#enter(
        program.argv
          .slice(1)
          .filter((word) => !/^\/d$/i.test(word))
          .join(' '),
      )
    else if (tool === 'pause') this.#waits = true
    else if (tool !== '' && (isPiped || !SILENT.test(tool))) return program
    return undefined
  }

  #enter(folder: string): void {
    if (folder !== '') this.#cwd = folder.includes(UNKNOWN) ? undefined : resolveIn(this.#cwd, folder)
  }

  #assign(text: string): void {
    const assigned = /^"?([^="/\s][^="]*)=([^"]*)"?\s*$/.exec(text)
    const asked = /^\/[ap]\s+"?([^="\s]+)\s*=/i.exec(text)
    if (asked?.[1] !== undefined) this.#variables.set(asked[1].toUpperCase(), UNKNOWN)
    else if (assigned?.[1] !== undefined)
      this.#variables.set(assigned[1].trim().toUpperCase(), (assigned[2] ?? '').trim())
  }

  #expanded(line: string): string {
    return line
      .replace(/%%~?[a-z]+/gi, UNKNOWN)
      .replace(/%~([a-z]*)(\d)/gi, (_, modifiers: string, digit: string) =>
        this.#argument(Number(digit), modifiers.toLowerCase()),
      )
      .replace(/%(\d)/g, (_, digit: string) => this.#argument(Number(digit), ''))
      .replace(/%\*/g, () => this.#setting.args.join(' '))
      .replace(/%([^%:\s]{1,64})(:[^%]{0,100})?%/g, (_, name: string, cut: string | undefined) =>
        this.#value(name, cut),
      )
      .replace(/!([\w.-]{1,64})(:[^!]{0,100})?!/g, (_, name: string, cut: string | undefined) => this.#value(name, cut))
  }

  #argument(digit: number, modifiers: string): string {
    const { path, args } = this.#setting
    const value = digit === 0 ? (path ?? UNKNOWN) : (args[digit - 1] ?? '')
    if (modifiers.includes('d') && modifiers.includes('p') && !/[nx]/.test(modifiers))
      return path === undefined ? UNKNOWN : `${folderOf(value).replace(/\\$/, '')}\\`
    return /^[dpnxfs]*[nd](?!p)/.test(modifiers) && modifiers !== 'f' ? UNKNOWN : value
  }

  #value(name: string, cut: string | undefined): string {
    const known = new Map([
      ['CD', this.#cwd ?? UNKNOWN],
      ['COMSPEC', 'cmd'],
      ['SYSTEMDRIVE', 'C:'],
      ['SYSTEMROOT', 'C:\\Windows'],
      ['WINDIR', 'C:\\Windows'],
    ])
    const value = this.#variables.get(name.toUpperCase()) ?? known.get(name.toUpperCase())
    return cut === undefined ? (value ?? UNKNOWN) : UNKNOWN
  }
}

/** `if`, `for`, `else`, `call`, `start` and brackets are taken off: what they may start is looked at as if it were started. */
function withoutControl(piece: string): string {
  let text = piece.trim()
  for (let round = 0; round < 8; round += 1) {
    const before = text
    text = text
      .replace(/^[@(\s]+/, '')
      .replace(/^\)?\s*else\b\s*/i, '')
      .replace(
        /^if\s+(\/i\s+)?(not\s+)?(errorlevel\s+\d+|(exist|defined)\s+("[^"]*"|\S+)|("[^"]*"|\S+?)\s*(==|\b(equ|neq|lss|leq|gtr|geq)\b)\s*("[^"]*"|\S+))\s*/i,
        '',
      )
      .replace(/^for\s.{0,2000}?\)\s*do\s*/i, '')
      .replace(/^call\s+(?!:)/i, '')
      .replace(/^start\s+("[^"]*"\s+)?(\/\w+\s+)*/i, '')
    if (text === before) break
  }
  return /^["']/.test(text) || !/\)\s*$/.test(text) || text.includes('(') ? text : text.replace(/[)\s]+$/, '')
}

/** Cut at `&`, `&&`, `|` and `||` outside quotes; `^` takes the next character's meaning away. */
function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = []
  let text = ''
  let joint: Piece['joint'] = ''
  let isQuoted = false
  const end = (next: Piece['joint']): void => {
    if (text.trim() !== '') pieces.push({ text, joint })
    joint = next
    text = ''
  }
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at)
    const isDouble = line.charAt(at + 1) === char
    if (char === '"') isQuoted = !isQuoted
    if (isQuoted || !/[\^&|]/.test(char) || (char === '&' && /[<>]/.test(line.charAt(at - 1)))) text += char
    else if (char === '^') text += line.charAt((at += 1))
    else {
      end(char === '&' ? (isDouble ? '&&' : '&') : isDouble ? '||' : '|')
      if (isDouble) at += 1
    }
  }
  end('')
  return pieces
}
