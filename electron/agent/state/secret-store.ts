/** Secrets by name, one 0600 file each; values leave as `Secret` only, and every one is known to the redactor (faults.md I27). */
import { secretNamePattern } from '../../contract/ids.ts'
import { phrase } from '../../contract/phrases.ts'
import { printable } from '../../contract/printable.ts'
import { join } from 'node:path'
import { replaceFile, syncFolder } from '../../engine/atomic-file.ts'
import { BackupError, errnoOf, reasonOf } from '../../engine/errors.ts'
import { Secret, type Redactor } from '../../engine/secret.ts'
import { localIso } from '../../engine/time.ts'
import type { World } from '../../engine/world.ts'

export interface SecretStoreOptions {
  /** `SITEKEEP_HOME/secrets`; exists, mode 0700. */
  readonly folder: string
  readonly world: World
  readonly redactor: Redactor
}

/** Names that Windows keeps for devices, with or without an ending. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/
/** As in the contract's `secret.set`. */
const MAX_BYTES = 65_536

/** Opens the store and makes every stored value known to the redactor before anything can be logged. */
export async function openSecrets(options: SecretStoreOptions): Promise<SecretStore> {
  const store = new SecretStore(options)
  for (const { name } of await store.list()) await store.get(name)
  return store
}

export class SecretStore {
  readonly #options: SecretStoreOptions

  constructor(options: SecretStoreOptions) {
    this.#options = options
  }

  /** Names and times, sorted by name; never values. */
  async list(): Promise<readonly { readonly name: string; readonly updatedAt: string }[]> {
    const { folder, world } = this.#options
    const names = await this.#guard(folder, () => world.files.readdir(folder))
    const found = names.filter((name) => secretNamePattern.test(name)).sort()
    const rows = await Promise.all(
      found.map(async (name) => {
        const { mtime } = await this.#guard(join(folder, name), () => world.files.stat(join(folder, name)))
        return { name, updatedAt: localIso(mtime) }
      }),
    )
    return rows
  }

  /** @throws BackupError `secret-missing`, `bad-name` */
  async get(name: string): Promise<Secret> {
    const path = this.#pathOf(name)
    const { world, redactor } = this.#options
    try {
      const handle = await world.files.open(path, 'r')
      try {
        // Files put here by hand may be open to others.
        const { mode } = await handle.stat()
        if (world.host.platform !== 'win32' && (mode & 0o077) !== 0) await handle.chmod(0o600)
        const secret = new Secret(await handle.readFile('utf8'))
        redactor.add(secret)
        return secret
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw this.#translate(error, name, path)
    }
  }

  /** Creates or replaces, in one step. */
  async set(name: string, value: Secret): Promise<void> {
    const path = this.#pathOf(name)
    const bytes = Buffer.from(value.reveal(), 'utf8')
    if (bytes.byteLength === 0 || bytes.byteLength > MAX_BYTES) {
      throw new BackupError('invalid-input', { reason: phrase('secret-size'), limit: MAX_BYTES })
    }
    // Known before it is written: an error of the write could name it.
    this.#options.redactor.add(value)
    await this.#guard(path, () => replaceFile(this.#options.world, path, bytes))
  }

  /** @throws BackupError `secret-missing`. The redactor goes on hiding the value: it may still be in use elsewhere. */
  async remove(name: string): Promise<void> {
    const path = this.#pathOf(name)
    try {
      await this.#options.world.files.unlink(path)
      await syncFolder(this.#options.world, this.#options.folder)
    } catch (error) {
      throw this.#translate(error, name, path)
    }
  }

  #pathOf(name: string): string {
    if (!secretNamePattern.test(name))
      throw new BackupError('bad-name', { name: printable(name), reason: phrase('name-plain') })
    if (DEVICE.test(name)) throw new BackupError('bad-name', { name, reason: phrase('name-device') })
    return join(this.#options.folder, name)
  }

  async #guard<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw this.#translate(error, '', path)
    }
  }

  #translate(error: unknown, name: string, path: string): BackupError {
    if (error instanceof BackupError) return error
    if (name !== '' && errnoOf(error) === 'ENOENT') return new BackupError('secret-missing', { name }, { cause: error })
    return new BackupError('state-unusable', { path, reason: reasonOf(error) }, { cause: error })
  }
}
