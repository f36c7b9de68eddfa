/** The agent's own log: pino's JSON lines, cleaned of secrets, in files of 10 MB of which ten are kept (DESIGN §8). */
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import type { Redactor } from '../../engine/secret.ts'
import { localIso } from '../../engine/time.ts'
import type { World } from '../../engine/world.ts'

export interface AgentLogOptions {
  /** `SITEKEEP_HOME/logs`; exists. */
  readonly folder: string
  readonly world: World
  readonly redactor: Redactor
  readonly maxBytes?: number
  /** Told the same lines in plain words, for whoever keeps the log of a service. */
  readonly also?: LogEcho | undefined
  /** Files kept, the one that is written included. */
  readonly files?: number
}

export const logLevels = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]
/** Gets one line, cleaned of secrets, without its line break. */
export type LogEcho = (level: LogLevel, line: string) => void

/** Never throws: what cannot be logged must not stop the agent. */
export interface AgentLogFile {
  info(text: string, detail?: Readonly<Record<string, unknown>>): void
  warn(text: string, detail?: Readonly<Record<string, unknown>>): void
  error(text: string, detail?: Readonly<Record<string, unknown>>): void
  close(): void
}

const MAX_BYTES = 10 * 1024 * 1024
const FILES = 10

/** Opens `agent.log`; older files are `agent.1.log` (the newest of them) to `agent.9.log`. */
export function openAgentLog(options: AgentLogOptions): AgentLogFile {
  const { world, redactor } = options
  const file = new RotatingFile(options)
  const log = pino(
    {
      base: null,
      timestamp: () => `,"time":"${localIso(world.clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    // Cleaned as whole lines: whatever pino made of a value (an error's stack, a nested field) goes through here.
    { write: (line: string) => file.write(redactor.text(line)) },
  )
  const at =
    (level: LogLevel) =>
    (text: string, detail: Readonly<Record<string, unknown>> = {}): void => {
      log[level](detail, text)
      options.also?.(level, redactor.text(text).replaceAll(/\s*\n\s*/g, ' '))
    }
  return { info: at('info'), warn: at('warn'), error: at('error'), close: () => file.close() }
}

class RotatingFile {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #files: number
  #file: number | undefined
  #bytes = 0
  #isClosed = false

  constructor(options: AgentLogOptions) {
    this.#folder = options.folder
    this.#maxBytes = options.maxBytes ?? MAX_BYTES
    this.#files = options.files ?? FILES
  }

  write(line: string): void {
    try {
      const bytes = Buffer.from(line)
      if (this.#file === undefined) this.#open()
      if (this.#bytes > 0 && this.#bytes + bytes.byteLength > this.#maxBytes) this.#rotate()
      if (this.#file !== undefined) this.#bytes += writeSync(this.#file, bytes)
    } catch {
      // The disk is full or gone; runs meet that themselves and report it. The next line opens the file anew.
      this.#drop()
    }
    // What ends after the agent still has something to say.
    if (this.#isClosed) this.#drop()
  }

  close(): void {
    this.#isClosed = true
    this.#drop()
  }

  #drop(): void {
    const file = this.#file
    this.#file = undefined
    try {
      if (file !== undefined) closeSync(file)
    } catch {
      // A close that fails has let go of the file all the same; its lines were written before.
    }
  }

  #open(): void {
    this.#file = openSync(this.#path(0), 'a', 0o600)
    this.#bytes = fstatSync(this.#file).size
  }

  #rotate(): void {
    this.#drop()
    rmSync(this.#path(this.#files - 1), { force: true })
    for (let n = this.#files - 2; n >= 0; n -= 1) this.#shift(n)
    this.#open()
  }

  #shift(n: number): void {
    try {
      renameSync(this.#path(n), this.#path(n + 1))
    } catch {
      // There are not yet that many, or another program holds it: then it is written on, or overwritten by the next.
    }
  }

  #path(n: number): string {
    return join(this.#folder, n === 0 ? 'agent.log' : `agent.${n}.log`)
  }
}
