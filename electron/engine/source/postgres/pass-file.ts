/** A password where libpq finds it and nobody else does: a file of our own, gone with the run; never an argument, never a setting of the environment. */
import { join } from 'node:path'
import type { PostgresServer, ServerVia } from '../../../contract/postgres.ts'
import { phrase } from '../../../contract/phrases.ts'
import { BackupError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import type { World } from '../../world.ts'
import { collect } from './collect.ts'
import { postgresError } from './errors.ts'
import { containerCommand, environmentFor } from './launch.ts'

export interface PassFile {
  /** As the programs are to be told; undefined where no password is stored. */
  readonly path: string | undefined
  /** Never throws: what cannot be removed now is overwritten, or goes with the work folder. */
  remove(): Promise<void>
}

const NONE: PassFile = { path: undefined, remove: () => Promise.resolve() }
const NAME = 'sitekeep-pass-'

/**
 * @param folder of the run's own, mode 0700
 * @throws BackupError invalid-input where the password cannot stand in a password file, container-missing
 */
export async function placePassword(
  server: PostgresServer,
  password: Secret | undefined,
  folder: string,
  world: World,
  signal: AbortSignal,
): Promise<PassFile> {
  if (password === undefined) return NONE
  const line = lineFor(password)
  const name = `${NAME}${world.random(8)}`
  return server.via === 'container'
    ? await placeInside(server, name, line, world, signal)
    : await placeHere(join(folder, name), line, world)
}

/** One line for every server: `*` everywhere, then the password, in which `\` and `:` are escaped. */
function lineFor(password: Secret): Buffer {
  const value = password.reveal()
  // A line ends a password, and libpq reads no further than a zero.
  if (/[\n\r\0]/.test(value)) throw new BackupError('invalid-input', { reason: phrase('password-lines') })
  return Buffer.from(`*:*:*:*:${value.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}\n`, 'utf8')
}

async function placeHere(path: string, line: Buffer, world: World): Promise<PassFile> {
  const handle = await world.files.open(path, 'wx', 0o600)
  try {
    await handle.write(line)
  } finally {
    await handle.close()
  }
  // The folder is emptied at the next start if this fails.
  return { path, remove: () => world.files.unlink(path).catch(() => undefined) }
}

/**
 * By the input of `install`, which makes the file private before it writes: an argument or a setting would show in lists of
 * processes, and the program that reads it runs as the same user of the container.
 */
async function placeInside(
  server: ServerVia<'container'>,
  name: string,
  line: Buffer,
  world: World,
  signal: AbortSignal,
): Promise<PassFile> {
  const path = `/tmp/${name}`
  const env = environmentFor(server)
  const inside = (args: readonly string[], options: { readonly signal: AbortSignal; readonly input?: Buffer }) =>
    collect(world, [...containerCommand(server), 'exec', '-i', server.container, ...args], { ...options, env })
  const remove = async () => {
    // After an abort too; a container that is gone has no file either.
    const never = new AbortController().signal
    await inside(['rm', '-f', path], { signal: never }).catch(() => undefined)
  }
  try {
    const { code, stderr, failure } = await inside(['install', '-m', '600', '/dev/stdin', path], {
      signal,
      input: line,
    })
    if (code !== 0) throw postgresError(undefined, stderr.toString('utf8'), { server, database: '', cause: failure })
    // What a killed run left behind.
    await inside(['find', '/tmp', '-maxdepth', '1', '-name', `${NAME}*`, '-mmin', '+1440', '-delete'], { signal })
  } catch (error) {
    await remove()
    throw error
  }
  return { path, remove }
}
