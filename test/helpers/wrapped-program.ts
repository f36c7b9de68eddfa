/** Programs with a shell script in front of them, by way of the injected `spawn`: what a broken or lying program does. */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { basename } from 'node:path'
import type { Spawn } from '../../electron/engine/world.ts'

/**
 * @param name of the program, by the last part of its path
 * @param script of bash, in which `"$@"` is the real program with its arguments; undefined leaves this start alone
 */
export function wrapping(name: string, script: (args: readonly string[], start: number) => string | undefined): Spawn {
  let starts = 0
  const wrapped = (file: string, args: readonly string[], options: SpawnOptions): ChildProcess => {
    if (basename(file) !== name || args.includes('--version')) return spawn(file, args, options)
    starts += 1
    const own = script(args, starts)
    return own === undefined
      ? spawn(file, args, options)
      : spawn('bash', ['-c', own, 'wrapper', file, ...args], options)
  }
  // One of the overloads of `spawn`: the only one that the engine uses.
  return wrapped as Spawn
}
