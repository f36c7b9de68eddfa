/** A manifest vouches for itself: any changed byte is found, newer formats are refused, hostile JSON changes nothing. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BackupError } from '../../../electron/engine/errors.ts'
import { decodeManifest, encodeManifest } from '../../../electron/engine/proof/manifest-file.ts'
import { makeManifest } from '../../helpers/manifest.ts'

const { bytes, manifest, sha256 } = encodeManifest(makeManifest())

function codeOf(changed: Buffer): string {
  try {
    decodeManifest(changed, 'set')
    return 'accepted'
  } catch (error) {
    return error instanceof BackupError ? error.code : String(error)
  }
}

/** The same text with a checksum that holds. */
function resealed(text: string): Buffer {
  const self = /"self_sha256": "[0-9a-f]{64}"/
  const blank = text.replace(self, `"self_sha256": "${'0'.repeat(64)}"`)
  const digest = createHash('sha256').update(blank).digest('hex')
  return Buffer.from(blank.replace(self, `"self_sha256": "${digest}"`))
}

describe('a manifest', () => {
  it('reads back as it was written', () => {
    expect(decodeManifest(bytes, 'set')).toEqual({ manifest, sha256 })
  })

  it('K01: refuses every single flipped bit', () => {
    const accepted: number[] = []
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      const at = bit >> 3
      changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7))
      if (!/^manifest-(damaged|edited|newer)$/.test(codeOf(changed))) accepted.push(bit)
    }
    expect(accepted).toEqual([])
  })

  it('K02, K03: refuses every truncation, and anything added before or behind', () => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(codeOf(bytes.subarray(0, length))).not.toBe('accepted')
    for (const extra of [' ', '\n', '\0', '﻿', '{}']) {
      expect(codeOf(Buffer.concat([bytes, Buffer.from(extra)]))).not.toBe('accepted')
      expect(codeOf(Buffer.concat([Buffer.from(extra), bytes]))).not.toBe('accepted')
    }
  })

  it('K14: names the version it would need', () => {
    const newer = Buffer.from(JSON.stringify({ format_version: 2, anything: true }))
    expect(() => decodeManifest(newer, 'set')).toThrow(/format 2, known up to 1/)
  })

  it.each([
    ['a kind of source', (text: string) => text.replaceAll('"kind": "sqlite"', '"kind": "oracle0"')],
    ['a compression', (text: string) => text.replace('"compression": "gzip"', '"compression": "lzma"')],
  ])('K14: calls %s that it does not know newer, not damaged', (_, change) => {
    expect(codeOf(resealed(change(bytes.toString('utf8'))))).toBe('manifest-newer')
  })

  it('K14: reads past what a later version noticed', () => {
    const finding = '{"code": "of-tomorrow", "weight": "warning", "message": "m", "hint": "h"}'
    const later = bytes.toString('utf8').replace('"findings": []', `"findings": [${finding}]`)
    expect(later).toContain('of-tomorrow')
    expect(decodeManifest(resealed(later), 'set').manifest).toMatchObject({ findings: [], set: manifest.set })
  })

  it('calls damaged what no version writes, though its checksum holds', () => {
    const text = bytes.toString('utf8').replace('"bytes": 1000', '"bytes": -1')
    expect(codeOf(resealed(text))).toBe('manifest-damaged')
  })

  it('says which value is wrong where the checksum is right', () => {
    const wrong = makeManifest({ set: '../../etc' })
    expect(() => encodeManifest(wrong)).toThrow()
  })

  it('X06: any JSON ends in a typed refusal', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(codeOf(Buffer.from(text))).toMatch(/^manifest-/)
      }),
    )
    const hostile = '{"__proto__": {"format_version": 1}, "format_version": 1e999}'
    expect(codeOf(Buffer.from(hostile))).toMatch(/^manifest-/)
  })
})
