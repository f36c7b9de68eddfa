/** From arguments to an exit code: the commands, what all of them share, and how every failure is told. */
import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { printableLines } from '../contract/printable.ts'
import { languages, type Language } from '../contract/words.ts'
import { passwordIn, withoutValue } from './arguments.ts'
import type { Cli, Io, Link } from './cli.ts'
import type { Service } from './command-mode.ts'
import type { AddCommand, Run } from './command.ts'
import { agentCommand } from './commands/agent.ts'
import { backupCommand } from './commands/backup.ts'
import { cleanupCommand } from './commands/cleanup.ts'
import { demoCommand } from './commands/demo.ts'
import { destinationCommands } from './commands/destination.ts'
import { historyCommands } from './commands/history.ts'
import { importTasksCommand } from './commands/import-tasks.ts'
import { jobCommand } from './commands/job.ts'
import { openCommand } from './commands/open.ts'
import { pauseCommands } from './commands/pause.ts'
import { restoreCommand } from './commands/restore.ts'
import { secretCommand } from './commands/secret.ts'
import { serviceCommand } from './commands/service.ts'
import { setCommands } from './commands/sets.ts'
import { showCommand } from './commands/show.ts'
import { statusCommand } from './commands/status.ts'
import { undoCommand } from './commands/undo.ts'
import { verifyCommand } from './commands/verify.ts'
import { errorDataOf, exitCodes, exitOf, inLanguage, wrongUse } from './failure.ts'
import { cliWords, languageFrom } from './words.ts'

export interface Surroundings {
  readonly io: Io
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly home: string
  readonly version: string
  connect(home: string): Promise<Link>
  /** What makes the agent a service of this system. @throws BackupError `service-not-here` */
  service(): Promise<Service>
}

const addCommands: readonly AddCommand[] = [
  jobCommand,
  pauseCommands,
  backupCommand,
  setCommands,
  showCommand,
  verifyCommand,
  restoreCommand,
  undoCommand,
  cleanupCommand,
  historyCommands,
  statusCommand,
  importTasksCommand,
  secretCommand,
  destinationCommands,
  agentCommand,
  serviceCommand,
  openCommand,
  demoCommand,
]

interface Shared {
  json?: boolean
  yes?: boolean
  lang?: string
}

/** Runs one command line (without program and script). Never throws. */
export async function runProgram(args: readonly string[], around: Surroundings): Promise<number> {
  const session = new Session(args, around)
  try {
    return await session.run()
  } catch (error) {
    return session.tell(error)
  } finally {
    await session.close()
  }
}

class Session {
  readonly #args: readonly string[]
  readonly #around: Surroundings
  #link: Promise<Link> | undefined
  #exit = 0
  /** What commander had to say; only its help is for people. */
  #told = ''

  constructor(args: readonly string[], around: Surroundings) {
    this.#args = args
    this.#around = around
  }

  async run(): Promise<number> {
    const words = cliWords(this.#language())
    // Before anything is parsed, so that no message can repeat it.
    if (passwordIn(this.#args)) throw wrongUse(words.passwordInArgument, words.passwordHint)
    const wanted = this.#option('--lang')
    if (wanted !== undefined && languageFrom(wanted, {}) === undefined)
      throw wrongUse(words.unknownLanguage(wanted), languages.join(', '))
    await this.#program().parseAsync([...this.#args], { from: 'user' })
    return this.#exit
  }

  /** Tells what went wrong, in the one place where that is done. Returns the exit code. */
  tell(error: unknown): number {
    const { io } = this.#around
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const language = this.#language()
    // A group of commands without one: its help is the answer.
    const isHelp = error instanceof CommanderError && error.code === 'commander.help'
    if (isHelp && !this.#isJson()) {
      io.err(this.#told)
      return exitCodes.usage
    }
    const known = isHelp
      ? wrongUse(cliWords(language).noCommand, cliWords(language).usageHint)
      : error instanceof CommanderError
        ? wrongUse(withoutValue(error.message.replace(/^error: /, '')), cliWords(language).usageHint)
        : error
    const data = inLanguage(errorDataOf(known), language)
    if (this.#isJson()) io.out(`${JSON.stringify({ error: data })}\n`)
    else {
      const hint = data.hint === '' ? '' : `${cliWords(language).hint}: ${data.hint}\n`
      io.err(printableLines(`${data.message}\n${hint}`))
    }
    return exitOf(data.code)
  }

  async close(): Promise<void> {
    try {
      await (await this.#link)?.close()
    } catch {
      // A link that never came about has been reported by the command that wanted it.
    }
  }

  #program(): Command {
    const program = new Command('sitekeep')
      .description('Backups that are read back, matched and restored in drills.')
      .option('--json', 'print one JSON document')
      .option('--yes', 'ask nothing')
      .option('--lang <LANGUAGE>', 'en or zh-CN; otherwise that of the system')
      .version(this.#around.version)
      .exitOverride()
      .configureOutput({ writeOut: (text) => this.#around.io.out(text), writeErr: (text) => (this.#told += text) })
    const run: Run =
      (handler) =>
      async (...args) => {
        this.#exit = await handler(this.#cli(program.opts<Shared>()), ...args)
      }
    for (const add of addCommands) add(program, run)
    return program
  }

  #cli({ json = false, yes = false }: Shared): Cli {
    const { io, home, workingDirectory } = this.#around
    const language = this.#language()
    return {
      io,
      home,
      json,
      yes,
      language,
      words: cliWords(language),
      resolvePath: (path) => {
        // An unset variable in a script must not come to mean the folder in which the script happens to run.
        if (path.trim() === '') throw wrongUse(cliWords(language).emptyPath, cliWords(language).usageHint)
        return resolve(workingDirectory, path)
      },
      service: () => this.#around.service(),
      link: () => (this.#link ??= this.#around.connect(home)),
    }
  }

  // Both are needed also where parsing failed, so they are looked up in the raw arguments.
  #isJson(): boolean {
    return this.#args.includes('--json')
  }

  #language(): Language {
    return languageFrom(this.#option('--lang'), this.#around.environment) ?? 'en'
  }

  #option(name: string): string | undefined {
    const at = this.#args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`))
    const found = this.#args[at]
    return found === name ? this.#args[at + 1] : found?.slice(name.length + 1)
  }
}
