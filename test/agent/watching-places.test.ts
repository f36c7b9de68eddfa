/** A service that keeps an eye on its places: by itself, when a monitor asks, and by what its runs met. */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunningAgent } from '../../electron/agent/agent.ts'
import { createEngine } from '../../electron/engine/engine.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'
import { until } from './harness.ts'
import { backUp, startAgent, withJob, type SiteJob } from './real-agent.ts'

const MINUTE = 60_000

async function codesOf(agent: RunningAgent, look = true): Promise<string[]> {
  const { jobs } = await agent.call('status', { look })
  return jobs.flatMap(({ reasons }) => reasons.map(({ code }) => code))
}

async function backedUp(times = 1) {
  const world = makeWorld()
  const agent = await startAgent({ world })
  const made = await withJob(agent)
  for (let n = 0; n < times; n += 1) expect((await backUp(agent)).outcome).toBe('good')
  return { agent, world, ...made }
}

/** Folders of the job's full backups, oldest first. */
function foldersOf({ site }: Pick<SiteJob, 'site'>): string[] {
  const parent = join(site.place, 'shop', 'full')
  return readdirSync(parent)
    .sort()
    .map((name) => join(parent, name))
}

describe('a service', () => {
  it('I4: is not green where the only place is gone, when a monitor asks and nothing has run since', async () => {
    const { agent, world, site } = await backedUp()
    expect(await codesOf(agent)).toEqual(['no-schedule', 'proven'])
    renameSync(site.place, `${site.place}-unplugged`)
    world.clock.skip(6 * MINUTE)
    expect(await codesOf(agent)).toEqual(['destination-unreachable', 'no-schedule'])
    renameSync(`${site.place}-unplugged`, site.place)
    world.clock.skip(6 * MINUTE)
    expect(await codesOf(agent)).toEqual(['no-schedule', 'proven'])
  })

  it('looks at its places when it starts, and is not green before it has', async () => {
    const { agent, world } = await backedUp()
    await agent.stop()
    const { home } = agent
    let isOpen = false
    let looks = 0
    const next = await startAgent({
      home,
      world,
      createEngine: (deps) => {
        const engine = createEngine(deps)
        const probe: typeof engine.probe = async (config, signal) => {
          looks += 1
          while (!isOpen) await world.clock.sleep(5, signal)
          return engine.probe(config, signal)
        }
        return { ...engine, probe }
      },
    })
    await until(() => looks === 1)
    expect(await next.call('status', {})).toMatchObject({ light: 'attention', destinations: [{ reachable: false }] })
    expect(await codesOf(next, false)).toEqual(['not-looked-at', 'no-schedule'])
    isOpen = true
    await expect.poll(() => codesOf(next, false)).toEqual(['no-schedule', 'proven'])
  })

  it('answers a monitor within seconds, though a share hangs', async () => {
    const world = makeWorld()
    const agent = await startAgent({
      world,
      createEngine: (deps) => ({ ...createEngine(deps), probe: () => new Promise(() => undefined) }),
    })
    const place = makeTempDir()
    void agent.call('destination.add', { kind: 'folder', path: place }).catch(() => undefined)
    await until(() => readdirSync(place).includes('.sitekeep'))
    await expect.poll(() => agent.call('destination.list', {})).toHaveLength(1)
    const { destinations } = await agent.call('status', { look: true })
    expect(destinations).toMatchObject([{ reachable: false }])
    expect(destinations[0]).not.toHaveProperty('lookedAt')
  })

  it('takes a failed run for newer news than its last look', async () => {
    const { agent, site } = await backedUp()
    renameSync(site.place, `${site.place}-unplugged`)
    expect((await backUp(agent)).outcome).toBe('failed')
    expect(await agent.call('status', {})).toMatchObject({
      destinations: [{ reachable: false, errorCode: 'destination-missing' }],
    })
  })

  it('I4: says that a backup is gone whose folder was deleted, and no longer counts on it', async () => {
    const { agent, world, site } = await backedUp()
    const [only] = foldersOf({ site })
    const kept = join(makeTempDir(), 'kept')
    renameSync(only!, kept)
    world.clock.skip(6 * MINUTE)
    const status = await agent.call('status', { look: true })
    expect(status.light).toBe('failed')
    expect(status.jobs[0]?.reasons.map(({ code }) => code)).toEqual(['missing', 'overdue', 'no-schedule'])
    expect((await agent.call('set.list', {})).sets).toMatchObject([{ state: 'missing' }])
    renameSync(kept, only!)
    world.clock.skip(6 * MINUTE)
    await codesOf(agent)
    await expect.poll(() => codesOf(agent)).toEqual(['no-schedule', 'proven'])
  })

  it('I4: gives up nothing where the sets could not be listed, or are only listed less', async () => {
    const world = makeWorld()
    let fault: 'none' | 'error' | 'less' | 'less and unreadable' = 'none'
    const files = {
      ...world.files,
      readdir: (async (path: string, options: object) => {
        if (fault === 'error' && path.endsWith('/full')) throw Object.assign(new Error('EIO'), { code: 'EIO' })
        const entries = (await world.files.readdir(path, options as never)) as unknown[]
        return fault.startsWith('less') && path.endsWith('/full') ? [] : entries
      }) as typeof world.files.readdir,
      open: (async (path: string, ...rest: [string]) => {
        if (fault === 'less and unreadable' && path.endsWith('/manifest.json'))
          throw Object.assign(new Error('EIO'), { code: 'EIO' })
        return await world.files.open(path, ...rest)
      }) as typeof world.files.open,
    }
    const agent = await startAgent({ world: { ...world, files } })
    await withJob(agent)
    await backUp(agent)
    fault = 'error'
    world.clock.skip(6 * MINUTE)
    expect(await codesOf(agent)).toEqual(['destination-unreachable', 'no-schedule'])
    expect((await agent.call('set.list', {})).sets).toMatchObject([{ state: 'present' }])
    fault = 'less and unreadable'
    world.clock.skip(6 * MINUTE)
    expect(await codesOf(agent)).toEqual(['destination-unreachable', 'no-schedule'])
    expect((await agent.call('set.list', {})).sets).toMatchObject([{ state: 'present' }])
    fault = 'less'
    world.clock.skip(6 * MINUTE)
    expect(await codesOf(agent)).toEqual(['no-schedule', 'proven'])
    expect((await agent.call('set.list', {})).sets).toMatchObject([{ state: 'present' }])
  })

  it('does not give up what a run publishes while the place is listed', async () => {
    const { agent, world, site } = await backedUp(2)
    const [oldest] = foldersOf({ site })
    rmSync(oldest!, { recursive: true })
    mkdirSync(join(site.place, 'shop', 'full', 'something else'))
    world.clock.skip(6 * MINUTE)
    const looking = codesOf(agent)
    expect((await backUp(agent)).outcome).toBe('good')
    await looking
    const { sets } = await agent.call('set.list', {})
    expect(sets.map(({ state }) => state)).toEqual(['present', 'present', 'missing'])
    expect(await codesOf(agent)).toEqual(['no-schedule', 'proven'])
  })
})
