/**
 * The PRE harness (faults.md §3.0): fails, kills at, shortens, delays or records the Nth real file operation of a program.
 *
 *     const shim = shimOrSkip(context)                     // compiled on demand; skips with a reason where gcc is missing
 *     const run = await runInjected(shim, { root, op: 'fsync', at: 3, act: 'errno:EIO' }, [process.execPath, driver, root])
 *     run.fired        // what it hit, in order; EMPTY MEANS THAT NOTHING WAS INJECTED: end the loop, or fail the test
 *     run.status, run.signal, run.stdout, run.stderr
 *
 * - `root`: absolute, canonical folder; only operations on it and below it count. Log and driver lie outside it.
 * - `op`: classes, comma-separated: open create read write ftruncate fsync rename unlink link mkdir rmdir close;
 *   `mutating` (default) = create write ftruncate fsync rename unlink link mkdir rmdir; `any` = all but read.
 * - `match`: only paths that contain this text. `at`: 1 for the first (default), counted in each process by itself.
 *   `forever`: that one and every later one.
 * - `act`: `errno:ENOSPC` (names: shim.c), `kill` (SIGKILL before the operation), `kill-after`, `short` (a write takes half),
 *   `hang` (give `timeoutMs`), `record` (see recording.ts).
 * - Loop over N until `fired` is empty: that is every operation of the run. Run with N at a random place for a sample.
 * - The environment is inherited by child processes; each counts for itself.
 * - A driver calls `mark('name')` to say "this was reported to the user"; marks appear in recordings alone.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { accessSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'vitest'

export interface Injection {
  readonly root: string
  readonly op?: string
  readonly match?: string
  readonly at?: number
  readonly forever?: boolean
  readonly act: `errno:${string}` | 'kill' | 'kill-after' | 'short' | 'hang' | 'record'
}

/** One operation that was interfered with. */
export interface Fired {
  readonly pid: number
  readonly n: number
  readonly op: string
  /** The C function that the program called. */
  readonly call: string
  readonly path: string
}

export interface InjectedRun {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly fired: readonly Fired[]
  /** The raw log, for recording.ts. */
  readonly log: Buffer
}

const source = fileURLToPath(new URL('shim.c', import.meta.url))
const cache = fileURLToPath(new URL('../../../node_modules/.cache/sitekeep/', import.meta.url))

/** Path of the compiled shim. Skips the test with a reason where it cannot be compiled; fails it in CI. */
export function shimOrSkip(context: TestContext): string {
  try {
    return buildShim()
  } catch (error) {
    const reason = `no fault injection here: ${error instanceof Error ? error.message : String(error)}`
    if (process.env['CI'] === 'true') throw new Error(reason, { cause: error })
    return context.skip(reason)
  }
}

/** Compiles once for each version of the source. Several test processes may do so at a time: the rename decides. */
function buildShim(): string {
  if (process.platform !== 'linux') throw new Error('LD_PRELOAD needs Linux')
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16)
  const target = join(cache, `inject-${process.arch}-${version}.so`)
  if (existsSync(target)) return target
  mkdirSync(dirname(target), { recursive: true })
  const temporary = `${target}.${randomBytes(4).toString('hex')}`
  execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-o', temporary, source])
  renameSync(temporary, target)
  return target
}

/** The environment in which a program is interfered with; for programs that a test starts by other means. */
export function injectionEnv(shim: string, injection: Injection, log: string): Record<string, string> {
  return {
    LD_PRELOAD: shim,
    // libuv may hand file operations to io_uring, where no function of the C library is called.
    UV_USE_IO_URING: '0',
    INJ_ROOT: injection.root,
    INJ_OP: injection.op ?? 'mutating',
    INJ_AT: String(injection.at ?? 1),
    INJ_ACT: injection.act,
    INJ_LOG: log,
    ...(injection.match === undefined ? {} : { INJ_MATCH: injection.match }),
    ...(injection.forever === true ? { INJ_FOREVER: '1' } : {}),
  }
}

/** Runs `command` to its end; one that hangs is killed after `timeoutMs`. */
export async function runInjected(
  shim: string,
  injection: Injection,
  command: readonly [string, ...string[]],
  options: { readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number } = {},
): Promise<InjectedRun> {
  const dir = mkdtempSync(join(tmpdir(), 'sitekeep-inject-'))
  const log = join(dir, 'log')
  try {
    const [program, ...args] = command
    const env = { ...process.env, ...options.env, ...injectionEnv(shim, injection, log) }
    const ended = await run(program, args, env, options.timeoutMs ?? 60_000)
    const bytes = existsSync(log) ? readFileSync(log) : Buffer.alloc(0)
    return { ...ended, log: bytes, fired: injection.act === 'record' ? [] : firedIn(bytes.toString('utf8')) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeout: number,
): Promise<Pick<InjectedRun, 'status' | 'signal' | 'stdout' | 'stderr'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, timeout, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }))
  })
}

function firedIn(log: string): Fired[] {
  const found: Fired[] = []
  for (const line of log.split('\n')) {
    const parts = /^F (\d+) (\d+) (\S+) (\S+) (.*)$/.exec(line)
    if (parts === null) continue
    const [, pid = '', n = '', op = '', call = '', path = ''] = parts
    found.push({ pid: Number(pid), n: Number(n), op, call, path })
  }
  return found
}

/** For drivers: notes in the recording that this was reached. Does nothing where nothing records. */
export function mark(name: string): void {
  try {
    accessSync(`/.inject-mark/${name}`)
  } catch {
    // There is no such file, anywhere: the question itself is the mark.
  }
}
