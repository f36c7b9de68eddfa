/** Which of several PostgreSQL clients is used: found where installers put them, fitting the server, never older than it. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  baseDirectoriesIn,
  chooseTools,
  findTools,
  programIn,
  versionOf,
  type ClientTools,
} from '../../../../electron/engine/source/postgres/tools.ts'
import { postgresBin } from '../../../helpers/postgres-server.ts'
import { makeTempDir } from '../../../helpers/temp.ts'
import { makeWorld } from '../../../helpers/world.ts'

const never = new AbortController().signal
const tools = (major: number, isOnPath = false): ClientTools => ({
  folder: `/opt/${major}`,
  major,
  version: `${major}.1`,
  isOnPath,
})

describe('choosing', () => {
  it.each([
    ['the one on PATH, though an exact one is installed', [tools(17, true), tools(15)], 15, 17],
    ['the lowest that fits, where the one on PATH is too old', [tools(13, true), tools(17), tools(15)], 14, 15],
    ['the lowest that fits, where none is on PATH', [tools(17), tools(16)], 16, 16],
    ['none, where all are older', [tools(13, true), tools(14)], 15, undefined],
    ['none of none', [], 15, undefined],
  ])('%s', (_, installed, server, major) => {
    expect(chooseTools(installed, server)?.major).toBe(major)
  })

  it('is never one older than the server, and never none where one fits', () => {
    const installed = fc.array(fc.record({ major: fc.integer({ min: 9, max: 20 }), isOnPath: fc.boolean() }))
    fc.assert(
      fc.property(installed, fc.integer({ min: 9, max: 20 }), (some, server) => {
        const chosen = chooseTools(
          some.map(({ major, isOnPath }) => tools(major, isOnPath)),
          server,
        )
        expect(chosen === undefined).toBe(some.every(({ major }) => major < server))
        if (chosen !== undefined) expect(chosen.major).toBeGreaterThanOrEqual(server)
      }),
    )
  })
})

describe('reading a version', () => {
  it.each([
    ['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', { version: '15.18', major: 15 }],
    ['pg_dump (PostgreSQL) 9.6.24', { version: '9.6.24', major: 9 }],
    ['pg_dump (PostgreSQL) 19devel', { version: '19devel', major: 19 }],
    ['pg_dump (PostgreSQL) 18beta2', { version: '18beta2', major: 18 }],
    ['something else 15.1', undefined],
  ])('%s', (text, version) => {
    expect(versionOf(text)).toEqual(version)
  })
})

describe('the Windows registry', () => {
  it('names the folders of all installations', () => {
    const text = [
      '',
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\PostgreSQL\\Installations\\postgresql-x64-15',
      '    Base Directory    REG_SZ    C:\\Program Files\\PostgreSQL\\15',
      '',
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\PostgreSQL\\Installations\\postgresql-x64-16',
      '    Base Directory    REG_SZ    D:\\数据库 系统\\pg16\\ ',
      '',
      'End of search: 2 match(es) found.',
    ].join('\r\n')
    expect(baseDirectoriesIn(text)).toEqual(['C:\\Program Files\\PostgreSQL\\15', 'D:\\数据库 系统\\pg16\\'])
  })

  it('is empty where there is none', () => {
    expect(baseDirectoriesIn('ERROR: The system was unable to find the specified registry key or value.\r\n')).toEqual(
      [],
    )
  })

  it('is asked in both views, and programs end in .exe', async () => {
    const asked: string[] = []
    const real = makeWorld()
    const spawn = ((file: string, args: readonly string[], options: object) => {
      asked.push([file, ...args].join(' '))
      return real.spawn('true', [], options)
    }) as typeof real.spawn
    const world = makeWorld({ spawn, host: { hostname: 'pc', user: 'u', platform: 'win32' } })
    expect(await findTools(world, never)).toEqual([])
    const key = 'HKLM\\SOFTWARE\\PostgreSQL\\Installations'
    expect(asked).toContain(`reg.exe query ${key} /s /v Base Directory /reg:64`)
    expect(asked).toContain(`reg.exe query ${key} /s /v Base Directory /reg:32`)
    expect(programIn('C:\\pg\\bin', 'psql', world)).toBe('C:\\pg\\bin\\psql.exe')
  })
})

describe('finding', () => {
  const path = process.env['PATH']
  let folder = ''
  beforeEach(() => {
    folder = makeTempDir()
  })
  afterEach(() => {
    process.env['PATH'] = path
  })

  /** A folder with a pg_dump that says that it is of `version`. */
  function client(name: string, script: string): string {
    const bin = join(folder, name)
    mkdirSync(bin)
    writeFileSync(join(bin, 'pg_dump'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, 'pg_dump'), 0o755)
    return bin
  }

  it('takes what PATH names first, once, by its real folder, and leaves out what does not run', async () => {
    const own = client('own', 'echo "pg_dump (PostgreSQL) 16.4"')
    const broken = client('broken', 'exit 1')
    symlinkSync(own, join(folder, 'again'))
    process.env['PATH'] = [broken, join(folder, 'again'), own, 'relative/bin', join(folder, 'absent')].join(':')
    const found = await findTools(makeWorld(), never)
    expect(found.filter(({ folder: at }) => at.startsWith(folder))).toEqual([
      { folder: own, major: 16, version: '16.4', isOnPath: true },
    ])
  })

  it("passes over Debian's wrapper, which picks a version by its own rules", async () => {
    const wrapped = client('wrapped', 'echo "pg_dump (PostgreSQL) 99.1"')
    const share = join(folder, 'share')
    mkdirSync(share)
    writeFileSync(join(share, 'pg_wrapper'), '#!/bin/sh\necho "pg_dump (PostgreSQL) 98.1"\n', { mode: 0o755 })
    mkdirSync(join(folder, 'usr-bin'))
    symlinkSync(join(share, 'pg_wrapper'), join(folder, 'usr-bin/pg_dump'))
    process.env['PATH'] = [join(folder, 'usr-bin'), wrapped].join(':')
    const found = await findTools(makeWorld(), never)
    expect(found.map(({ major }) => major)).not.toContain(98)
    expect(found.map(({ major }) => major)).toContain(99)
  })

  it.skipIf(postgresBin === undefined)('finds what the system has installed beside PATH', async () => {
    process.env['PATH'] = ''
    expect(await findTools(makeWorld(), never)).toContainEqual(
      expect.objectContaining({ folder: postgresBin, isOnPath: false }),
    )
  })
})
