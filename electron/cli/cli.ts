/** What every command is given: where it prints, whom it asks, which words it uses, and how it reaches the agent. */
import { printableLines } from '../contract/printable.ts'
import type { AgentEvent } from '../contract/event.ts'
import type { Call } from '../contract/rpc.ts'
import type { Language } from '../contract/words.ts'
import type { Service } from './command-mode.ts'
import type { CliWords } from './word-table.ts'

/** The terminal or whatever stands in its place. */
export interface Io {
  out(text: string): void
  err(text: string): void
  /** A person sits at the other end of both input and errors. */
  readonly isInteractive: boolean
  /** Progress bars are drawn here; undefined where nobody would see them. */
  readonly progressStream: NodeJS.WritableStream | undefined
  /** One line from the person; `hidden` shows nothing of it. Rejects on Ctrl-C. */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string>
  /** All of standard input. */
  readInput(): Promise<string>
  /** Calls `onInterrupt` at Ctrl-C or a request to end, until the returned function is called. */
  onInterrupt(onInterrupt: () => void): () => void
}

/** A way to the agent: the one that runs, or one in this process for the length of the command. */
export interface Link {
  readonly call: Call
  onEvent(listener: (event: AgentEvent) => void): () => void
  close(): Promise<void>
}

export interface Cli {
  readonly io: Io
  readonly words: CliWords
  readonly language: Language
  readonly json: boolean
  readonly yes: boolean
  /** The state directory. */
  readonly home: string
  /** Against the folder in which the person typed the command. Throws where nothing was typed. */
  resolvePath(path: string): string
  /** What makes the agent a service of this system. */
  service(): Promise<Service>
  /** Connects once; later calls get the same link. */
  link(): Promise<Link>
}

/** One document where the caller is a program, words where it is a person. */
export function show(cli: Cli, document: unknown, text: string): void {
  if (cli.json) cli.io.out(`${JSON.stringify(document)}\n`)
  else if (text !== '') cli.io.out(`${printableLines(text)}\n`)
}
