/** An emergency's restore goes beside a backup of the same job; two backups of it do not. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningAgent } from '../../electron/agent/agent.ts'
import type { SetInfo } from '../../electron/contract/set.ts'
import { destinations as kinds } from '../../electron/engine/destination/registry.ts'
import { createEngine, type Engine, type EngineDeps } from '../../electron/engine/engine.ts'
import { openDestination } from '../../electron/engine/open-destination.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld, type TestWorld } from '../helpers/world.ts'
import { until } from './harness.ts'
import { backUp, startAgent, withJob } from './real-agent.ts'

interface Busy {
  readonly agent: RunningAgent
  readonly set: SetInfo
  /** The backup that goes on, its lease at the destination taken. */
  readonly run: string
  readonly finish: () => void
}

/** A clock on which the patience for a lease is a second, and no test needs twenty. */
function hurriedWorld(): TestWorld {
  const world = makeWorld()
  world.clock.monotonic = () => performance.now() * 20
  return world
}

/** An agent with one good set, in the middle of the next backup of the same job. */
async function startBusy(): Promise<Busy> {
  let isSlow = false
  let finish: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    finish = resolve
  })
  let isHeld = false
  const slowed = (deps: EngineDeps): Engine => {
    const engine = createEngine(deps)
    return {
      ...engine,
      backup: async (job, type, places, hooks) => {
        const [config] = places
        if (!isSlow || config === undefined) return await engine.backup(job, type, places, hooks)
        const place = await openDestination(config, deps, hooks.signal)
        const lease = await kinds.folder.acquireLease(place, `${deps.installId}:${hooks.run}`, deps.world, hooks.signal)
        isHeld = true
        await gate
        await lease.release()
        await place.close()
        return await engine.backup(job, type, places, hooks)
      },
    }
  }
  const agent = await startAgent({ createEngine: slowed, world: hurriedWorld() })
  await withJob(agent)
  await backUp(agent)
  isSlow = true
  onTestFinished(() => finish())
  const { run } = await agent.call('backup.start', { job: 'shop' })
  await until(() => isHeld)
  const { sets } = await agent.call('set.list', {})
  return { agent, set: sets[0]!, run, finish }
}

const alreadyActive = (run: string) => ({ data: { code: 'run-already-active', detail: { run } } })

describe('beside a backup of the same job', () => {
  it('F07: a restore and a verification go through, a second backup is refused, and the first ends well', async () => {
    const { agent, set, run, finish } = await startBusy()
    const to = join(makeTempDir(), 'restored')
    const restored = await agent.call('restore.start', { set: set.id, to })
    expect(await agent.call('run.wait', restored)).toMatchObject({ outcome: 'good' })
    expect(readdirSync(to).length).toBeGreaterThan(0)
    const verified = await agent.call('verify.start', { set: set.id, level: 'restore' })
    expect(await agent.call('run.wait', verified)).toMatchObject({ outcome: 'good', proof: 'restored' })
    expect((await agent.call('set.show', { set: set.id })).info.proof).toBe('restored')
    await expect(agent.call('backup.start', { job: 'shop' })).rejects.toMatchObject(alreadyActive(run))
    await expect(agent.call('job.remove', { job: 'shop' })).rejects.toMatchObject(alreadyActive(run))
    finish()
    expect(await agent.call('run.wait', { run })).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect((await agent.call('set.list', {})).sets).toHaveLength(2)
  })

  it('F10: a hundred clicks on "verify" or "restore" make one run of each', async () => {
    const { agent, set, finish } = await startBusy()
    const to = join(makeTempDir(), 'restored')
    const verify = await agent.call('verify.start', { set: set.id, level: 'match' })
    const restore = await agent.call('restore.start', { set: set.id, to })
    for (let click = 1; click < 100; click += 1) {
      await expect(agent.call('verify.start', { set: 'shop/latest', level: 'restore' })).rejects.toMatchObject(
        alreadyActive(verify.run),
      )
      await expect(agent.call('restore.start', { set: set.id, to })).rejects.toMatchObject(alreadyActive(restore.run))
    }
    expect((await agent.call('run.list', { kind: 'restore' })).total).toBe(1)
    finish()
    expect(await agent.call('run.wait', restore)).toMatchObject({ outcome: 'good' })
    expect(await agent.call('run.wait', verify)).toMatchObject({ outcome: 'good' })
  })

  it('a restore that finds the set damaged says so of the set, although the destination takes no note', async () => {
    const { agent, set } = await startBusy()
    const file = readdirSync(set.path).find((name) => name.includes('sqlite'))!
    writeFileSync(join(set.path, file), 'not what was stored')
    const restored = await agent.call('restore.start', { set: set.id, to: join(makeTempDir(), 'restored') })
    expect(await agent.call('run.wait', restored)).toMatchObject({ outcome: 'failed' })
    expect((await agent.call('set.show', { set: set.id })).info).toMatchObject({ state: 'damaged' })
  })
})
