/** The words of the pages: both languages whole, none left in code, schedules and figures said rightly. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import i18next, { type TFunction } from 'i18next'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { createFormat } from '../../renderer/format.ts'
import { en } from '../../renderer/i18n/en/index.ts'
import { zh } from '../../renderer/i18n/zh-CN/index.ts'
import { readSchedule, scheduleInWords, writeSchedule } from '../../renderer/schedule.ts'
import { NOW } from './moment.ts'

const root = fileURLToPath(new URL('../../renderer', import.meta.url))

function leaves(table: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(table) as [string, unknown][]) {
    if (typeof value === 'string') found.set(prefix + key, value)
    else for (const [name, words] of leaves(value as object, `${prefix}${key}.`)) found.set(name, words)
  }
  return found
}

const holes = (words: string): string[] => [...words.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort()

describe('the two languages', () => {
  const english = leaves(en)
  const chinese = leaves(zh)

  it('have the same keys, but for the English singular', () => {
    const wanted = [...english.keys()].filter((key) => !key.endsWith('_one'))
    expect([...chinese.keys()].sort()).toEqual(wanted.sort())
  })

  it('fill the same values into each sentence', () => {
    // A count may choose the form of a sentence without being said in it.
    const said = (words: string) => holes(words).filter((name) => name !== 'count' && name !== 'formatted')
    for (const [key, words] of chinese) expect(said(words), key).toEqual(said(english.get(key)!))
  })

  it('are written in their own script', () => {
    const alike = [...chinese].filter(([key, words]) => /[a-z]{3}/i.test(words) && words === english.get(key))
    expect(alike.map(([key]) => key).sort()).toEqual([
      'jobs.name.postgres',
      'jobs.name.sqlite',
      'settings.languages.en',
      'shell.app',
      'shell.signIn.command',
      'state.source.postgres',
      'state.source.sqlite',
    ])
  })
})

/** Attributes whose text a person reads or hears. */
const spoken = new Set(['label', 'title', 'alt', 'placeholder', 'aria-label', 'hint', 'text'])
const isWords = (text: string): boolean => /\p{L}/u.test(text)

/** The text of a JSX node that a person would read; `undefined` for every other node. */
function wordsOfNode(node: ts.Node): string | undefined {
  if (ts.isJsxText(node)) return node.text.trim()
  if (ts.isJsxAttribute(node)) {
    const { initializer } = node
    const isSpoken = spoken.has(node.name.getText()) && initializer !== undefined && ts.isStringLiteral(initializer)
    return isSpoken ? initializer.text : undefined
  }
  if (!ts.isJsxExpression(node) || ts.isJsxAttribute(node.parent)) return undefined
  return node.expression !== undefined && ts.isStringLiteral(node.expression) ? node.expression.text : undefined
}

function wordsInCode(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const text = wordsOfNode(node)
    if (text !== undefined && isWords(text)) found.push(text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

it('no words lie in the code of a page', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'))
  expect(files.length).toBeGreaterThan(40)
  for (const file of files) expect(wordsInCode(join(root, file)), file).toEqual([])
})

describe('schedules', () => {
  it.each(['0 2 * * *', '30 14 * * 5', '0 9-18 * * 1-5', '0 8-20 * * *', '*/7 3 1 * *', undefined])(
    'keep the cron text %s as it is',
    (cron) => {
      expect(writeSchedule(readSchedule(cron))).toBe(cron)
    },
  )

  it.each([
    ['0 2 * * *', 'Every day at 02:00', '每天 02:00'],
    ['0 3 * * 0', 'Every Sunday at 03:00', '每星期日 03:00'],
    ['0 9-18 * * 1-5', 'Monday to Friday, every hour from 09:00 to 18:00', '周一到周五 09:00 至 18:00，每小时一次'],
  ])('say %s in words', async (cron, english, chinese) => {
    const say = async (language: 'en' | 'zh-CN') => {
      const one = i18next.createInstance()
      await one.init({
        lng: language,
        ns: 'pages',
        defaultNS: 'pages',
        resources: { 'en': { pages: en }, 'zh-CN': { pages: zh } },
      })
      return scheduleInWords(cron, one.t, language)
    }
    expect(await say('en')).toBe(english)
    expect(await say('zh-CN')).toBe(chinese)
  })

  it('say other cron text through cronstrue, and refuse what is none', () => {
    const never = (() => '') as unknown as TFunction
    expect(scheduleInWords('15 3 1 * *', never, 'en')).toContain('03:15')
    expect(scheduleInWords('15 3 1 * *', never, 'zh-CN')).toMatch(/\p{Script=Han}/u)
    expect(scheduleInWords('every day', never, 'en')).toBeUndefined()
  })
})

describe('figures', () => {
  const english = createFormat('en')
  const chinese = createFormat('zh-CN')

  it('say ages as a person does', () => {
    expect(chinese.age(NOW - 3 * 3_600_000, NOW)).toBe('3 小时前')
    expect(english.age(NOW - 30 * 3_600_000, NOW)).toBe('30 hours ago')
    expect(english.age(NOW + 5_000, NOW)).toBe('now')
  })

  it('say sizes with three digits', () => {
    expect(english.size(0)).toMatch(/^0 /)
    expect(english.size(418_000_000)).toBe('418 MB')
    expect(chinese.size(1_234_567_890)).toMatch(/^1\.23/)
  })

  it('say durations in two units at most, and a day as 24 hours', () => {
    expect(chinese.duration(252)).toBe('4 分钟 12 秒')
    expect(english.duration(24 * 3_600)).toBe('24 hr')
    expect(english.duration(3 * 86_400)).toBe('3 days')
  })
})
