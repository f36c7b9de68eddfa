/** Where the state lies, and that nobody else may look inside. */
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHome, homePaths, realSurroundings, stateDirectory } from '../../../electron/agent/state/home.ts'
import { stateDirectory as cliDirectory } from '../../../electron/cli/home.ts'
import { homeDirectory as shellDirectory } from '../../../electron/shell/home.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { makeWorld } from '../../helpers/world.ts'

const around = { ...realSurroundings(), user: '/home/anna', workingDirectory: '/srv', uid: 1000 }

describe('the state directory', () => {
  it('is the same for agent, shell and command line, on every platform', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      for (const environment of [
        {},
        { SITEKEEP_HOME: '/var/lib/sitekeep' },
        { XDG_DATA_HOME: '/d', LOCALAPPDATA: '/l' },
        { SITEKEEP_HOME: '' },
      ]) {
        const own = stateDirectory({ ...around, platform, environment })
        expect(cliDirectory(environment, platform, '/home/anna')).toBe(own)
        expect(shellDirectory(environment, platform, '/home/anna')).toBe(own)
      }
    }
  })

  it('named by a relative path lies where the person stood', () => {
    expect(stateDirectory({ ...around, environment: { SITEKEEP_HOME: 'state' } })).toBe('/srv/state')
    expect(stateDirectory({ ...around, environment: { SITEKEEP_HOME: 'state', INIT_CWD: '/home/anna' } })).toBe(
      '/home/anna/state',
    )
  })
})

describe('the socket', () => {
  const posix = { ...around, platform: 'linux' as const, temporary: '/tmp', environment: {} }

  it('lies in the state directory, unless its path is too long for a socket', () => {
    expect(homePaths('/var/lib/sitekeep', posix)).toMatchObject({
      socket: '/var/lib/sitekeep/agent.sock',
      runtime: undefined,
    })
    const long = `/home/${'备份'.repeat(20)}`
    const { socket, runtime } = homePaths(long, posix)
    expect(socket).toMatch(/^\/tmp\/sitekeep-1000-[0-9a-f]{12}\/agent\.sock$/)
    expect(runtime).toBe(join(socket, '..'))
    expect(homePaths(`${long}x`, posix).socket).not.toBe(socket)
    expect(homePaths(long, { ...posix, environment: { XDG_RUNTIME_DIR: '/run/user/1000' } }).socket).toMatch(
      /^\/run\/user\/1000\/sitekeep-/,
    )
    expect(Buffer.byteLength(homePaths(long, { ...posix, temporary: `/${'t'.repeat(200)}` }).socket)).toBeLessThan(104)
  })

  it('is a named pipe on Windows', () => {
    expect(homePaths('C:\\ProgramData\\Sitekeep', { ...around, platform: 'win32' }).socket).toMatch(
      /^\\\\\.\\pipe\\sitekeep-[0-9a-f]{12}$/,
    )
  })
})

describe.skipIf(process.platform === 'win32')('making it', () => {
  const world = makeWorld()

  it('makes every folder for its owner alone, also where one was open before', async () => {
    const home = join(makeTempDir(), 'deep', 'state')
    mkdirSync(home, { recursive: true })
    chmodSync(home, 0o755)
    const paths = homePaths(home)
    await createHome(paths, world)
    await createHome(paths, world)
    for (const folder of [paths.home, paths.secrets, paths.work, paths.logs, paths.runLogs]) {
      expect(statSync(folder).mode & 0o777, folder).toBe(0o700)
    }
  })

  it('refuses a folder of another account, and a file in its place', async () => {
    const home = makeTempDir()
    await expect(createHome(homePaths(home), world, 424242)).rejects.toMatchObject({ code: 'state-unusable' })
    writeFileSync(join(home, 'file'), '')
    await expect(createHome(homePaths(join(home, 'file')), world)).rejects.toMatchObject({ code: 'state-unusable' })
    symlinkSync(join(home, 'nowhere'), join(home, 'link'))
    await expect(createHome(homePaths(join(home, 'link')), world)).rejects.toMatchObject({ code: 'state-unusable' })
  })
})
