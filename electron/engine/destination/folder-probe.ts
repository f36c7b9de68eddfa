/** The "Test" button of a folder: what is there, and whether a file really can be written, listed, read back and removed. */
import { join } from 'node:path'
import type { DestinationOf, Marker, ProbeReport } from '../../contract/destination.ts'
import { PARTIAL_PREFIX, systemError, syncFolder, writeSynced } from '../atomic-file.ts'
import { diskError, roomAt } from '../disk-errors.ts'
import { BackupError, throwIfAborted, toBackupError } from '../errors.ts'
import type { World } from '../world.ts'
import type { DestinationOpening } from './destination.ts'
import { readMarker } from './folder-place.ts'
import { acceptMarker } from './marker.ts'

/** Large enough to measure a disk beyond one write's overhead, small enough for a slow stick: 4 MiB. */
const PROBE_BYTES = 4 * 1024 * 1024
const SEED_BYTES = 4096

type Measured = Pick<ProbeReport, 'writeRate' | 'readRate'>

/**
 * Never throws. A folder that is not there is `missing`; one without a marker `new`, and is tested by a file that is removed
 * again; another's is `foreign` and nothing is written to it, nor to a `known` place without its marker or with an older one.
 */
export async function probeFolder(
  config: DestinationOf<'folder'>,
  world: World,
  signal: AbortSignal,
  known?: Pick<DestinationOpening, 'minGeneration'>,
): Promise<ProbeReport> {
  let state: ProbeReport['state'] = 'missing'
  let room: Pick<ProbeReport, 'freeBytes' | 'totalBytes'> = {}
  try {
    await demandFolder(config.path, world)
    const found = await roomAt(config.path, world)
    if (found !== undefined) room = { freeBytes: found.free, totalBytes: found.total }
    state = 'new'
    const marker = await readMarker(config.path, world)
    state = stateOf(marker, config.id)
    if (marker === undefined && known !== undefined)
      throw new BackupError('destination-marker-missing', { path: config.path })
    if (marker !== undefined) acceptMarker(marker, config.id, known?.minGeneration ?? 1, config.path)
    const measured = await measure(config.path, world, signal)
    return { ok: true, writable: true, state, ...room, ...measured }
  } catch (error) {
    return { ok: false, writable: false, state, ...room, error: toBackupError(error).toData() }
  }
}

function stateOf(marker: Marker | undefined, id: string): ProbeReport['state'] {
  if (marker === undefined) return 'new'
  return marker.id === id ? 'ours' : 'foreign'
}

async function demandFolder(path: string, world: World): Promise<void> {
  const stat = await world.files.stat(path).catch(async (error: unknown) => {
    throw await diskError(error, { role: 'reading', path }, world)
  })
  if (!stat.isDirectory()) throw new BackupError('destination-not-folder', { path })
}

async function measure(root: string, world: World, signal: AbortSignal): Promise<Measured> {
  const name = `${PARTIAL_PREFIX}probe-${world.random(8)}`
  const path = join(root, name)
  const data = sampleOf(world)
  try {
    const start = world.clock.monotonic()
    await writeSynced(world, path, data, { signal })
    const written = world.clock.monotonic()
    if (!(await world.files.readdir(root)).includes(name))
      throw systemError('EIO', `'${name}' was written but is not listed`)
    throwIfAborted(signal)
    const reading = world.clock.monotonic()
    await compare(path, data, world)
    const read = world.clock.monotonic()
    await world.files.unlink(path)
    await syncFolder(world, root)
    return { writeRate: rate(written - start), readRate: rate(read - reading) }
  } catch (error) {
    // What failed is the news; a probe left behind is hidden and tiny.
    await world.files.unlink(path).catch(() => undefined)
    throw await diskError(error, { role: 'destination', path: root, needed: PROBE_BYTES }, world)
  }
}

/** Random, so that neither compression nor deduplication flatters the disk. */
function sampleOf(world: World): Buffer {
  const seed = Buffer.from(world.random(SEED_BYTES), 'hex')
  const data = Buffer.alloc(PROBE_BYTES)
  for (let offset = 0, turn = 0; offset < PROBE_BYTES; offset += SEED_BYTES, turn += 1) {
    for (let i = 0; i < SEED_BYTES; i += 1) data[offset + i] = (seed[i] ?? 0) ^ ((turn * 31 + i) & 0xff)
  }
  return data
}

async function compare(path: string, data: Buffer, world: World): Promise<void> {
  const handle = await world.files.open(path, 'r')
  try {
    if (!(await handle.readFile()).equals(data)) throw systemError('EIO', 'what was written reads back differently')
  } finally {
    await handle.close()
  }
}

function rate(milliseconds: number): number {
  return Math.round((PROBE_BYTES * 1000) / Math.max(milliseconds, 0.001))
}
