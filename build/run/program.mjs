/** Starts programs: with inherited terminal, signals passed on, and a time limit where they could hang. */
import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { root } from './place.mjs'

/** Signals that a terminal or a service manager sends to us and that the child has to answer. */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program and waits for it.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, stdio?: any, seconds?: number, shell?: boolean}} [options] `seconds`: killed after that long.
 * @returns {Promise<{code: number, timedOut: boolean}>} exit code as a shell would give it; 127 where the program is not there.
 */
export function runProgram(program, args, options = {}) {
  return new Promise((resolve) => {
    const { env = process.env, cwd = root, stdio = 'inherit', seconds, shell = false } = options
    const child = spawn(program, args, { env, cwd, stdio, shell, windowsHide: true })
    let timedOut = false
    const handlers = passedOn.map((signal) => [signal, () => passOn(child, signal)])
    for (const [signal, handler] of handlers) process.on(signal, handler)
    const timer =
      seconds === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true
            killTree(child)
          }, seconds * 1000)
    const end = (code) => {
      clearTimeout(timer)
      for (const [signal, handler] of handlers) process.off(signal, handler)
      resolve({ code, timedOut })
    }
    child.once('error', () => end(127))
    child.once('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal ?? 'SIGKILL'] ?? 9)))
  })
}

/** Ctrl-C on a terminal reaches the child by itself: it is in the same group. */
function passOn(child, signal) {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
}

/** On Windows a killed npm would leave its children downloading. */
function killTree(child) {
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' })
  else child.kill('SIGKILL')
}

/** What a program prints, trimmed; undefined where it is absent, fails, or takes longer than `seconds`. */
export function outputOf(program, args, seconds = 20) {
  const result = spawnSync(program, args, { encoding: 'utf8', timeout: seconds * 1000, windowsHide: true })
  return result.error === undefined && result.status === 0 ? result.stdout.trim() : undefined
}
