/** Every error and finding has words in both languages, with the same places for values, by the house's rules of wording. */
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../electron/contract/error.ts'
import { findingCodes } from '../../electron/contract/finding.ts'
import { messagesEn } from '../../electron/contract/messages.en.ts'
import { messagesZh } from '../../electron/contract/messages.zh-CN.ts'
import { wordsOf } from '../../electron/contract/words.ts'

const codes = [...errorCodes, ...findingCodes]
const parts = ['message', 'hint'] as const

function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
}

describe.each(codes)('%s', (code) => {
  it('has words, with the same placeholders in both languages', () => {
    for (const part of parts) {
      expect(messagesEn[code][part], part).not.toBe('')
      expect(placeholders(messagesZh[code][part]), part).toEqual(placeholders(messagesEn[code][part]))
    }
  })

  it('is translated', () => {
    for (const part of parts) {
      // Where the whole text is a value, there is nothing to translate.
      if (/^(\{\w+\}\s*)+$/.test(messagesEn[code][part])) continue
      expect(messagesZh[code][part], part).not.toBe(messagesEn[code][part])
      expect(messagesZh[code][part], part).toMatch(/[\u4e00-\u9fff]/)
    }
  })

  it('keeps the rules of wording', () => {
    for (const part of parts) {
      expect(messagesEn[code][part], part).not.toMatch(/[!！]/)
      expect(messagesZh[code][part], part).not.toMatch(/[!！]/)
      // Chinese text has Chinese punctuation: a half-width comma or semicolon is a slip.
      expect(messagesZh[code][part], part).not.toMatch(/[\u4e00-\u9fff][,;?]/)
    }
  })
})

it('no table holds words for a code that does not exist', () => {
  expect(Object.keys(messagesEn).sort()).toEqual([...codes].sort())
  expect(Object.keys(messagesZh).sort()).toEqual([...codes].sort())
})

it('恢复 is only the restoring of data', () => {
  const wrong = codes.filter((code) =>
    /恢复(正常|设置|连接)/.test(`${messagesZh[code].message}${messagesZh[code].hint}`),
  )
  expect(wrong).toEqual([])
})

it('a placeholder is filled from the detail, and one without a value is left out', () => {
  const words = wordsOf('source-locked', { path: '/srv/shop.db', seconds: 60 }, 'en')
  expect(words.message).toContain('/srv/shop.db was locked by another program for 60 s.')
  expect(wordsOf('source-locked', {}, 'zh-CN').message).not.toMatch(/[{}]/)
  expect(wordsOf('source-missing', { path: '{user} $& $1' }, 'en').message).toContain('{user} $& $1')
})
