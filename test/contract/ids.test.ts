/** Names become folder names: safe on every file system, whatever was typed (faults.md X06). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { setIdSchema, slugOf, slugSchema, uniqueSlug } from '../../electron/contract/ids.ts'

describe('a slug', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['备份/1', '备份-1'],
    ['../x', 'x'],
    ['..\\..\\windows', 'windows'],
    ['CON', 'con-1'],
    ['con.txt', 'con-txt'],
    ['Lpt¹', 'lpt¹-1'],
    ['', 'job'],
    ['...', 'job'],
    ['  ', 'job'],
    ['\u0000', 'job'],
    ['🦊', 'job'],
    ['-rf', 'rf'],
    ['.hidden', 'hidden'],
    ['My Shop: daily!', 'my-shop-daily'],
    ['Café', 'café'],
    ['Cafe\u0301', 'café'],
    ['a'.repeat(300), 'a'.repeat(72)],
    ['商店'.repeat(100), '商店'.repeat(36)],
  ]
  for (const [name, slug] of cases) {
    it(`of ${JSON.stringify(name.slice(0, 20))} is ${slug.slice(0, 20)}`, () => expect(slugOf(name)).toBe(slug))
  }

  it('of any text is a valid slug, short enough for a folder name, and stays itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const slug = slugOf(name)
        expect(slugSchema.safeParse(slug).success).toBe(true)
        expect(Buffer.byteLength(slug)).toBeLessThanOrEqual(255)
        expect(slug).not.toMatch(/[/\\:.\p{Cc}]/u)
        expect(slugOf(slug)).toBe(slug)
        expect(setIdSchema.safeParse(`${slug}/full_backup_20260105_020000`).success).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it('that is taken gets the next free number', () => {
    const taken = new Set(['shop', 'shop-2'])
    expect(uniqueSlug('Shop', (slug) => taken.has(slug))).toBe('shop-3')
    expect(uniqueSlug('Shop', () => false)).toBe('shop')
  })
})

describe('a set id', () => {
  const good = [
    'shop/full_backup_20260105_020000',
    '备份-1/inc_backup_20260105_020000_2',
    'a/hot_backup_20260105_020000',
  ]
  const bad = [
    '',
    'shop',
    '/full_backup_20260105_020000',
    '../full_backup_20260105_020000',
    'a/b/full_backup_20260105_020000',
  ]
  for (const id of good) it(`accepts ${id}`, () => expect(setIdSchema.safeParse(id).success).toBe(true))
  for (const id of [
    ...bad,
    'shop/full_backup_20260105_020000/..',
    'shop/weekly_backup_20260105_020000',
    'shop/full_backup_2026',
  ]) {
    it(`refuses ${JSON.stringify(id)}`, () => expect(setIdSchema.safeParse(id).success).toBe(false))
  }
})
