/** Takes off the programs that only start another one (sudo, timeout, docker exec …) and keeps what they say about it. */
import { toolOf, UNKNOWN, type Container, type Program } from './step.ts'

/** Options of a wrapper that take a value of their own. */
const WITH_VALUE: Readonly<Record<string, RegExp>> = {
  sudo: /^-[ugpCh]$|^--(user|group)$/,
  nice: /^-n$/,
  ionice: /^-[cn]$/,
  timeout: /^-[ks]$/,
  flock: /^-[wE]$/,
  env: /^-[uC]$/,
  runuser: /^-[ug]$/,
  chrt: /^$/,
}
/** Wrappers whose first word behind the options is their own: a duration, a lock file. */
const OWN_WORDS: Readonly<Record<string, number>> = { timeout: 1, flock: 1 }
const WRAPPERS =
  /^(sudo|nice|ionice|timeout|flock|env|nohup|exec|time|chronic|cronic|command|setsid|runuser|stdbuf|call)$/
const MAX_WRAPPERS = 8

/** The innermost program. */
export function unwrapped(program: Program): Program {
  let inner = program
  for (let round = 0; round < MAX_WRAPPERS; round += 1) {
    const next = once(inner)
    if (next === undefined) return inner
    inner = next
  }
  return inner
}

function once(program: Program): Program | undefined {
  const tool = toolOf(program.argv)
  if (/^(docker|podman|docker-compose|podman-compose)$/.test(tool)) return inContainer(program, tool)
  if (tool === 'su') return asUser(program)
  if (!WRAPPERS.test(tool)) return undefined
  const { argv } = program
  const takesValue = WITH_VALUE[tool] ?? /^$/
  const asked = argv.findIndex((word) => /^(-u|--user)$/.test(word))
  const user = tool === 'sudo' && asked !== -1 ? argv[asked + 1] : program.user
  const at = firstWord(argv, 1, takesValue, /^(env|sudo)$/.test(tool)) + (OWN_WORDS[tool] ?? 0)
  return at >= argv.length ? undefined : { ...program, argv: argv.slice(at), user }
}

/** Behind the options, their values and, for some, assignments. */
function firstWord(argv: readonly string[], from: number, takesValue: RegExp, mayAssign: boolean): number {
  for (let at = from; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (takesValue.test(word)) at += 1
    else if (!word.startsWith('-') && !(mayAssign && /^\w+=/.test(word))) return at
  }
  return argv.length
}

/** `su - postgres -c "pg_dump …"` starts a shell. */
function asUser(program: Program): Program | undefined {
  const { argv } = program
  const at = argv.findIndex((word) => /^(-c|--command)$/.test(word))
  if (at === -1) return undefined
  const user = argv.find((word, index) => index > 0 && index !== at + 1 && !word.startsWith('-'))
  return { ...program, argv: ['sh', '-c', argv[at + 1] ?? ''], user: user ?? program.user }
}

/** Options of `exec` that take a value. Source: `docker exec --help`, `docker compose exec --help`. */
const EXEC_VALUE = /^(-e|--env|-u|--user|-w|--workdir|--env-file|--index|--detach-keys)$/
const GLOBAL_VALUE = /^(-f|--file|-p|--project-name|-H|--host|--context|-c|--project-directory|--profile|--env-file)$/

function inContainer(program: Program, tool: string): Program | undefined {
  const { argv } = program
  const exec = execAt(argv)
  if (exec === undefined) return undefined
  const isService = tool.endsWith('-compose') || argv.slice(1, exec).includes('compose')
  const at = firstWord(argv, exec + 1, EXEC_VALUE, false)
  const container: Container = {
    program: tool.startsWith('podman') ? 'podman' : 'docker',
    name: argv[at] ?? UNKNOWN,
    isService,
    hasTerminal: hasTerminal(argv.slice(exec + 1, at), isService),
  }
  return argv[at + 1] === undefined ? undefined : { ...program, argv: argv.slice(at + 1), container }
}

/** Compose gives one where it is not told otherwise. */
function hasTerminal(options: readonly string[], isService: boolean): boolean {
  if (options.some((word) => /^(-\w*T\w*|--no-tty)$/i.test(word) && !/^-\w*t/.test(word))) return false
  return isService || options.some((word) => /^-[a-zA-Z]*t[a-zA-Z]*$/.test(word) || word === '--tty')
}

function execAt(argv: readonly string[]): number | undefined {
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (word === 'exec') return at
    if (GLOBAL_VALUE.test(word)) at += 1
    else if (!word.startsWith('-') && !/^(compose|container)$/.test(word)) return undefined
  }
  return undefined
}
