/** Where the socket lies, and that nobody else may look inside the state directory. */
import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createHome, homePaths, realSurroundings } from '../../../electron/agent/state/home.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { makeWorld } from '../../helpers/world.ts'

const around = { ...realSurroundings(), uid: 1000 }

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
