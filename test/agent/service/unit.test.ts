/** The unit's text, judged by systemd's own reader. */
import { mkdirSync, writeFileSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSafeProgram } from '../../../electron/agent/service/unit-value.ts'
import { placesIn } from '../../../electron/agent/service/job-places.ts'
import { DEFAULT_HOME, readMark, unitText, type UnitFacts } from '../../../electron/agent/service/unit-text.ts'
import { needSystemd, readUnit, verifyUnit } from '../../helpers/systemd.ts'
import { makeTempDir } from '../../helpers/temp.ts'

const facts: UnitFacts = {
  command: [process.execPath, '/opt/sitekeep/out/main/agent.js', '--log', 'journal'],
  home: DEFAULT_HOME,
  user: undefined,
  version: '1.2.3',
  writable: [],
  places: [],
}

function written(text: string): string {
  const path = join(makeTempDir(), 'sitekeep.service')
  writeFileSync(path, text)
  return path
}

/** Values of a setting, over all its lines. */
const valuesOf = (text: string, name: string): string[] =>
  text.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []))

describe('the unit', () => {
  it('is one that systemd finds nothing to say about', (context) => {
    needSystemd(context)
    for (const user of [undefined, 'root'])
      for (const home of [DEFAULT_HOME, '/data/state of 100% "shop"'])
        expect(verifyUnit(written(unitText({ ...facts, user, home, writable: ['/a b'], places: ['/c%n'] })))).toBe('')
  })

  const hostile = ['with space', '100%n', 'quo"te', "it's", 'back\\slash', '$HOME ${PATH}', '店铺', '; rm', 'a#no']

  it.each(hostile)('gives systemd the very command line, variable and folders: %j', (name) => {
    const dir = join(makeTempDir(), name)
    mkdirSync(dir)
    // systemd itself takes no program with these in its path; the installer refuses it.
    const program = join(isSafeProgram(dir) ? dir : makeTempDir(), 'node')
    writeFileSync(program, '#!/bin/sh\n')
    chmodSync(program, 0o755)
    const command = [program, join(dir, 'agent.js'), '--log', name]
    const { writable, ...unit } = readUnit(
      written(unitText({ ...facts, command, home: dir, places: [`${dir}/place`] })),
    )
    expect(unit).toEqual({ command, environment: [`SITEKEEP_HOME=${dir}`] })
    expect(writable).toContain(`-${dir} -${dir}/place`)
  })

  it('leaves variables to no one, also where systemd is too old for the colon', () => {
    expect(unitText(facts)).toContain(`\nExecStart="${process.execPath}"`)
    expect(unitText({ ...facts, command: ['/a$b'] })).toContain('\nExecStart=:"/a$b"')
  })

  it('starts with the computer, again after a crash, and leaves the agent the time to end its runs', () => {
    const text = unitText(facts)
    expect(valuesOf(text, 'WantedBy')).toEqual(['multi-user.target'])
    expect(valuesOf(text, 'Restart')).toEqual(['on-failure'])
    expect(valuesOf(text, 'StartLimitBurst')).toEqual(['10'])
    expect(valuesOf(text, 'KillMode')).toEqual(['mixed'])
    expect(Number(valuesOf(text, 'TimeoutStopSec')[0])).toBeGreaterThan(12)
  })

  it('keeps the system read-only and hides no data', () => {
    const text = unitText(facts)
    expect(valuesOf(text, 'ProtectSystem')).toEqual(['strict'])
    expect(valuesOf(text, 'NoNewPrivileges')).toEqual(['yes'])
    for (const name of ['PrivateTmp', 'ProtectHome', 'MemoryDenyWriteExecute', 'RestrictSUIDSGID'])
      expect(valuesOf(text, name), name).toEqual([])
    const folders = valuesOf(text, 'ReadWritePaths').join(' ')
    for (const folder of ['/etc"', '/usr', '/boot', '/root', '/var"', '"-/"']) expect(folders).not.toContain(folder)
  })

  it('has systemd make the state directory where it is the usual one, and names the account', () => {
    expect(valuesOf(unitText(facts), 'StateDirectory')).toEqual(['sitekeep'])
    expect(valuesOf(unitText({ ...facts, home: '/data' }), 'StateDirectory')).toEqual([])
    expect(unitText({ ...facts, user: 'backup' })).toContain('\n[Service]\n')
    expect(valuesOf(unitText({ ...facts, user: 'backup' }), 'User')[0]).toBe('backup')
  })

  it('says what it was made from, and a unit of somebody else says nothing', () => {
    const mark = { Home: '/a "b"', User: 'backup', Version: '1.2.3', Writable: ['/x y', '/z'] }
    const text = unitText({ ...facts, home: mark.Home, user: mark.User, writable: mark.Writable })
    expect(readMark(text)).toEqual(mark)
    expect(readMark('[Service]\nExecStart=/bin/true\n')).toBeUndefined()
    expect(readMark(text.replace('"1.2.3"', '1.2.'))).toBeUndefined()
  })
})

describe('what the jobs need', () => {
  it('is their places, their work folders, the folders of their databases, and what podman keeps', () => {
    const destinations = [{ path: '/backup' }, { path: 'relative' }] as never
    const sqlite = { kind: 'sqlite', path: '/opt/shop/db.sqlite3' }
    const files = { kind: 'files', roots: ['/opt/shop/media'] }
    const server = (program: string) => ({ kind: 'postgres', server: { via: 'container', program } })
    const places = (...sources: readonly unknown[]) =>
      placesIn({ destinations, jobs: [{ workDir: '/fast', sources }] as never })
    expect(places(sqlite, files, server('docker'))).toEqual(['/backup', '/fast', '/opt/shop'])
    expect(places(server('podman'))).toContain('/run/libpod')
  })
})
