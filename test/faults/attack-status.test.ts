/** `sitekeep status` as a monitor calls it, without a service: after the places for backups have gone. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { cliEntry } from '../helpers/entries.ts'
import { makeTempDir } from '../helpers/temp.ts'

// Each command is a process that starts an agent of its own; on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 120_000 })

it('I4: is not green where the only place for backups is gone, without any run in between', () => {
  const dir = makeTempDir()
  const { INIT_CWD: _init, ...inherited } = process.env
  const how = { cwd: dir, env: { ...inherited, SITEKEEP_HOME: join(dir, 'home') }, encoding: 'utf8' } as const
  const statusNow = (): { code: number | null; codes: string[] } => {
    const ended = spawnSync(process.execPath, [cliEntry, 'status', '--json'], how)
    const { jobs } = JSON.parse(ended.stdout) as { jobs: { reasons: { code: string }[] }[] }
    return { code: ended.status, codes: jobs.flatMap(({ reasons }) => reasons.map(({ code }) => code)) }
  }
  mkdirSync(join(dir, 'data'))
  writeFileSync(join(dir, 'data/a'), 'a')
  execFileSync(process.execPath, [cliEntry, 'job', 'add', 'shop', '--files', 'data', '--to', './backups'], how)
  execFileSync(process.execPath, [cliEntry, 'backup', 'shop'], how)
  expect(statusNow()).toEqual({ code: 0, codes: ['no-schedule', 'proven'] })

  renameSync(join(dir, 'backups'), join(dir, 'unplugged'))
  expect(statusNow()).toEqual({ code: 3, codes: ['destination-unreachable', 'no-schedule'] })
  renameSync(join(dir, 'unplugged'), join(dir, 'backups'))
  expect(statusNow().code).toBe(0)
})
