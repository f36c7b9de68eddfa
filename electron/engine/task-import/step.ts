/** What a script does, step by step, whichever shell it is written for. */

/** Stands in a word for a part that is known only when the script runs: a date, an input, the output of a program. */
export const UNKNOWN = '\ue000'

export type Dialect = 'cmd' | 'sh' | 'powershell' | 'program'

export interface Program {
  readonly argv: readonly string[]
  /** The file that its output goes to. */
  readonly output?: { readonly path: string; readonly append: boolean } | undefined
  readonly areErrorsDiscarded?: boolean
  /** The container in which it runs. */
  readonly container?: Container | undefined
  /** Whom it runs as, where it says so (`sudo -u postgres`). */
  readonly user?: string | undefined
}

export interface Container {
  readonly program: 'docker' | 'podman'
  /** Of a container, or of a service of a compose file. */
  readonly name: string
  readonly isService: boolean
  readonly hasTerminal: boolean
}

/** Programs whose outputs are the next one's input; mostly one alone. */
export interface Pipeline {
  readonly programs: readonly Program[]
  /** Somebody looks at its exit code. */
  readonly isChecked: boolean
  /** A failure before its last program counts. */
  readonly isPipeSafe: boolean
  readonly cwd: string | undefined
  readonly dialect: Dialect
  /** Variables by which programs are told something, in capitals. */
  readonly environment: Readonly<Record<string, string>>
}

/** Where a text stands and with what it is started. */
export interface Setting {
  /** Of the script; undefined for a line of its own. */
  readonly path: string | undefined
  readonly cwd: string | undefined
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export interface Interpreted {
  readonly pipelines: readonly Pipeline[]
  /** It stops and waits for a key. */
  readonly waits: boolean
}

/** Programs read these. */
const TELLING = /^(PG(HOST|PORT|USER|DATABASE)|DJANGO_SETTINGS_MODULE)$/

export function tellingOf(variables: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries(
    [...variables]
      .filter(([name]) => TELLING.test(name.toUpperCase()))
      .map(([name, value]) => [name.toUpperCase(), value]),
  )
}

/** The program's own name: `C:\PROGRA~1\7-Zip\7z.exe` is `7z`. */
export function toolOf(argv: readonly string[]): string {
  const name = (argv[0] ?? '').split(/[\\/]/).at(-1) ?? ''
  return name.replace(/\.(exe|com)$/i, '').toLowerCase()
}

/** At most so many steps of all scripts together are looked at. */
export const MAX_STEPS = 2000
