/** The mutual challenge: each side shows that it can read the token file without sending the token (contract/protocol.ts). */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../engine/secret.ts'

export function proofOf(token: Secret, who: 'agent' | 'client', nonce: string): string {
  return createHmac('sha256', token.reveal()).update(`${who}${nonce}`).digest('hex')
}

/** Compares in constant time. */
export function isProof(token: Secret, who: 'agent' | 'client', nonce: string, claimed: string): boolean {
  const expected = Buffer.from(proofOf(token, who, nonce), 'hex')
  const given = Buffer.from(claimed, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
