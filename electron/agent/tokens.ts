/** The token files of a state directory: whoever may read one has its role; made at first, kept afterwards. */
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { tokenFiles } from '../contract/state-files.ts'
import { errnoOf } from '../engine/errors.ts'
import { Secret } from '../engine/secret.ts'
import type { World } from '../engine/world.ts'

export interface Tokens {
  readonly administrator: Secret
  readonly viewer: Secret
  /** For `/healthz` and `/metrics` alone. */
  readonly metrics: Secret
}

/** Reads the three tokens, or makes those that are missing or damaged; files have mode 0600. */
export function openTokens(home: string, world: World): Tokens {
  const open = (name: string): Secret => openToken(join(home, name), world)
  return {
    administrator: open(tokenFiles.administrator),
    viewer: open(tokenFiles.viewer),
    metrics: open(tokenFiles.metrics),
  }
}

function openToken(path: string, world: World): Secret {
  try {
    const known = readFileSync(path, 'utf8').trim()
    if (/^[0-9a-f]{64}$/.test(known)) {
      chmodSync(path, 0o600)
      return new Secret(known)
    }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  const made = world.random(32)
  const file = openSync(path, 'w', 0o600)
  try {
    // A damaged file may have had wider rights: narrowed before the value is in it.
    chmodSync(path, 0o600)
    writeSync(file, `${made}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return new Secret(made)
}
