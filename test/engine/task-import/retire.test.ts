/** Switching old tasks off and on: the right commands, one line of a crontab and nothing else, a copy of what was. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Replaces } from '../../../electron/contract/replaces.ts'
import { lineDigest } from '../../../electron/engine/task-import/crontab.ts'
import { resultsIn, systemTasks } from '../../../electron/engine/task-import/from-system.ts'
import { readTasks } from '../../../electron/engine/task-import/read-tasks.ts'
import { giveBack, MARK, retire } from '../../../electron/engine/task-import/retire.ts'
import type { Spawn } from '../../../electron/engine/world.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { makeWorld, type TestWorld } from '../../helpers/world.ts'
import { now } from './reading.ts'

const LINE = '0 2 * * * pg_dump shop > /b/shop.sql'
const TABLE = `# nightly\nMAILTO=root\n${LINE}\n30 3 * * * /opt/\xe9t\xe9.sh\n`

/** Programs of a system, as scripts in a folder of their own, each noting how it was called. */
function standIns(
  scripts: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = 'linux',
): { world: TestWorld; calls: () => string } {
  const dir = makeTempDir()
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(dir, name), `#!/bin/sh\necho "${name} $*" >> '${dir}/calls'\n${script}\n`)
    chmodSync(join(dir, name), 0o755)
  }
  const started = ((program: string, args: string[], options: object) =>
    spawn(join(dir, program), args, options)) as unknown as Spawn
  const world = makeWorld({ spawn: started, host: { hostname: 'h', user: 'u', platform } })
  return { world, calls: () => readFileSync(join(dir, 'calls'), 'utf8') }
}

function line(file?: string): Replaces {
  const task = { kind: 'crontab', lineSha256: lineDigest(LINE), ...(file === undefined ? {} : { file }) } as const
  return { task, name: 'crontab:3' }
}

describe('a line of a crontab', () => {
  it('is switched off and given back; every other byte stays, and a copy is kept', async () => {
    const dir = makeTempDir()
    const file = join(dir, 'site')
    writeFileSync(file, Buffer.from(TABLE, 'latin1'))
    const { world } = standIns({})
    const retired = await retire(line(file), world, dir)
    expect(readFileSync(file, 'latin1')).toBe(TABLE.replace(LINE, `${MARK}${LINE}`))
    expect(readFileSync(retired.copy ?? '', 'latin1')).toBe(TABLE)
    expect(retired.retiredAt).toMatch(/^20/)
    const given = await giveBack(retired, world, dir)
    expect(readFileSync(file, 'latin1')).toBe(TABLE)
    expect(given).toEqual(line(file))
  })

  it('that was never switched off, because the power failed before, is given back as it is', async () => {
    const dir = makeTempDir()
    const file = join(dir, 'site')
    writeFileSync(file, TABLE, 'latin1')
    const { world } = standIns({})
    await giveBack({ ...line(file), retiredAt: '2026-01-05T02:00:00+08:00' }, world, dir)
    expect(readFileSync(file, 'latin1')).toBe(TABLE)
  })

  it('that somebody has changed meanwhile is left alone', async () => {
    const dir = makeTempDir()
    const file = join(dir, 'site')
    writeFileSync(file, TABLE.replace('0 2', '0 4'), 'latin1')
    const { world } = standIns({})
    await expect(retire(line(file), world, dir)).rejects.toMatchObject({ code: 'not-found' })
    await expect(retire(line(join(dir, 'gone')), world, dir)).rejects.toMatchObject({ code: 'not-found' })
    expect(readFileSync(file, 'latin1')).toBe(TABLE.replace('0 2', '0 4'))
    expect(readdirSync(dir)).toEqual(['site'])
  })

  it('of the user goes through the program crontab, which may refuse', async () => {
    const dir = makeTempDir()
    const table = join(dir, 'table')
    writeFileSync(table, TABLE, 'latin1')
    const copies = join(dir, 'copies')
    mkdirSync(copies)
    const { world } = standIns({ crontab: `if [ "$1" = -l ]; then cat '${table}'; else cat "$1" > '${table}'; fi` })
    await retire(line(), world, copies)
    expect(readFileSync(table, 'latin1')).toContain(`\n${MARK}${LINE}\n`)
    await giveBack(line(), world, copies)
    expect(readFileSync(table, 'latin1')).toBe(TABLE)
    expect(readdirSync(copies).filter((name) => name.endsWith('.new'))).toEqual([])
    const refusing = standIns({
      crontab: `if [ "$1" = -l ]; then cat '${table}'; else echo 'not allowed' >&2; exit 1; fi`,
    })
    await expect(retire(line(), refusing.world, copies)).rejects.toMatchObject({
      code: 'task-unchanged',
      detail: { reason: 'not allowed' },
    })
  })
})

it('a timer, and a task of the Task Scheduler', async () => {
  const dir = makeTempDir()
  const unix = standIns({ systemctl: '' })
  const timer: Replaces = { task: { kind: 'systemd', unit: 'shop.timer' }, name: 'shop' }
  await giveBack(await retire(timer, unix.world, dir), unix.world, dir)
  expect(unix.calls()).toBe('systemctl disable --now shop.timer\nsystemctl enable --now shop.timer\n')
  const windows = standIns({ schtasks: '' }, 'win32')
  const task: Replaces = { task: { kind: 'task-scheduler', name: '\\备份\\PG' }, name: 'PG' }
  await giveBack(await retire(task, windows.world, dir), windows.world, dir)
  expect(windows.calls()).toBe('schtasks /change /tn \\备份\\PG /disable\nschtasks /change /tn \\备份\\PG /enable\n')
  await expect(retire(task, unix.world, dir)).rejects.toMatchObject({ code: 'unsupported' })
})

it('a tool that is missing or fails changes nothing and says so', async () => {
  const { world } = standIns({ systemctl: 'echo "Access denied" >&2; exit 4' })
  const timer: Replaces = { task: { kind: 'systemd', unit: 'shop.timer' }, name: 'shop' }
  await expect(retire(timer, world, makeTempDir())).rejects.toMatchObject({
    code: 'task-unchanged',
    detail: { reason: 'Access denied' },
  })
  await expect(retire(timer, standIns({}).world, makeTempDir())).rejects.toMatchObject({ code: 'task-unchanged' })
})

describe('this computer', () => {
  it('on Windows is asked by schtasks, for its tasks and how they ended', async () => {
    const sample = new URL('../../fixtures/task-scheduler/5-schtasks-query-xml-ONE.gbk.xml', import.meta.url).pathname
    const csv =
      '"WMS-SRV","\\GreaterWMS DB Backup","N/A","就绪","x","2026/3/9","1","Author","C:\\\\b.bat"\n"WMS-SRV","\\Site\\Copy uploads","N/A","x","x","x","3","A","robocopy"'
    const { world } = standIns(
      { schtasks: `if [ "$2" = /xml ]; then cat '${sample}'; else cat <<'E'\n${csv}\nE\nfi` },
      'win32',
    )
    const { inputs, results } = await systemTasks(world)
    const { jobs } = await readTasks(inputs, { read: async () => undefined, now, results })
    expect(jobs[0]?.weaknesses).toContainEqual(
      expect.objectContaining({ code: 'last-result-failed', detail: { result: 1 } }),
    )
    expect(jobs.find(({ task }) => task === '\\Site\\Copy uploads')?.weaknesses.map(({ code }) => code)).not.toContain(
      'last-result-failed',
    )
    expect(jobs[0]?.replaces).toEqual({
      task: { kind: 'task-scheduler', name: '\\GreaterWMS DB Backup' },
      name: '\\GreaterWMS DB Backup',
    })
  })

  it('on Unix, the crontab of the user can be given back by its line', async () => {
    const { world } = standIns({ crontab: `cat <<'E'\n${LINE}\nE` })
    const { inputs } = await systemTasks(world)
    const own = inputs.filter(({ name }) => name === 'crontab')
    const { jobs } = await readTasks(own, { read: async () => undefined, now })
    expect(jobs[0]?.replaces?.task).toEqual({ kind: 'crontab', lineSha256: lineDigest(LINE) })
  })

  it('a list that is none says nothing', () => {
    expect(resultsIn('INFO: there are no tasks\n"a","b"\n').size).toBe(0)
  })
})
