/** What a set's proofs, in the order in which they were made, say about it now (pure). */
import { proofLevels, reaches, type ProofLevel } from '../../contract/proof.ts'

export interface ProofStep {
  readonly level: ProofLevel
  readonly ok: boolean
  readonly at: string
}

export interface ProofState {
  readonly level: ProofLevel
  readonly damaged: boolean
  /** Time of the newest uncontradicted proof of at least `matched`. */
  readonly provenAt: string | undefined
}

/**
 * The strongest level that no later failure has contradicted. A failed proof takes the set down to the level that still held; only
 * a later success beyond that level, which has then read what failed before, lifts it again. A later weaker success takes nothing
 * away: a set that was test-restored and is matched next month stays test-restored.
 */
export function foldProofs(steps: readonly ProofStep[]): ProofState {
  let level: ProofLevel = 'none'
  let damaged = false
  let provenAt: string | undefined
  for (const step of steps) {
    if (!step.ok) {
      level = step.level
      damaged = true
      provenAt = undefined
      continue
    }
    if (damaged && !isBeyond(step.level, level)) continue
    damaged = false
    if (isBeyond(step.level, level)) level = step.level
    if (reaches(step.level, 'matched')) provenAt = step.at
  }
  return { level, damaged, provenAt }
}

function isBeyond(level: ProofLevel, other: ProofLevel): boolean {
  return proofLevels.indexOf(level) > proofLevels.indexOf(other)
}
