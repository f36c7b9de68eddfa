/** Everything the engine touches outside itself: clock, files, processes, randomness. Injected, so that faults can be. */
import { randomBytes } from 'node:crypto'
import { spawn as spawnProcess } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { BackupError } from './errors.ts'
import type { Secret } from './secret.ts'

export interface Clock {
  /** Wall clock: display, names and calendar only, never the order of sets. */
  now(): Date
  /** Milliseconds since some fixed moment; never jumps. */
  monotonic(): number
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The part of node:fs/promises that the engine uses; every path may be bytes, because names are bytes (faults.md M13). */
export type Files = Pick<
  typeof fs,
  | 'open'
  | 'stat'
  | 'lstat'
  | 'statfs'
  | 'readdir'
  | 'opendir'
  | 'readlink'
  | 'realpath'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'rename'
  | 'link'
  | 'symlink'
  | 'chmod'
  | 'lchown'
  | 'utimes'
  | 'lutimes'
>

/** Starts a program directly, never through a shell. */
export type Spawn = typeof spawnProcess

export interface World {
  readonly clock: Clock
  readonly files: Files
  readonly spawn: Spawn
  /** `n` random bytes as lower-case hex. */
  random(bytes: number): string
  readonly host: { readonly hostname: string; readonly user: string; readonly platform: NodeJS.Platform }
  /** Command line that runs the engine's own worker entry in a child process: `[program, ...arguments]`. */
  readonly workerCommand: readonly [string, ...string[]]
  /** The value of a stored secret. @throws BackupError `secret-missing` */
  secret(name: string): Promise<Secret>
  /** Test builds mark the phases of a run here, so that a harness can kill between them (faults.md §3.0 SIG). */
  phase(name: string): void
}

export const realClock: Clock = {
  // The only place outside the tests that reads the clock (lint forbids it elsewhere).
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, signal === undefined ? {} : { signal }),
}

/** The real world. `workerCommand` differs between source tree and bundle, so the composition root gives it. */
export function realWorld(
  workerCommand: readonly [string, ...string[]],
  phase: (name: string) => void = () => undefined,
): World {
  return {
    clock: realClock,
    files: fs,
    spawn: spawnProcess,
    random: (bytes) => randomBytes(bytes).toString('hex'),
    host: { hostname: hostname(), user: userName(), platform: process.platform },
    workerCommand,
    // Whoever has a store puts it in its place.
    secret: (name) => Promise.reject(new BackupError('secret-missing', { name })),
    phase,
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a uid that has no name; the number is then the most we know.
    return String(process.getuid?.() ?? 'unknown')
  }
}
