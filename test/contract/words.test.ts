/** Every error and finding has words in both languages, with the same places for values, by the house's rules of wording. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../electron/contract/error.ts'
import { findingCodes } from '../../electron/contract/finding.ts'
import { messagesEn } from '../../electron/contract/messages.en.ts'
import { messagesZh } from '../../electron/contract/messages.zh-CN.ts'
import { isPhraseCode, phraseFields, phrases } from '../../electron/contract/phrases.ts'
import { causedBy, wordsOf } from '../../electron/contract/words.ts'

const codes = [...new Set([...errorCodes, ...findingCodes])]
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

describe.each(Object.entries(phrases))('phrase %s', (_, words) => {
  it('is said in both languages, with the same placeholders', () => {
    expect(placeholders(words['zh-CN'])).toEqual(placeholders(words.en))
    expect(words['zh-CN']).toMatch(/[\u4e00-\u9fff]/)
    expect(words['zh-CN']).not.toMatch(/[!！]|[\u4e00-\u9fff][,;?]/)
  })
})

it('a phrase inside a message is said in the language of the message', () => {
  const detail = { path: 'D:\\a.db', previous: 'previous-held', tables: 3, rows: 12 }
  expect(wordsOf('source-empty', detail, 'en').message).toContain('the previous backup had 3 tables, 12 rows')
  expect(wordsOf('source-empty', detail, 'zh-CN').message).toContain('上一份备份有 3 张表、12 行')
})

it('an error that is the reason of a finding is said in its language, with its own values', () => {
  const failure = { code: 'destination-io' as const, detail: { path: 'E:\\b', reason: 'reads-differently' } }
  const detail = { ...causedBy(failure), place: 'NAS' }
  expect(wordsOf('destination-failed', detail, 'en').message).toContain('E:\\b reported an error (what was written')
  expect(wordsOf('destination-failed', detail, 'zh-CN').message).toContain('读回的内容与写入的不同')
  expect(wordsOf('destination-failed', { place: 'NAS', reason: 'source-missing' }, 'en').message).toContain('missing')
})

it('a name that looks like a code stays the name it is', () => {
  expect(isPhraseCode('job')).toBe(true)
  expect(wordsOf('bad-name', { name: 'job', reason: 'name-empty' }, 'zh-CN').message).toContain('“job”')
})

/** Words for programmers or a terminal: the wire's own refusals, and what a person sees only as a technical addition. */
const mayBeRaw =
  /'(internal|usage|agent-unreachable|content-mismatch)'|rpc-connection|archiver-feed|folder-lease-file|http-|main\.ts/

it('no engine or service error carries English words inside its detail', () => {
  const root = fileURLToPath(new URL('../../electron', import.meta.url))
  const files = ['engine', 'agent'].flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  const fields = [...phraseFields].join('|')
  const raw = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      readFileSync(`${root}/${file}`, 'utf8')
        .split('\n')
        .filter((line) => new RegExp(`\\b(${fields}): ('[^']* |\`)`).test(line))
        .map((line) => `${file}: ${line.trim()}`),
    )
  expect(raw.filter((line) => !mayBeRaw.test(line))).toEqual([])
})
