/** Runs the independent checker (test/checker/check.py), which was written from FORMAT.md alone. */
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../checker/check.py', import.meta.url))
// A version manager's shim costs more than the whole check: ask once where the interpreter is.
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()

export interface SetVerdict {
  /** `<slug>/<set-name>` */
  readonly set: string
  readonly ok: boolean
  readonly problems: readonly string[]
}

export interface RootVerdict {
  readonly sets: readonly SetVerdict[]
  /** About marker and journal. */
  readonly problems: readonly string[]
}

export interface Answer {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export function runChecker(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(python, [script, ...args], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  })
  return { status, stdout, stderr }
}

function judged(kind: 'set' | 'root', folder: string): { status: number | null; verdict: unknown } {
  const { status, stdout, stderr } = runChecker(kind, folder, '--json')
  if (stderr !== '') throw new Error(`the checker said: ${stderr}`)
  return { status, verdict: JSON.parse(stdout) }
}

/** The independent verdict on one set's folder. */
export function checkSet(folder: string): SetVerdict & { status: number | null } {
  const { status, verdict } = judged('set', folder)
  return { ...(verdict as SetVerdict), status }
}

/** The independent verdict on a destination: every set below its root, its marker, its journal. */
export function checkRoot(folder: string): RootVerdict & { status: number | null } {
  const { status, verdict } = judged('root', folder)
  return { ...(verdict as RootVerdict), status }
}
