/** Notes a later proof of a set: in the destination's journal, then in the catalog. */
import type { DestinationConfig } from '../../contract/destination.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { EngineDeps, RunHooks } from '../engine-api.ts'
import { toBackupError } from '../errors.ts'
import { openForWriting, type Writing } from '../open-destination.ts'
import { localIso } from '../time.ts'

export interface NewProof {
  readonly set: string
  readonly level: ProofLevel
  readonly ok: boolean
}

/** @throws BackupError where the journal could not be written; the catalog is then left alone too */
export async function recordProof(writing: Writing, proof: NewProof, deps: EngineDeps, hooks: RunHooks): Promise<void> {
  const { id } = writing.destination
  // One moment for both, so that a catalog that is rebuilt says the same.
  const at = await writing.journal.append(
    { type: 'proof', ...proof, run: hooks.run, findings: [] },
    new AbortController().signal,
  )
  enterProof(id, proof, at, deps, hooks)
}

function enterProof(destination: string, proof: NewProof, at: string, deps: EngineDeps, hooks: RunHooks): void {
  const { set, level, ok } = proof
  if (deps.catalog.manifest(destination, set) !== undefined) {
    deps.catalog.recordProof({ destination, set, level, ok, at, run: hooks.run, findings: [] })
  }
  hooks.event({ type: 'set.proven', set, destination, level, ok: ok && level !== 'none' })
}

/**
 * Opens the destination for a note about something already done and decided. A place that takes no notes any more (full,
 * read-only, busy) is logged and changes nothing of the outcome; a failed proof then still reaches the catalog.
 */
export async function noteAtDestination(
  config: DestinationConfig,
  deps: EngineDeps,
  hooks: RunHooks,
  write: (writing: Writing) => Promise<void>,
): Promise<boolean> {
  let writing: Writing | undefined
  try {
    // The run's own signal may be aborted by now; what it found out is noted all the same.
    writing = await openForWriting(config, deps, hooks.run, new AbortController().signal)
    await write(writing)
    deps.catalog.recordGeneration(config.id, writing.sequence)
    return true
  } catch (error) {
    hooks.log('warn', `${config.name}: not noted there: ${toBackupError(error).message}`)
    return false
  } finally {
    await writing?.close()
  }
}

/** Enters a proof into the catalog alone, where its destination could not take the note. */
export function recordProofLocally(destination: string, proof: NewProof, deps: EngineDeps, hooks: RunHooks): void {
  enterProof(destination, proof, localIso(deps.world.clock.now()), deps, hooks)
}
