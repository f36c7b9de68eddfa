/** What a set's proofs say together. */
import { expect, it } from 'vitest'
import { foldProofs, type ProofStep } from '../../../electron/engine/catalog/proof-fold.ts'
import type { ProofLevel } from '../../../electron/contract/proof.ts'

/** `+matched` is a proof that held, `-stored` one that failed and found `stored` still true; the time is the place in the list. */
function fold(...words: readonly string[]): string {
  const steps = words.map((word, index): ProofStep => ({
    ok: word.startsWith('+'),
    level: word.slice(1) as ProofLevel,
    at: String(index),
  }))
  const { level, damaged, provenAt } = foldProofs(steps)
  return [level, damaged ? 'damaged' : 'sound', provenAt ?? 'never'].join(' ')
}

it.each([
  [[], 'none sound never'],
  [['+stored'], 'stored sound never'],
  [['+matched'], 'matched sound 0'],
  [['+restored', '+matched'], 'restored sound 1'],
  [['+restored', '+read'], 'restored sound 0'],
  [['+restored', '-stored'], 'stored damaged never'],
  [['+matched', '-read', '+read'], 'read damaged never'],
  [['+matched', '-read', '+stored'], 'read damaged never'],
  [['+matched', '-stored', '+read'], 'read sound never'],
  [['+matched', '-decoded', '+matched'], 'matched sound 2'],
  [['+restored', '-matched', '+matched'], 'matched damaged never'],
  [['-none', '+restored', '-decoded'], 'decoded damaged never'],
])('%j is %s', (words, expected) => {
  expect(fold(...words)).toBe(expected)
})
