/** Opens destinations for reading or for writing: marker, generation, lease, and the import of what the catalog missed. */
import type { DestinationConfig } from '../contract/destination.ts'
import type { Destination, Lease } from './destination/destination.ts'
import { JournalWriter } from './destination/journal.ts'
import { destinations } from './destination/registry.ts'
import type { EngineDeps } from './engine-api.ts'
import { importSets } from './import-sets.ts'

/** @throws BackupError destination-missing, -marker-missing, -marker-foreign, -rolled-back … */
export async function openDestination(
  config: DestinationConfig,
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<Destination> {
  const minGeneration = deps.catalog.generation(config.id)
  return destinations[config.kind].open(config, { mode: 'existing', minGeneration }, deps.world, signal)
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
  const destination = await openDestination(config, deps, signal)
  let lease: Lease | undefined
  try {
    lease = await destinations[config.kind].acquireLease(destination, `${deps.installId}:${run}`, deps.world, signal)
    const known = deps.catalog.generation(config.id)
    if (destination.marker.generation > known && !deps.catalog.readOnly) await importSets(destination, deps, signal)
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
