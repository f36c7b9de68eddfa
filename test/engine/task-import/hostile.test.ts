/** Input that is broken, huge or made to harm: it is listed as not understood, never worse. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, readTasks } from '../../../electron/engine/task-import/read-tasks.ts'
import { gzipSync } from 'node:zlib'
import {
  taskReasons,
  taskWords,
  weaknesses,
  type TaskReasonCode,
  type WeaknessCode,
} from '../../../electron/contract/task-notes.ts'
import { BackupError } from '../../../electron/engine/errors.ts'
import { imported, now, reasons, task } from './reading.ts'

const read = async (): Promise<undefined> => undefined

describe('hostile input', () => {
  it('entities that multiply are not even looked at', async () => {
    const lol = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')
    const result = await imported({
      'x.xml': `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">${lol}]><Task>&l9;</Task>`,
    })
    expect(reasons(result)).toEqual(['not-understood'])
  })

  it('entities of a file are not read', async () => {
    const result = await imported({
      'x.xml': '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Task><Triggers/>&e;</Task>',
    })
    expect(reasons(result)).toEqual(['not-understood'])
  })

  it('a file of 50 MB is refused', async () => {
    expect(reasons(await imported({ 'x.xml': new Uint8Array(50 * 1024 * 1024).fill(0x3c) }))).toEqual([
      'not-understood',
    ])
  })

  it('a packed file that unpacks without end is refused', () => {
    const base64 = gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString('base64')
    expect(() => bytesOf({ name: 'x', base64, gzip: true })).toThrow(BackupError)
  })

  it('elements within elements without end', async () => {
    expect(reasons(await imported({ 'x.xml': `<Task>${'<a>'.repeat(200_000)}` }))).toEqual(['not-understood'])
  })

  it('a long line of brackets, quotes or variables', async () => {
    for (const line of [
      '('.repeat(50_000),
      '"'.repeat(50_001),
      '$('.repeat(5_000),
      '%a'.repeat(50_000),
      'if not '.repeat(20_000),
      'for '.repeat(20_000),
      '!'.repeat(50_001),
      '<<E '.repeat(5_000),
      '`'.repeat(9_999),
    ])
      for (const name of ['x.bat', 'x.sh', 'x.ps1']) expect((await imported({ [name]: line })).jobs).toEqual([])
  })

  it('no more jobs than an answer can carry', async () => {
    const one = task(
      '<CalendarTrigger><StartBoundary>2024-03-06T02:30:00</StartBoundary><ScheduleByDay/></CalendarTrigger>',
    )
    const result = await imported({ 'x.xml': `<Tasks>${one.repeat(400)}</Tasks>` })
    expect(result.jobs).toHaveLength(200)
    expect(reasons(result)).toEqual(['too-many'])
    expect(new Set(result.jobs.map(({ name }) => name)).size).toBe(200)
  })
})

const names = fc.constantFrom(
  'x.xml',
  'crontab',
  'a.timer',
  'a.service',
  'compose.yml',
  'b.bat',
  'b.sh',
  'b.ps1',
  'odd',
)
const fragments = fc.constantFrom(
  ...[
    '<Task>',
    '</Task>',
    '<Triggers>',
    '</Triggers>',
    '<CalendarTrigger>',
    '<TimeTrigger>',
    '<StartBoundary>2024-01-01T02:00:00Z',
    '<Repetition><Interval>PT7M',
    '<ScheduleByWeek>',
    '<![CDATA[',
    ']]>',
    '<!-- \\x -->',
    '&#0;',
    '&#x110000;',
    '<Exec><Command>',
  ],
  ...[
    '0 2 * * *',
    '@daily',
    ' root ',
    'pg_dump ',
    'copy ',
    'xcopy ',
    'tar -czf ',
    'docker exec -it x ',
    '| ',
    '> ',
    '2>&1',
    '&& ',
    '"',
    "'",
    '%~dp0',
    '%x:~0,1%',
    '$(',
    '${',
    '`',
    '^',
    '\\',
    '\n',
    '\r\n',
    'for %%i in (a) do ',
  ],
  ...[
    '[Timer]',
    '\nOnCalendar=',
    'Mon..',
    '*-*-',
    '/0',
    '[Service]',
    '\nExecStart=',
    'services:\n  a:\n    command: ',
    '| crontab -',
    '&a *a',
    '-d -h -U ',
    'postgres://u:p@h/d',
    'sqlite3 a.db .dump',
    'D:\\',
    '\\\\nas\\x',
    '7z a ',
    'find / -delete',
  ],
)

describe('the reader never throws', () => {
  it('on any bytes', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(names, bytes), { maxLength: 4 }), async (files) => {
        await readTasks(
          files.map(([name, content]) => ({ name, bytes: content })),
          { read, now },
        )
      }),
      { numRuns: 300 },
    )
  })

  it('on pieces of tasks and scripts in any order', async () => {
    const text = fc
      .array(fc.oneof(fragments, fc.string({ maxLength: 8 })), { maxLength: 40 })
      .map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(names, text, async (name, content) => {
        const result = await imported({ [name]: content })
        for (const { message } of result.unmapped) expect(message).not.toBe('')
      }),
      { numRuns: 1500 },
    )
  })

  it('on a task whose every value is anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.string(), fc.string(), async (start, interval, command, args) => {
        const safe = (value: string): string => value.replace(/[<>&]/g, '')
        const trigger = `<CalendarTrigger><StartBoundary>${safe(start)}</StartBoundary><Repetition><Interval>${safe(interval)}</Interval></Repetition><ScheduleByDay/></CalendarTrigger>`
        await imported({
          'x.xml': task(trigger, {
            actions: `<Exec><Command>${safe(command)}</Command><Arguments>${safe(args)}</Arguments></Exec>`,
          }),
        })
      }),
      { numRuns: 300 },
    )
  })
})

describe.each([...Object.entries(weaknesses), ...Object.entries(taskReasons)])('%s', (code, row) => {
  it('is said in both languages, with the same values', () => {
    const values = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
    for (const part of ['message', 'hint'] as const) {
      expect(values(row['zh-CN'][part])).toEqual(values(row.en[part]))
      expect(row['zh-CN'][part]).toMatch(/[\u4e00-\u9fff]/)
      expect(row.en[part]).not.toMatch(/[\u4e00-\u9fff!]/)
      expect(row['zh-CN'][part]).not.toMatch(/[!！]|[\u4e00-\u9fff][,;?]/)
    }
    expect(taskWords(code as WeaknessCode | TaskReasonCode, {}, 'en').message).not.toMatch(/[{}]/)
  })
})
