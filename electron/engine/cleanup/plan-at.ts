/** The plan of a clean-up at one open destination: decided on what lies there now, and only of sets whose manifests were just read. */
import type { Job } from '../../contract/job.ts'
import { decideRetention, type RetentionOutcome } from '../catalog/retention.ts'
import type { Destination } from '../destination/destination.ts'
import type { EngineDeps } from '../engine-api.ts'
import { toBackupError } from '../errors.ts'
import { readManifest, setPrefixFrom, storeAt, typeOfSet } from '../proof/set-store.ts'
import { gatherFacts, type FactsAsked, type Seen } from './gather-facts.ts'

export interface PlanAsked {
  readonly job: Job
  readonly destination: string
  readonly seen: Seen
  readonly vanished: number
  readonly inUse: ReadonlySet<string>
}

/** Without a look at any manifest: what would go if all of them are what the catalog knows. */
export function planFromCatalog(asked: PlanAsked, deps: EngineDeps): RetentionOutcome {
  return decide({ ...asked, unauthentic: new Set() }, deps)
}

/**
 * A set whose manifest cannot be read, or is not the one that was published, is none that may be removed (R10): the rest is decided anew.
 * @throws BackupError where the place could not be read
 */
export async function planAt(
  destination: Destination,
  asked: PlanAsked,
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<RetentionOutcome> {
  const authentic = new Set<string>()
  const unauthentic = new Set<string>()
  for (;;) {
    const outcome = decide({ ...asked, unauthentic }, deps)
    const going = outcome.sets.filter(({ action, set }) => action === 'delete' && !authentic.has(set))
    if (going.length === 0) return outcome
    for (const { set } of going) {
      const isAuthentic = await isAsPublished(destination, set, deps, signal)
      ;(isAuthentic ? authentic : unauthentic).add(set)
    }
  }
}

function decide(asked: FactsAsked, deps: EngineDeps): RetentionOutcome {
  return decideRetention(asked.job, gatherFacts(deps.catalog, asked), deps.world.clock.now())
}

async function isAsPublished(
  destination: Destination,
  set: string,
  { catalog }: EngineDeps,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const file = await readManifest(storeAt(destination, setPrefixFrom(set, typeOfSet(set))), signal)
    return file.sha256 === catalog.manifest(destination.id, set)?.manifestSha256
  } catch (error) {
    if (toBackupError(error).code.startsWith('manifest-')) return false
    throw error
  }
}
