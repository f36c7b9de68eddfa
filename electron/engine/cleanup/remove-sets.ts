/** Removes sets at a destination: noted first, then gone, then forgotten; what a killed removal left is cleared away. */
import { causedBy, makeFinding } from '../../contract/words.ts'
import type { RetentionDecision } from '../../contract/retention.ts'
import type { RunRecord } from '../../contract/run.ts'
import { setIdSchema } from '../../contract/ids.ts'
import { readJournal } from '../destination/journal.ts'
import type { EngineDeps, RunHooks } from '../engine-api.ts'
import { BackupError, throwIfAborted, toBackupError } from '../errors.ts'
import type { Writing } from '../open-destination.ts'
import { setPrefixFrom } from '../proof/set-store.ts'
import type { RunRecorder } from '../run-recorder.ts'
import { isWhole, type ListedSet } from './list-job.ts'

export type RemovedSet = NonNullable<RunRecord['removed']>[number]

export interface Removing {
  readonly writing: Writing
  readonly deps: EngineDeps
  readonly hooks: RunHooks
  readonly recorder: RunRecorder
  inUse(): ReadonlySet<string>
}

/** A set that is being removed goes whole, or stays whole: a run that is stopped stops between two. */
const untilDone = new AbortController().signal

/**
 * The newest first, so that no child outlives its parent; the first that the place refuses ends it, for the same reason.
 * @returns false where it ended before the last
 */
export async function removeSets(
  decisions: readonly RetentionDecision[],
  removing: Removing,
  removed: RemovedSet[],
): Promise<boolean> {
  const { hooks, recorder, writing } = removing
  for (const decision of decisions) {
    throwIfAborted(hooks.signal)
    // Whoever has begun to read it since the plan was made reads it to the end (R07).
    if (removing.inUse().has(decision.set)) return false
    // After a pause (a laptop's sleep) another may write here: then nothing is removed any more (A12).
    await writing.lease.check()
    try {
      await removeSet(decision, removing)
    } catch (error) {
      const failure = toBackupError(error, 'remove')
      const detail = { ...causedBy(failure), set: decision.set, place: writing.config.name }
      recorder.find(makeFinding('set-not-removed', detail))
      return false
    }
    removed.push({
      set: decision.set,
      destination: writing.config.id,
      bytes: decision.bytes,
      reasons: decision.reasons,
    })
  }
  return true
}

async function removeSet({ set, reasons }: RetentionDecision, { writing, deps, hooks }: Removing): Promise<void> {
  const { destination, journal } = writing
  const known = deps.catalog.manifest(destination.id, set)
  if (known === undefined) throw new BackupError('manifest-missing', { path: set })
  const files = known.manifest.files.map(({ file }) => file)
  const id = setIdSchema.parse(set)
  await journal.append({ type: 'removed', set: id, run: hooks.run, reasons: [...reasons], files }, untilDone)
  deps.world.phase('noted')
  await destination.removeSet(setPrefixFrom(set, known.manifest.backup_type), untilDone)
  deps.world.phase('removed')
  deps.catalog.forgetSet(destination.id, set)
  const why = reasons.map(({ code, detail }) => [code, ...Object.values(detail)].join(' ')).join(', ')
  hooks.log('info', `${writing.config.name}: removed ${set} (${why})`)
  hooks.event({ type: 'set.removed', set: id, destination: destination.id })
}

/**
 * Folders without a manifest whose removal was noted, and that hold nothing but what the note names: an interrupted removal is
 * carried to its end (A08, R06). Anything else without a manifest is left alone.
 */
export async function finishRemovals(
  seen: ReadonlyMap<string, ListedSet>,
  { writing, hooks, recorder }: Removing,
): Promise<void> {
  const rests = [...seen].filter(([, listed]) => !isWhole(listed))
  // The journal grows for ever: it is read only where there is something to look up.
  if (rests.length === 0) return
  const { records } = await readJournal(writing.destination, hooks.signal)
  for (const [set, { prefix, names }] of rests) {
    const noted = records.findLast((record) => 'set' in record && record.set === set)
    const files = noted?.type === 'removed' ? (noted.files ?? []) : []
    if (!names.every((name) => files.includes(name))) continue
    await writing.lease.check()
    await writing.destination.removeSet(prefix, untilDone)
    recorder.find(makeFinding('removal-finished', { set, place: writing.config.name }))
  }
}
