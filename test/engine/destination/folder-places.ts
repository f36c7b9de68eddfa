/** Folder destinations for tests. */
import { join } from 'node:path'
import type { DestinationOf } from '../../../electron/contract/destination.ts'
import type { Destination } from '../../../electron/engine/destination/destination.ts'
import { folderKind } from '../../../electron/engine/destination/folder.ts'
import type { World } from '../../../electron/engine/world.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { makeWorld } from '../../helpers/world.ts'
import { live } from './suite-tools.ts'

export function configOf(path: string): DestinationOf<'folder'> {
  return { kind: 'folder', id: 'dst_abc123', name: 'disk', enabled: true, path }
}

export async function makeFolder(
  world: World = makeWorld(),
): Promise<{ root: string; world: World; destination: Destination }> {
  const root = join(makeTempDir(), 'root')
  const destination = await folderKind.open(configOf(root), { mode: 'create', minGeneration: 1 }, world, live)
  return { root, world, destination }
}

/** The same place, opened as a run opens it. */
export async function reopen(root: string, world: World): Promise<Destination> {
  return folderKind.open(configOf(root), { mode: 'existing', minGeneration: 1 }, world, live)
}
