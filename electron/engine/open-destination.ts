/** Opens destinations for reading or for writing: marker, generation, lease, and the import of what the catalog missed. */
import type { DestinationConfig } from '../contract/destination.ts'
import type { Destination, Lease } from './destination/destination.ts'
import { JournalWriter } from './destination/journal.ts'
import { destinations } from './destination/registry.ts'
import { refuseReadOnly } from './catalog/catalog.ts'
import type { EngineDeps } from './engine-api.ts'
import { BackupError, throwIfAborted } from './errors.ts'
import { importSets } from './import-sets.ts'
import { lookAtSets } from './look-at-sets.ts'

/** @throws BackupError destination-missing, -marker-missing, -marker-foreign, -rolled-back … */
export async function openDestination(
  config: DestinationConfig,
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<Destination> {
  const minGeneration = deps.catalog.generation(config.id)
  return destinations[config.kind].open(config, { mode: 'existing', minGeneration }, deps.world, signal)
}

/** What was found instead of the state last seen. */
export interface OlderState {
  readonly path: string
  readonly found: number
  readonly expected: number
}

/**
 * For reading alone: an older copy of the place is opened too, since in an emergency it may be all that is left. Whoever reads from it
 * must say so, and must not take what is found there for the state of the place itself.
 * @throws BackupError as `openDestination`, but never destination-rolled-back
 */
export async function openForReading(
  config: DestinationConfig,
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<{ readonly destination: Destination; readonly older: OlderState | undefined }> {
  const opening = { mode: 'existing', minGeneration: 1 } as const
  const destination = await destinations[config.kind].open(config, opening, deps.world, signal)
  const found = destination.marker.generation
  const expected = deps.catalog.generation(config.id)
  return { destination, older: found < expected ? { path: destination.place, found, expected } : undefined }
}

/** A destination that this process alone may change until `close`. */
export interface Writing {
  readonly config: DestinationConfig
  readonly destination: Destination
  readonly lease: Lease
  /** The generation of this mutation: the sequence of what is written. */
  readonly sequence: number
  readonly journal: JournalWriter
  close(): Promise<void>
}

/**
 * Takes the lease and raises the generation. Where the destination has moved on without this catalog (another start, an older
 * catalog restored), its sets are imported first: the catalog follows the destination, never the other way round (faults.md G04).
 */
export async function openForWriting(
  config: DestinationConfig,
  deps: EngineDeps,
  run: string,
  signal: AbortSignal,
): Promise<Writing> {
  refuseReadOnly(deps.catalog)
  const destination = await openDestination(config, deps, signal)
  let lease: Lease | undefined
  try {
    lease = await leaseFor(config, destination, deps, run, signal)
    const isBehind = destination.marker.generation > deps.catalog.generation(config.id)
    if (isBehind || (await hasSetsBack(destination, deps, signal))) await importSets(destination, deps, signal)
    const { generation } = await destination.raiseGeneration(signal)
    const held = lease
    return {
      config,
      destination,
      lease: held,
      sequence: generation,
      journal: new JournalWriter(destination, deps.world, generation),
      close: async () => {
        await held.release()
        await destination.close()
      },
    }
  } catch (error) {
    await lease?.release()
    await destination.close()
    throw error
  }
}

/** Whether sets that were given up lie there again: their disk was away, or somebody put them back. */
async function hasSetsBack(destination: Destination, deps: EngineDeps, signal: AbortSignal): Promise<boolean> {
  if (!deps.catalog.setStates(destination.id).some(({ state }) => state === 'missing')) return false
  try {
    return (await lookAtSets(destination, deps, signal)).unknown.length > 0
  } catch (error) {
    throwIfAborted(signal)
    // Whoever writes next meets what is wrong with the place, if it is still there then.
    if (error instanceof BackupError) return false
    throw error
  }
}

/** Held by another, or half written by one that takes or renews it at this moment. */
function isTaken(error: unknown): boolean {
  return error instanceof BackupError && ['destination-busy', 'destination-lease-damaged'].includes(error.code)
}

/** A note of another run of ours takes a moment: this long is waited before the place counts as busy, in milliseconds. */
const LEASE_PATIENCE_MS = 20_000
const LEASE_PAUSE_MS = 250

async function leaseFor(
  config: DestinationConfig,
  destination: Destination,
  deps: EngineDeps,
  run: string,
  signal: AbortSignal,
): Promise<Lease> {
  const { world, installId } = deps
  const until = world.clock.monotonic() + LEASE_PATIENCE_MS
  for (;;) {
    try {
      return await destinations[config.kind].acquireLease(destination, `${installId}:${run}`, world, signal)
    } catch (error) {
      if (!isTaken(error) || world.clock.monotonic() >= until) throw error
      await world.clock.sleep(LEASE_PAUSE_MS, signal)
    }
  }
}
