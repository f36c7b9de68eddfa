/** What a file of commands offers to the program. */
import type { Command } from 'commander'
import type { Cli } from './cli.ts'

/** Turns a handler that returns an exit code into what commander calls. */
export type Run = <A extends readonly unknown[]>(
  handler: (cli: Cli, ...args: A) => Promise<number>,
) => (...args: A) => Promise<void>

/** Adds commands to `program`. */
export type AddCommand = (program: Command, run: Run) => void
