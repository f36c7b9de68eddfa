/** The service as a systemd unit: written, enabled, started; stopped and removed, never the state. */
import { basename, dirname, join } from 'node:path'
import { phrase } from '../../contract/phrases.ts'
import { SERVICE_UNIT } from '../../contract/state-files.ts'
import { replaceFile, syncFolder } from '../../engine/atomic-file.ts'
import { BackupError, errnoOf, reasonOf } from '../../engine/errors.ts'
import { runTool } from '../../engine/task-import/run-tool.ts'
import { acquireLock } from '../lock.ts'
import { placesOfJobs } from './job-places.ts'
import type { ServiceDeps, ServiceKind, ServicePlan, ServiceRequest, ServiceState } from './service.ts'
import { DEFAULT_HOME, readMark, unitText } from './unit-text.ts'
import { isSafeProgram } from './unit-value.ts'

const UNIT = basename(SERVICE_UNIT)

export function systemdService(deps: ServiceDeps): ServiceKind {
  return new SystemdService(deps)
}

class SystemdService implements ServiceKind {
  readonly name = 'systemd'
  readonly #deps: ServiceDeps
  readonly #path: string

  constructor(deps: ServiceDeps) {
    this.#deps = deps
    this.#path = join(deps.root, SERVICE_UNIT)
  }

  async plan(request: ServiceRequest): Promise<ServicePlan> {
    const { command, version, world } = this.#deps
    const before = readMark((await this.#unit()) ?? '')
    const writable = [...new Set([...(before?.Writable ?? []), ...request.writable])]
    const places = await placesOfJobs(request.home, world)
    const paths = [request.home, ...command, ...writable, ...places]
    const unfit = paths.find((path) => /[\n\r]/.test(path)) ?? command.slice(0, 1).find((path) => !isSafeProgram(path))
    if (unfit !== undefined) throw new BackupError('service-path', { path: unfit })
    const { home, user } = request
    const text = unitText({ command, home, user, version, writable, places })
    return { request: { home, user, writable }, path: this.#path, text }
  }

  async install({ request, text }: ServicePlan): Promise<void> {
    await this.#mustBeAble()
    const before = await this.#ownUnit()
    const state = await this.state()
    const isOurs = state.running && state.home === request.home
    if (!isOurs) await this.#mustBeFree(request.home)
    await this.#prepareHome(request)
    await this.#write(text)
    try {
      await this.#systemctl('daemon-reload')
      // What runs goes on with the old unit until it is started anew.
      if (state.running) await this.#systemctl('stop', UNIT)
      await this.#systemctl('enable', '--now', UNIT)
    } catch (error) {
      await this.#takeBack(before, state)
      throw error
    }
  }

  async uninstall(): Promise<ServiceState> {
    await this.#mustBeAble()
    if ((await this.#ownUnit()) === undefined)
      throw new BackupError('not-found', { what: phrase('service'), name: UNIT })
    const state = await this.state()
    await this.#systemctl('disable', '--now', UNIT)
    await this.#remove()
    await this.#systemctl('daemon-reload')
    return state
  }

  async state(): Promise<ServiceState> {
    const text = await this.#unit()
    if (text === undefined) return { kind: this.name, installed: false, enabled: false, running: false }
    const mark = readMark(text)
    const shown = await this.#show()
    return {
      kind: this.name,
      installed: true,
      enabled: shown.get('UnitFileState') === 'enabled',
      running: ['active', 'activating', 'reloading'].includes(shown.get('ActiveState') ?? ''),
      path: this.#path,
      ...(mark === undefined ? {} : { home: mark.Home, user: mark.User, version: mark.Version }),
    }
  }

  /** Without an answer (no systemd here) nothing is known to run. */
  async #show(): Promise<ReadonlyMap<string, string>> {
    const args = ['show', UNIT, '--property=ActiveState,UnitFileState']
    const { code, out } = await runTool(this.#deps.world, 'systemctl', args)
    if (code !== 0) return new Map()
    const lines = Buffer.from(out).toString('utf8').split('\n')
    return new Map(lines.map((line): [string, string] => [line.split('=')[0] ?? '', line.split('=')[1] ?? '']))
  }

  async #mustBeAble(): Promise<void> {
    const { world, root, uid } = this.#deps
    // As sd_booted(3) says.
    if (!(await isThere(this.#deps, join(root, '/run/systemd/system')))) {
      const first = (await readText(this.#deps, join(root, '/proc/1/comm')))?.trim() ?? '?'
      throw new BackupError('service-unavailable', { program: first })
    }
    if (uid !== 0) throw new BackupError('service-rights', { user: world.host.user })
  }

  /** Undefined where there is none. */
  async #ownUnit(): Promise<string | undefined> {
    const text = await this.#unit()
    if (text !== undefined && readMark(text) === undefined)
      throw new BackupError('service-foreign', { path: this.#path })
    return text
  }

  #unit(): Promise<string | undefined> {
    return readText(this.#deps, this.#path)
  }

  /** Decided by the agent's own lock, which the kernel keeps. */
  async #mustBeFree(home: string): Promise<void> {
    if (await isThere(this.#deps, join(home, 'lock.db'))) acquireLock(home).release()
  }

  /** The account must own its state: systemd sees to that where it makes the folder itself. */
  async #prepareHome({ home, user }: ServiceRequest): Promise<void> {
    const { world } = this.#deps
    const [uid, gid] = user === undefined ? [0, 0] : [await this.#id('-u', user), await this.#id('-g', user)]
    if (home === DEFAULT_HOME) return
    try {
      const isNew = (await world.files.mkdir(home, { recursive: true, mode: 0o700 })) !== undefined
      if (isNew) await world.files.lchown(home, uid, gid)
      else if ((await world.files.stat(home)).uid !== uid)
        throw new BackupError('state-unusable', { path: home, reason: phrase('other-account') })
    } catch (error) {
      if (error instanceof BackupError) throw error
      throw new BackupError('state-unusable', { path: home, reason: reasonOf(error) }, { cause: error })
    }
  }

  async #id(which: '-u' | '-g', user: string): Promise<number> {
    const { code, out } = await runTool(this.#deps.world, 'id', [which, '--', user])
    if (code !== 0) throw new BackupError('not-found', { what: phrase('account'), name: user })
    return Number(Buffer.from(out).toString('utf8'))
  }

  async #write(text: string): Promise<void> {
    const { world } = this.#deps
    try {
      await replaceFile(world, this.#path, Buffer.from(text))
      // Every account may read which state directory the service has.
      await world.files.chmod(this.#path, 0o644)
    } catch (error) {
      throw new BackupError('service-failed', { step: this.#path, reason: reasonOf(error) }, { cause: error })
    }
  }

  async #remove(): Promise<void> {
    const { world } = this.#deps
    await world.files.unlink(this.#path)
    await syncFolder(world, dirname(this.#path))
  }

  /** As it was before; what fails on the way must not hide why. */
  async #takeBack(before: string | undefined, state: ServiceState): Promise<void> {
    const { world } = this.#deps
    const quietly = async (...args: string[]): Promise<void> => {
      await runTool(world, 'systemctl', args)
    }
    if (before === undefined) {
      await quietly('disable', '--now', UNIT)
      await this.#remove().catch(() => undefined)
    } else await this.#write(before).catch(() => undefined)
    await quietly('daemon-reload')
    if (before !== undefined && state.running) await quietly('start', UNIT)
  }

  async #systemctl(...args: string[]): Promise<void> {
    const { code, said } = await runTool(this.#deps.world, 'systemctl', args)
    const step = `systemctl ${args.join(' ')}`
    if (code !== 0) throw new BackupError('service-failed', { step, reason: said === '' ? String(code ?? '?') : said })
  }
}

async function isThere({ world }: ServiceDeps, path: string): Promise<boolean> {
  return await world.files.lstat(path).then(
    () => true,
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false
      throw error
    },
  )
}

async function readText({ world }: ServiceDeps, path: string): Promise<string | undefined> {
  try {
    const file = await world.files.open(path, 'r')
    return await file.readFile('utf8').finally(() => file.close())
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
