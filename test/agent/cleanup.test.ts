/** Clean-ups by the agent: after a backup by themselves, by hand, asked about, and beside whoever reads. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunningAgent } from '../../electron/agent/agent.ts'
import type { AgentEvent } from '../../electron/contract/event.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import { NIGHT } from '../helpers/nights.ts'
import { makeWorld, type TestWorld } from '../helpers/world.ts'
import { backUp, startAgent, withJob, type SiteJob } from './real-agent.ts'

interface Started extends SiteJob {
  readonly agent: RunningAgent
  readonly world: TestWorld
  readonly events: AgentEvent[]
}

/** A job that keeps full backups for three days, and its agent. */
async function startKeeping(): Promise<Started> {
  const world = makeWorld()
  const agent = await startAgent({ world })
  const events: AgentEvent[] = []
  agent.onEvent((event) => void events.push(event))
  const site = await withJob(agent)
  const { id: _id, slug: _slug, ...draft } = site.job
  await agent.call('job.edit', { job: 'shop', draft: { ...draft, keep: { full: 3, incremental: 3, hot: 3 } } })
  return { agent, world, events, ...site }
}

async function nights(agent: RunningAgent, world: TestWorld, count: number): Promise<void> {
  for (let night = 0; night < count; night += 1) {
    world.clock.advance(NIGHT)
    expect(await backUp(agent)).toMatchObject({ outcome: 'good' })
    await settled(agent)
  }
}

/** The clean-ups so far, the newest first, once none goes on. */
async function settled(agent: RunningAgent): Promise<readonly RunRecord[]> {
  const { runs } = await agent.call('run.list', { kind: 'cleanup' })
  return await Promise.all(runs.map(({ id }) => agent.call('run.wait', { run: id })))
}

it('a good backup is followed by a clean-up where there is something to remove, and only there', async () => {
  const { agent, world, events, site, job } = await startKeeping()
  await nights(agent, world, 3)
  expect(await settled(agent)).toEqual([])
  await nights(agent, world, 2)
  const runs = await settled(agent)
  expect(runs.map(({ kind, outcome, trigger, removed }) => [kind, outcome, trigger, removed?.length])).toEqual([
    ['cleanup', 'good', 'manual', 1],
    ['cleanup', 'good', 'manual', 1],
  ])
  expect(events.filter(({ type }) => type === 'set.removed')).toHaveLength(2)
  expect((await agent.call('set.list', { job: job.id })).total).toBe(3)
  expect(readdirSync(join(site.place, 'shop/full'))).toHaveLength(3)
  // A clean-up says nothing of the backups: the light stays what it was.
  expect((await agent.call('status', {})).jobs[0]).toMatchObject({ light: 'good', lastRun: { outcome: 'good' } })
})

it('R04: what a lower policy would remove is told before it is saved, and by hand it can be done at once', async () => {
  const { agent, world } = await startKeeping()
  await nights(agent, world, 3)
  const keep = { full: 1, incremental: 1, hot: 1 }
  const [now] = await agent.call('cleanup.preview', { job: 'shop' })
  const [lower] = await agent.call('cleanup.preview', { job: 'shop', keep })
  expect([now?.deletes, lower?.deletes]).toEqual([0, 1])
  expect(lower?.sets.at(-1)).toMatchObject({ action: 'delete', reasons: [{ code: 'delete-age' }] })
  const job = await agent.call('job.show', { job: 'shop' })
  expect(job.keep.full).toBe(3)
  const { id: _id, slug: _slug, ...draft } = job
  await agent.call('job.edit', { job: 'shop', draft: { ...draft, keep } })
  const run = await agent.call('run.wait', await agent.call('cleanup.start', { job: 'shop' }))
  expect(run).toMatchObject({ kind: 'cleanup', outcome: 'good', removed: [{ set: lower?.sets.at(-1)?.set }] })
})

it('R03: a policy that keeps nothing is refused before anybody looks', async () => {
  const { agent } = await startKeeping()
  const keep = { full: 0, incremental: 1, hot: 1 }
  await expect(agent.call('cleanup.preview', { job: 'shop', keep })).rejects.toMatchObject({
    data: { code: 'invalid-input' },
  })
})

it('R07: a set that a verification reads stays until it is read', async () => {
  const { agent, world } = await startKeeping()
  await nights(agent, world, 3)
  const oldest = (await agent.call('set.list', {})).sets.at(-1)!
  const verifying = agent.call('verify.start', { set: oldest.id, level: 'restore' })
  const [plan] = await agent.call('cleanup.preview', { job: 'shop' })
  const { run } = await verifying
  const decision = plan?.sets.find(({ set }) => set === oldest.id)
  expect(decision?.reasons.map(({ code }) => code)).toEqual(['keep-in-use', 'keep-age'])
  await agent.call('run.wait', { run })
})
