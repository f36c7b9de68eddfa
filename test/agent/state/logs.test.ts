/** Logs: read by page while written, bounded, and without a secret in any form (faults.md G12, I27). */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAgentLog, type AgentLogFile, type AgentLogOptions } from '../../../electron/agent/state/agent-log.ts'
import { RunLogs } from '../../../electron/agent/state/run-log.ts'
import { BackupError } from '../../../electron/engine/errors.ts'
import { Redactor, Secret } from '../../../electron/engine/secret.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { makeWorld } from '../../helpers/world.ts'

const canary = 'canary/Zq7 "ü" <x>&+='
const run = 'run_00000001'

function makeRunLogs(): { folder: string; logs: RunLogs } {
  const folder = makeTempDir()
  const redactor = new Redactor()
  redactor.add(new Secret(canary))
  return { folder, logs: new RunLogs({ folder, world: makeWorld(), redactor }) }
}

function makeAgentLog(options: Partial<AgentLogOptions> = {}): { folder: string; log: AgentLogFile } {
  const folder = makeTempDir()
  const redactor = new Redactor()
  redactor.add(new Secret(canary))
  const log = openAgentLog({ folder, world: makeWorld(), redactor, ...options })
  onTestFinished(() => log.close())
  return { folder, log }
}

/** The canary in every form in which programs write a value. */
const forms = [
  canary,
  encodeURIComponent(canary),
  encodeURIComponent(canary).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  encodeURI(canary),
  new URLSearchParams({ v: canary }).toString().slice(2),
  JSON.stringify(canary).slice(1, -1),
  Buffer.from(canary).toString('base64'),
  Buffer.from(canary).toString('base64url'),
  Buffer.from(canary).toString('hex'),
  Buffer.from(canary).toString('hex').toUpperCase(),
  canary.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
]

/** Whether a text gives the canary away, in any form, whole or as a tell-tale piece. */
function expectClean(text: string): void {
  const found = [...forms, 'Zq7', Buffer.from('Zq7').toString('hex')].filter((form) => text.includes(form))
  expect(found).toEqual([])
}

/** Paths that this process holds open; empty where the system does not tell. */
function openFilesBelow(folder: string): string[] {
  if (!existsSync('/proc/self/fd')) return []
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(folder) ? [path] : []
    } catch {
      // The descriptor of the listing itself is gone by now.
      return []
    }
  })
}

describe('the log of a run', () => {
  it('comes back line by line, from where the reader was', async () => {
    const { logs } = makeRunLogs()
    expect(await logs.read(run, 0, 10)).toEqual({ lines: [], next: 0 })
    const log = logs.open(run)
    log.write('info', 'first')
    log.write('warn', 'second\nwith two lines')
    const { lines, next } = await logs.read(run, 0, 10)
    expect(lines.map(({ level, text }) => [level, text])).toEqual([
      ['info', 'first'],
      ['warn', 'second\nwith two lines'],
    ])
    expect(await logs.read(run, next, 10)).toEqual({ lines: [], next })
    log.write('error', 'third')
    expect((await logs.read(run, next, 10)).lines.map((line) => line.text)).toEqual(['third'])
    log.close()
    const one = await logs.read(run, 0, 1)
    expect(one.lines).toHaveLength(1)
    expect((await logs.read(run, one.next, 1)).lines[0]?.text).toContain('second')
  })

  it('in pages covers a long log exactly once', async () => {
    const { logs } = makeRunLogs()
    const log = logs.open(run)
    const texts = Array.from({ length: 3000 }, (_, n) => `${n} ${'文'.repeat(n % 300)}`)
    for (const text of texts) log.write('info', text)
    log.close()
    const read: string[] = []
    for (let next = 0; ;) {
      const page = await logs.read(run, next, 700)
      if (page.lines.length === 0) break
      read.push(...page.lines.map((line) => line.text))
      next = page.next
    }
    expect(read).toEqual(texts)
  })

  it('holds back a half-written line, and shows a torn one as it is', async () => {
    const { folder, logs } = makeRunLogs()
    const path = join(folder, `${run}.log`)
    writeFileSync(path, '{"at":"2026-01-05T02:00:00+08:00","level":"info","text":"who')
    expect((await logs.read(run, 0, 10)).lines).toEqual([])
    appendFileSync(path, '\n')
    expect((await logs.read(run, 0, 10)).lines).toMatchObject([
      { level: 'warn', text: expect.stringContaining('who') as string },
    ])
  })

  it('has a name that is no path', async () => {
    const { logs } = makeRunLogs()
    for (const id of ['../x', 'run_../../x', '', 'run_00000001/..']) {
      expect(() => logs.open(id)).toThrow(BackupError)
      await expect(logs.read(id, 0, 1)).rejects.toMatchObject({ code: 'not-found' })
    }
  })

  it('I27: holds no form of a secret, also where a long line was cut in the middle of it', () => {
    const { folder, logs } = makeRunLogs()
    const log = logs.open(run)
    for (const form of forms) {
      log.write('info', `password=${form};`)
      for (let shift = 0; shift < form.length; shift += 3) log.write('info', `${'x'.repeat(8192 - shift)}${form}`)
    }
    log.close()
    const text = readFileSync(join(folder, `${run}.log`), 'utf8')
    expectClean(text)
    expect(text).toContain('password=[redacted];')
    if (process.platform !== 'win32') expect(statSync(join(folder, `${run}.log`)).mode & 0o777).toBe(0o600)
  })

  it('takes a line of a run that settles after its end, and keeps no file open', async () => {
    const folder = makeTempDir()
    const logs = new RunLogs({ folder, world: makeWorld(), redactor: new Redactor() })
    const log = logs.open('run_aaaaaa')
    log.write('info', 'in time')
    log.close()
    log.write('warn', 'late')
    expect((await logs.read('run_aaaaaa', 0, 10)).lines.map(({ text }) => text)).toEqual(['in time', 'late'])
    expect(openFilesBelow(folder)).toEqual([])
    const agentLog = openAgentLog({ folder, world: makeWorld(), redactor: new Redactor() })
    agentLog.close()
    agentLog.warn('late')
    expect(readFileSync(join(folder, 'agent.log'), 'utf8')).toContain('late')
    expect(openFilesBelow(folder)).toEqual([])
  })

  it('G12: stops at its bound and says so', async () => {
    const { folder, logs } = makeRunLogs()
    const log = logs.open(run)
    for (let n = 0; n < 4000; n += 1) log.write('info', 'y'.repeat(8000))
    log.close()
    const { size } = statSync(join(folder, `${run}.log`))
    expect(size).toBeGreaterThan(20e6)
    expect(size).toBeLessThan(22e6)
    expect(
      readFileSync(join(folder, `${run}.log`), 'utf8')
        .trimEnd()
        .split('\n')
        .at(-1),
    ).toContain('this log is full')
  })

  it('G12: the oldest logs go beyond what is kept', () => {
    const { folder, logs } = makeRunLogs()
    for (let n = 1; n <= 6; n += 1) {
      const path = join(folder, `run_0000000${n}.log`)
      writeFileSync(path, 'z'.repeat(100))
      utimesSync(path, n, n)
    }
    writeFileSync(join(folder, 'mine.txt'), 'not a log')
    logs.prune(4, 1000)
    expect(readdirSync(folder)).toEqual([
      'mine.txt',
      'run_00000003.log',
      'run_00000004.log',
      'run_00000005.log',
      'run_00000006.log',
    ])
    logs.prune(10, 250)
    expect(readdirSync(folder)).toEqual(['mine.txt', 'run_00000005.log', 'run_00000006.log'])
  })

  it('that cannot be written does not stop the run, and says later what it lost', async () => {
    const { folder, logs } = makeRunLogs()
    rmSync(folder, { recursive: true })
    const log = logs.open(run)
    log.write('info', 'lost')
    log.write('info', 'lost too')
    mkdirSync(folder)
    log.write('info', 'kept')
    log.close()
    expect((await logs.read(run, 0, 10)).lines.map((line) => line.text)).toEqual([
      '2 lines could not be written here',
      'kept',
    ])
  })
})

describe("the agent's log", () => {
  it('is JSON lines with time, level and words', () => {
    const { folder, log } = makeAgentLog()
    log.info('ready', { port: 8000 })
    log.warn('slow')
    log.error('stopped')
    const lines = readFileSync(join(folder, 'agent.log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(lines).toMatchObject([
      { level: 'info', msg: 'ready', port: 8000 },
      { level: 'warn', msg: 'slow' },
      { level: 'error', msg: 'stopped' },
    ])
    for (const line of lines)
      expect(line).toHaveProperty('time', expect.stringMatching(/^\d{4}-\d\d-\d\dT.*[+-]\d\d:\d\d$/))
    if (process.platform !== 'win32') expect(statSync(join(folder, 'agent.log')).mode & 0o777).toBe(0o600)
  })

  it('G12: is rotated, ten files at most, nothing lost in between', () => {
    const { folder, log } = makeAgentLog({ maxBytes: 1000, files: 4 })
    for (let n = 0; n < 25; n += 1) log.info(`line ${n}`, { fill: 'x'.repeat(100) })
    const names = readdirSync(folder).sort()
    expect(names).toEqual(['agent.1.log', 'agent.2.log', 'agent.3.log', 'agent.log'])
    for (const name of names) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1000)
    const all = ['agent.3.log', 'agent.2.log', 'agent.1.log', 'agent.log']
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('')
    const numbers = [...all.matchAll(/line (\d+)/g)].map((match) => Number(match[1]))
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 25 - numbers.length + n))
    expect(numbers.length).toBeGreaterThan(15)
  })

  it('goes on in the file that is there', () => {
    const { folder, log } = makeAgentLog()
    log.info('one')
    log.close()
    const again = openAgentLog({ folder, world: makeWorld(), redactor: new Redactor() })
    again.info('two')
    again.close()
    expect(readFileSync(join(folder, 'agent.log'), 'utf8').match(/one|two/g)).toEqual(['one', 'two'])
  })

  it('I27: holds no form of a secret: in words, in details, in errors and their causes', () => {
    const { folder, log } = makeAgentLog()
    for (const form of forms) {
      log.info(`url http://user:${form}@host/`)
      log.warn('detail', { nested: { list: [form], [form]: 1 } })
      log.error('error', { err: new Error(`failed with ${form}`, { cause: new Error(form) }) })
      log.error('typed', { error: new BackupError('internal', { reason: form }).toData() })
      log.info('secret', { value: new Secret(canary) })
    }
    const text = readFileSync(join(folder, 'agent.log'), 'utf8')
    expectClean(text)
    expect(text).toContain('failed with [redacted]')
  })

  it('that cannot be written does not stop the agent', () => {
    const { folder, log } = makeAgentLog()
    rmSync(folder, { recursive: true })
    log.info('lost')
  })
})
