/** Where things lie in a checkout, and the one way in which house commands talk to people. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')
export const modules = join(root, 'node_modules')
/** Below node_modules, so that a removed node_modules takes the stamps that vouch for it along. */
export const cache = join(modules, '.cache', 'sitekeep')
export const out = join(root, 'out')

/** One short line on stderr: stdout belongs to the command that is run. */
export function say(line) {
  process.stderr.write(`sitekeep: ${line}\n`)
}

/** An end that a person can act on: printed without a stack. */
export class HouseError extends Error {}

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The parsed file, or undefined where it is absent or half-written: a stamp that cannot be read vouches for nothing. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

export function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
}
