/** `sitekeep service` on a system whose `systemctl` is a stand-in that really runs the unit's command line. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { acquireLock } from '../../../electron/agent/lock.ts'
import { serviceOf, type Service } from '../../../electron/agent/service/registry.ts'
import type { ServiceDeps } from '../../../electron/agent/service/service.ts'
import { stateDirectory } from '../../../electron/client/home.ts'
import { connectAgent } from '../../../electron/client/client.ts'
import { agentEntry } from '../../helpers/entries.ts'
import { needSystemd, systemctlStandIn, verifyUnit, type SystemctlStandIn } from '../../helpers/systemd.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { play } from '../../cli/stage.ts'

function on(system: SystemctlStandIn, overrides: Partial<ServiceDeps> = {}): Service {
  const { world, root } = system
  const command = [process.execPath, agentEntry, '--log', 'journal'] as const
  return serviceOf({ world, root, version: '1.2.3', command: [...command], uid: 0, ...overrides })
}

const changes = (system: SystemctlStandIn) => system.calls().filter((call) => !call.startsWith('show '))

describe.skipIf(process.platform !== 'linux')('service install', () => {
  it('writes a unit that systemd accepts, starts it, and waits until the agent answers', async (context) => {
    needSystemd(context)
    const system = systemctlStandIn()
    const home = join(makeTempDir(), 'state of 100% "shop"')
    const service = on(system)
    const installed = await play(['service', 'install', '--home', home, '--json'], { service })
    expect(installed.exit, installed.out + installed.err + system.journal()).toBe(0)
    expect(installed.document()).toMatchObject({ installed: true, home, user: 'root', pid: system.pid() })
    expect(changes(system)).toEqual(['daemon-reload', 'enable --now sitekeep.service'])
    expect(verifyUnit(system.unit)).toBe('')
    expect(statSync(system.unit).mode & 0o777).toBe(0o644)
    expect(statSync(home).mode & 0o777).toBe(0o700)
    expect(system.journal()).toMatch(/^<6>version .* started as agent on /m)
    // From now on every command and window of whoever may act finds it.
    const found = (unit: string) => stateDirectory({}, 'linux', '/home/x', '/', unit)
    expect(found(system.unit)).toBe(home)
    expect(found(join(system.root, 'none'))).toBe('/home/x/.local/share/sitekeep')
    writeFileSync(join(system.root, 'closed'), readFileSync(system.unit, 'utf8').replace('Home="', 'Home="/no'))
    expect(found(join(system.root, 'closed'))).toBe('/home/x/.local/share/sitekeep')
    expect(stateDirectory({ SITEKEEP_HOME: '/own' }, 'linux', '/home/x', '/', system.unit)).toBe('/own')
    const status = await play(['service', 'status', '--json'], { service })
    expect([status.exit, status.document()]).toEqual([
      0,
      expect.objectContaining({ installed: true, enabled: true, running: true, answers: true, home }),
    ])
  }, 60_000)

  it('lets the agent end its work when it is stopped, removes the unit, and leaves the state', async (context) => {
    needSystemd(context)
    const system = systemctlStandIn()
    const home = join(makeTempDir(), 'home')
    const service = on(system)
    await play(['service', 'install', '--home', home], { service })
    const client = await connectAgent({ home, client: 'test' })
    client.close()
    const gone = await play(['service', 'uninstall', '--yes', '--json'], { service })
    expect([gone.exit, gone.document()]).toEqual([0, { installed: false, home }])
    expect(changes(system).slice(2)).toEqual(['disable --now sitekeep.service', 'daemon-reload'])
    expect(existsSync(system.unit)).toBe(false)
    expect(readFileSync(join(home, 'sitekeep.json'), 'utf8')).toContain('"jobs"')
    // The note goes with an agent that ended in order.
    expect(existsSync(join(home, 'agent.json'))).toBe(false)
    const status = await play(['service', 'status', '--json'], { service })
    expect([status.exit, status.document()]).toMatchObject([4, { installed: false }])
    expect((await play(['service', 'uninstall', '--yes'], { service })).exit).toBe(4)
  }, 60_000)

  it('takes over, when repeated, what was added, keeps what was said before, and starts the agent anew', async (context) => {
    needSystemd(context)
    const system = systemctlStandIn()
    const home = join(makeTempDir(), 'home')
    const place = makeTempDir()
    const service = on(system)
    await play(['service', 'install', '--home', home, '--writable', '/data one'], { service })
    const first = system.pid()
    const client = await connectAgent({ home, client: 'test' })
    await client.call('destination.add', { kind: 'folder', path: place })
    client.close()
    expect(readFileSync(system.unit, 'utf8')).not.toContain(`"-${place}"`)
    const again = await play(['service', 'install', '--json'], { service })
    expect(again.document()).toMatchObject({ installed: true, home })
    expect(system.pid()).not.toBe(first)
    const unit = readFileSync(system.unit, 'utf8')
    expect(unit).toContain(`"-${place}"`)
    expect(unit).toContain('"-/data one"')
  }, 60_000)

  it('changes nothing when asked what it would write', async (context) => {
    needSystemd(context)
    const system = systemctlStandIn()
    const played = await play(['service', 'install', '--dry-run', '--home', '/data/x'], {
      service: on(system, { uid: 1000 }),
    })
    expect(played.exit).toBe(0)
    expect(played.out).toContain('Environment="SITEKEEP_HOME=/data/x"')
    expect([system.calls(), existsSync(system.unit)]).toEqual([[], false])
    const path = join(makeTempDir(), 'sitekeep.service')
    writeFileSync(path, played.out)
    expect(verifyUnit(path)).toBe('')
  })

  it('is taken back where systemd refuses', async () => {
    const system = systemctlStandIn()
    system.fail('enable')
    const home = join(makeTempDir(), 'home')
    const played = await play(['service', 'install', '--home', home, '--json'], { service: on(system) })
    expect([played.exit, played.document()]).toMatchObject([1, { error: { code: 'service-failed' } }])
    expect(played.out).toContain('Job for enable failed.')
    expect(existsSync(system.unit)).toBe(false)
    expect(system.calls().at(-1)).toBe('daemon-reload')
  })

  it.each([
    ['is no root', { uid: 1000 }, 'service-rights'],
    ['is on Windows', { system: 'win32' }, 'service-not-here'],
    ['is on macOS', { system: 'darwin' }, 'service-not-here'],
  ] as const)(
    'is refused in words to a person who %s',
    async (_, { uid = 0, ...rest }: { uid?: number; system?: NodeJS.Platform }, code) => {
      const system = systemctlStandIn()
      const { world } = system
      const host = { ...world.host, platform: rest.system ?? 'linux' }
      const make = () => on(system, { uid, world: { ...world, host } })
      if (rest.system !== undefined) expect(make).toThrow(expect.objectContaining({ code }) as Error)
      else {
        const played = await play(['service', 'install', '--json'], { service: make() })
        expect([played.exit, played.document()]).toMatchObject([5, { error: { code } }])
      }
      expect(changes(system)).toEqual([])
      expect(existsSync(system.unit)).toBe(false)
    },
  )

  it('is refused where process 1 is not systemd, and says which it is', async () => {
    const system = systemctlStandIn()
    const elsewhere = makeTempDir()
    mkdirSync(join(elsewhere, 'proc/1'), { recursive: true })
    writeFileSync(join(elsewhere, 'proc/1/comm'), 'tini\n')
    for (const verb of [['install'], ['uninstall', '--yes']]) {
      const service = on(system, { root: elsewhere })
      const played = await play(['service', ...verb, '--lang', 'zh-CN'], { service })
      expect(played.exit).toBe(5)
      expect(played.err).toContain('tini')
      expect(played.err).toContain('/etc/wsl.conf')
    }
  })

  it('is refused where another agent holds the state, and where the unit is somebody else’s', async () => {
    const system = systemctlStandIn()
    const home = makeTempDir()
    const lock = acquireLock(home)
    const held = await play(['service', 'install', '--home', home, '--json'], { service: on(system) })
    lock.release()
    expect([held.exit, held.document()]).toMatchObject([5, { error: { code: 'agent-running' } }])
    writeFileSync(system.unit, '[Service]\nExecStart=/usr/local/bin/sitekeep\n')
    for (const verb of [
      ['install', '--home', home],
      ['uninstall', '--yes'],
    ]) {
      const foreign = await play(['service', ...verb, '--json'], { service: on(system) })
      expect([foreign.exit, foreign.document()]).toMatchObject([5, { error: { code: 'service-foreign' } }])
    }
    expect(readFileSync(system.unit, 'utf8')).toContain('/usr/local/bin')
    expect(changes(system)).toEqual([])
  })

  it('is refused for paths that a unit cannot hold', async () => {
    const system = systemctlStandIn()
    for (const [home, program] of [
      ['/a\nb', process.execPath],
      ['/a', '/opt/quo"te/node'],
    ] as const) {
      const service = on(system, { command: [program, agentEntry] })
      const played = await play(['service', 'install', '--home', home, '--json'], { service })
      expect([played.exit, played.document()]).toMatchObject([2, { error: { code: 'service-path' } }])
    }
    expect(system.calls()).toEqual([])
  })

  it('is refused for an account that is not there, and for a state that another account owns', async () => {
    const system = systemctlStandIn()
    const home = makeTempDir()
    const nobody = await play(['service', 'install', '--home', home, '--user', 'no-such-user', '--json'], {
      service: on(system),
    })
    expect([nobody.exit, nobody.document()]).toMatchObject([4, { error: { code: 'not-found' } }])
    if (process.getuid?.() === 0) {
      const other = await play(['service', 'install', '--home', home, '--user', 'daemon', '--json'], {
        service: on(system),
      })
      expect([other.exit, other.document()]).toMatchObject([1, { error: { code: 'state-unusable' } }])
    }
    expect(existsSync(system.unit)).toBe(false)
  })
})
