/** `sitekeep.json`: read, validated, written whole; edited by hand or by the window; its last good copy kept (faults.md G08). */
import { phrase } from '../../contract/phrases.ts'
import { unwatchFile, watchFile } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SETTINGS_VERSION, type Settings } from '../../contract/settings.ts'
import type { Summary } from '../../contract/summary.ts'
import { replaceFile } from '../../engine/atomic-file.ts'
import { BackupError, errnoOf, reasonOf } from '../../engine/errors.ts'
import { localStamp } from '../../engine/time.ts'
import type { World } from '../../engine/world.ts'
import {
  MAX_SETTINGS_BYTES,
  parseSettings,
  printSchema,
  printSettings,
  type SettingsMigration,
} from './settings-file.ts'

export interface SettingsStoreOptions {
  /** `SITEKEEP_HOME/sitekeep.json`; its folder exists. */
  readonly path: string
  readonly world: World
  /** Told when other settings come into force, by an edit of the file or by `update`. */
  readonly onChange?: (now: Settings, before: Settings) => void
  /** Told when the file's fault comes, changes or goes. */
  readonly onFault?: (fault: BackupError | undefined) => void
  /** Told when the last good copy could not be written; the settings are in force all the same. */
  readonly onCopyFault?: (fault: BackupError) => void
  readonly migrations?: readonly SettingsMigration[]
}

const SCHEMA_NAME = 'sitekeep.schema.json'
/** How often the file is looked at for an edit by hand. Polled: events of a folder get lost on shares and when editors rename. */
const WATCH_MS = 2000

/** @throws BackupError where neither the file nor its last good copy can be used: starting without jobs would hide the loss. */
export async function openSettings(options: SettingsStoreOptions): Promise<SettingsStore> {
  const store = new SettingsStore(options)
  await store.open()
  return store
}

export class SettingsStore {
  readonly #options: SettingsStoreOptions
  readonly #copyPath: string
  #inForce: Settings | undefined
  #fault: BackupError | undefined
  #copyFault: BackupError | undefined
  #isRestored = false
  /** Bytes that were last judged, so that an unchanged file is not judged again. */
  #seen: Buffer | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #watcher: (() => void) | undefined

  constructor(options: SettingsStoreOptions) {
    this.#options = options
    this.#copyPath = `${options.path}.good`
  }

  /** The settings in force: the file's, or the last good ones while the file has a fault. */
  current(): Settings {
    if (this.#inForce === undefined) throw new Error('the settings are used before they were opened')
    return this.#inForce
  }

  /** What is wrong with the file as it lies there now; undefined where it is good. */
  fault(): BackupError | undefined {
    return this.#fault
  }

  /** For the window: the file's fault, its copy's, and whether a lost file was put back. */
  notices(): Summary['notices'] {
    const restored = { code: 'config-restored', detail: { path: this.#options.path } }
    const faults = [this.#fault, this.#copyFault].flatMap((fault) =>
      fault === undefined ? [] : [{ code: fault.code, detail: fault.detail }],
    )
    return [...faults, ...(this.#isRestored ? [restored] : [])]
  }

  async open(): Promise<void> {
    const found = await this.#read(this.#options.path)
    if (found !== undefined) await this.#judge(found)
    if (this.#inForce === undefined) await this.#fallBack(found)
    await this.#write(join(dirname(this.#options.path), SCHEMA_NAME), printSchema())
  }

  /** Writes what `change` returns, whole; changes are made one after the other, each on the newest settings. */
  async update(change: (now: Settings) => Settings): Promise<Settings> {
    return await this.#inTurn(async () => {
      await this.#look()
      if (this.#fault?.code === 'config-newer') throw this.#fault
      const bytes = printSettings(change(this.current()), SCHEMA_NAME)
      const next = this.#check(bytes)
      if (this.#fault !== undefined) await this.#keepDamaged()
      await this.#write(this.#options.path, bytes)
      await this.#take(next, Buffer.from(bytes))
      return next
    })
  }

  /** Reads the file again if it was changed by hand; true where other settings came into force. */
  async refresh(): Promise<boolean> {
    return await this.#inTurn(async () => {
      const before = this.#inForce
      await this.#look()
      return this.#inForce !== before
    })
  }

  /** Looks for edits by hand from now on, until `close`. */
  watch(intervalMs = WATCH_MS): void {
    const { path } = this.#options
    const look = (): void => {
      // A file that cannot be read now is a fault that `refresh` has noted; there is nobody here to tell.
      this.refresh().catch(() => undefined)
    }
    watchFile(path, { persistent: false, interval: intervalMs }, look)
    this.#watcher = () => {
      unwatchFile(path, look)
    }
  }

  /** Ends watching, after what is going on. */
  async close(): Promise<void> {
    this.#watcher?.()
    await this.#queue
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => undefined)
    return await turn
  }

  async #look(): Promise<void> {
    const found = await this.#read(this.#options.path)
    // Editors that replace a file leave a moment without it; the settings in force stay, and the next write makes it anew.
    if (found === undefined) return
    if (this.#seen?.equals(found) !== true) await this.#judge(found)
    else if (this.#copyFault !== undefined) await this.#keepCopy(found)
  }

  async #judge(found: Buffer): Promise<void> {
    try {
      await this.#take(this.#parse(found, this.#options.path), found)
    } catch (error) {
      if (!(error instanceof BackupError) || !error.code.startsWith('config-')) throw error
      this.#seen = found
      this.#setFault(error)
    }
  }

  async #take(next: Settings, bytes: Buffer): Promise<void> {
    const before = this.#inForce
    this.#inForce = next
    this.#seen = bytes
    this.#setFault(undefined)
    if (before !== undefined) this.#options.onChange?.(next, before)
    await this.#keepCopy(bytes)
  }

  /** The settings are in force by now: a copy that cannot be written takes nothing back, it is told. */
  async #keepCopy(bytes: Buffer): Promise<void> {
    try {
      await this.#write(this.#copyPath, bytes)
      this.#copyFault = undefined
    } catch (error) {
      const reason = error instanceof BackupError ? String(error.detail['reason'] ?? error.message) : reasonOf(error)
      const isNew = this.#copyFault === undefined
      this.#copyFault = new BackupError('config-copy-failed', { path: this.#copyPath, reason }, { cause: error })
      if (isNew) this.#options.onCopyFault?.(this.#copyFault)
    }
  }

  #setFault(fault: BackupError | undefined): void {
    const changed = this.#fault?.message !== fault?.message
    this.#fault = fault
    if (changed) this.#options.onFault?.(fault)
  }

  /** At the start, where the file is gone or has a fault. */
  async #fallBack(found: Buffer | undefined): Promise<void> {
    const copy = await this.#read(this.#copyPath)
    if (copy === undefined) {
      if (this.#fault?.code === 'config-newer') throw this.#fault
      if (this.#fault !== undefined) throw this.#unusable(undefined)
      await this.#begin()
      return
    }
    // Of a newer version's file the copy is newer too, or older than what the person last saw: neither may come into force.
    if (this.#fault?.code === 'config-newer') throw this.#fault
    this.#inForce = this.#parseCopy(copy)
    if (found !== undefined) return
    await this.#write(this.#options.path, copy)
    this.#seen = copy
    this.#isRestored = true
  }

  #parseCopy(copy: Buffer): Settings {
    try {
      return this.#parse(copy, this.#copyPath)
    } catch (error) {
      // A copy of a newer version says what is to be done; any other fault leaves nothing to start from.
      throw error instanceof BackupError && error.code === 'config-invalid' ? this.#unusable(error) : error
    }
  }

  /** Neither the file nor its copy: to say that the good copy stays in force would be untrue. */
  #unusable(ofCopy: BackupError | undefined): BackupError {
    const why = (fault: BackupError | undefined): string => String(fault?.detail['reason'] ?? phrase('vanished'))
    const detail = { path: this.#options.path, copy: this.#copyPath, reason: why(this.#fault), problem: why(ofCopy) }
    return new BackupError('config-unusable', detail, { cause: this.#fault ?? ofCopy })
  }

  async #begin(): Promise<void> {
    const installId = this.#options.world.random(16)
    const bytes = printSettings({ version: SETTINGS_VERSION, installId, destinations: [], jobs: [] }, SCHEMA_NAME)
    await this.#write(this.#options.path, bytes)
    await this.#take(this.#parse(bytes, this.#options.path), Buffer.from(bytes))
  }

  #parse(bytes: Uint8Array, path: string): Settings {
    const { migrations } = this.#options
    return parseSettings(bytes, { path, copy: this.#copyPath, ...(migrations === undefined ? {} : { migrations }) })
  }

  /** What is about to be written must be readable again; its faults are those of the change, not of the file. */
  #check(bytes: Uint8Array): Settings {
    try {
      return this.#parse(bytes, this.#options.path)
    } catch (error) {
      if (!(error instanceof BackupError)) throw error
      throw new BackupError(
        'invalid-input',
        { reason: phrase('settings-refused'), problem: String(error.detail['reason']) },
        { cause: error },
      )
    }
  }

  /** What a person wrote by hand is kept, though it could not be used. */
  async #keepDamaged(): Promise<void> {
    const { path, world } = this.#options
    if (this.#seen === undefined) return
    const name = `${basename(path)}.damaged-${localStamp(world.clock.now())}`
    await this.#write(join(dirname(path), name), this.#seen)
  }

  async #read(path: string): Promise<Buffer | undefined> {
    try {
      const handle = await this.#options.world.files.open(path, 'r')
      try {
        const { size } = await handle.stat()
        if (size <= MAX_SETTINGS_BYTES) return await handle.readFile()
        // One byte more than is allowed: enough to be refused, without reading what may be endless.
        return Buffer.alloc(MAX_SETTINGS_BYTES + 1)
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw unusable(path, error)
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    try {
      const known = await this.#read(path)
      if (known?.equals(bytes) === true) return
      await replaceFile(this.#options.world, path, bytes)
    } catch (error) {
      throw error instanceof BackupError ? error : unusable(path, error)
    }
  }
}

function unusable(path: string, error: unknown): BackupError {
  return new BackupError('state-unusable', { path, reason: reasonOf(error) }, { cause: error })
}
