/** What a restore would do, in numbers, before anybody agrees to it; changes nothing. */
import { join } from 'node:path'
import { makeFinding } from '../../contract/words.ts'
import type { Finding } from '../../contract/finding.ts'
import { isTree, type Artifact, type Content } from '../../contract/manifest.ts'
import { databaseInWords } from '../../contract/postgres.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { RestorePlan } from '../../contract/restore.ts'
import { restoredName } from '../artifact-names.ts'
import { freeBytesAt } from '../disk-errors.ts'
import type { EngineDeps, RestoreOrder } from '../engine-api.ts'
import { checkTarget } from '../preflight.ts'
import { openSet, type OpenSet } from '../set-reading.ts'
import { resolved } from './into-server.ts'
import { restoredBytes, selectArtifacts } from './restore-set.ts'
import { findingsFor } from './run-restore.ts'

export async function planRestore(asked: RestoreOrder, deps: EngineDeps, signal: AbortSignal): Promise<RestorePlan> {
  if (asked.to !== undefined) await checkTarget(asked.to, asked.keepOut, deps.world)
  const set = await openSet(asked.from, deps, signal)
  try {
    const { manifest } = set
    const order = resolved(asked, manifest, deps)
    const target = order.into === undefined ? (order.to ?? join(deps.workRoot, 'scratch')) : databaseInWords(order.into)
    const seconds = deps.catalog.measuredRestoreSeconds(manifest.job.id)
    return {
      set: {
        id: manifest.set,
        jobName: manifest.job.name,
        type: manifest.backup_type,
        at: manifest.backup_date,
        proof: provenNow(set, order, deps) ?? manifest.proof.level,
      },
      target,
      items: selectArtifacts(manifest, order.only).map((artifact) => ({
        source: artifact.source.name,
        kind: artifact.source.kind,
        to: placesOf(artifact, order),
        bytes: artifact.plain_bytes,
        ...countsOf(artifact.content),
      })),
      bytesNeeded: restoredBytes(manifest, order.only),
      ...(order.into === undefined ? { bytesFree: (await freeBytesAt(target, deps.world)) ?? 0 } : {}),
      ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
      warnings: await warningsOf(target, order, set, deps),
    }
  } finally {
    await set.close()
  }
}

function countsOf(content: Content): { tables?: number; files?: number } {
  if (isTree(content)) return { files: content.files }
  return 'tables' in content ? { tables: content.tables.length } : {}
}

/** What a restore calls what it makes of an artifact. */
function placesOf(artifact: Artifact, { into }: RestoreOrder): string {
  if (into !== undefined) return into.database
  const { content } = artifact
  return isTree(content) ? content.roots.map((root) => root.name).join(', ') : restoredName(artifact)
}

/** The manifest knows the proof of the day it was written; the catalog knows what was found out since. */
function provenNow(
  { manifest, isFromCopy }: OpenSet,
  { from }: RestoreOrder,
  deps: EngineDeps,
): ProofLevel | undefined {
  if (from.by === 'path' || isFromCopy) return undefined
  return deps.catalog.set(from.destination.id, manifest.set)?.info.proof
}

async function warningsOf(target: string, order: RestoreOrder, set: OpenSet, deps: EngineDeps): Promise<Finding[]> {
  const warnings: Finding[] = []
  if (order.into?.mode === 'replace') warnings.push(makeFinding('database-replaced', { database: order.into.database }))
  const entries = order.to === undefined ? [] : await deps.world.files.readdir(target).catch(() => [])
  if (entries.length > 0) warnings.push(makeFinding('target-occupied', { path: target }))
  return [...warnings, ...findingsFor(order, set, deps)]
}
