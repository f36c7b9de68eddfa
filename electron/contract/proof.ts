/** Proof levels in rising order, and what may be claimed from each (DESIGN §1). */
import { z } from 'zod'

export const proofLevels = ['none', 'stored', 'read', 'decoded', 'matched', 'restored'] as const
export const proofLevelSchema = z.enum(proofLevels)
export type ProofLevel = z.infer<typeof proofLevelSchema>

/** True where `level` is at least `wanted`. */
export function reaches(level: ProofLevel, wanted: ProofLevel): boolean {
  return proofLevels.indexOf(level) >= proofLevels.indexOf(wanted)
}

/** A set is as proven as its weakest artifact; of nothing at all, `none`. */
export function weakest(levels: readonly ProofLevel[]): ProofLevel {
  const ranks = levels.map((level) => proofLevels.indexOf(level))
  return ranks.length === 0 ? 'none' : (proofLevels[Math.min(...ranks)] ?? 'none')
}

/** Levels that a person or a job may ask for. */
export const verifyLevels = ['read', 'decode', 'match', 'restore'] as const
export const verifyLevelSchema = z.enum(verifyLevels)
export type VerifyLevel = z.infer<typeof verifyLevelSchema>

/** The proof that each asked level ends in. */
export const proofOfVerify = {
  read: 'read',
  decode: 'decoded',
  match: 'matched',
  restore: 'restored',
} as const satisfies Record<VerifyLevel, ProofLevel>
