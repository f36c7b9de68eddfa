/** A settings file for tests, with one job in it. */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  openSettings,
  type SettingsStore,
  type SettingsStoreOptions,
} from '../../../electron/agent/state/settings-store.ts'
import type { Settings } from '../../../electron/contract/settings.ts'
import { makeJob, PLACE } from '../../helpers/catalog.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { makeWorld } from '../../helpers/world.ts'

export const place = { id: PLACE, name: 'NAS', kind: 'folder' as const, path: '/mnt/nas', enabled: true }
export const withJob = (now: Settings): Settings => ({ ...now, destinations: [place], jobs: [makeJob()] })

export async function open(path: string, options: Partial<SettingsStoreOptions> = {}): Promise<SettingsStore> {
  const store = await openSettings({ path, world: makeWorld(), ...options })
  onTestFinished(() => store.close())
  return store
}

/** A file with one job in it; nobody has it open. */
export async function makeFile(): Promise<string> {
  const path = join(makeTempDir(), 'sitekeep.json')
  const store = await openSettings({ path, world: makeWorld() })
  await store.update(withJob)
  await store.close()
  return path
}
