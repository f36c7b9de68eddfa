/** Schedules of a real agent in a process of its own, under a clock of its own: killed in a run, started anew, asleep over a night. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../../electron/contract/run.ts'
import { startAgentProcess, type AgentProcess } from '../helpers/agent-process.ts'
import { atTime, fakeTimeLibrary } from '../helpers/fake-time.ts'
import { makeTempDir } from '../helpers/temp.ts'

const zone = 'Asia/Shanghai'
const at = (home: string, moment: string) => startAgentProcess(home, 'sources', atTime(`${moment}+08:00`, zone))

/** An agent that has known a nightly job since the evening before. */
async function nightly(megabytes: number): Promise<string> {
  const dir = makeTempDir()
  const home = join(dir, 'home')
  for (const name of ['files', 'place']) mkdirSync(join(dir, name))
  for (let n = 0; n < megabytes; n += 1) writeFileSync(join(dir, 'files', `${n}.bin`), randomBytes(1024 ** 2))
  const agent = await at(home, '2026-03-01T20:00:00')
  const { id } = await agent.client.call('destination.add', { kind: 'folder', path: join(dir, 'place') })
  const sources = [{ kind: 'files' as const, name: 'files', roots: [join(dir, 'files')] }]
  await agent.client.call('job.add', {
    draft: { name: 'night', sources, destinations: [id], schedule: { full: '0 2 * * *' } },
  })
  await ended(agent)
  return home
}

async function runsOf(agent: AgentProcess): Promise<RunRecord[]> {
  const { runs } = await agent.client.call('run.list', { kind: 'backup' })
  return runs.toReversed()
}

async function ended(agent: AgentProcess): Promise<void> {
  await agent.client.call('agent.stop', {})
  await agent.ended
}

describe.skipIf(fakeTimeLibrary === undefined)('a real agent', () => {
  it('A01: that is killed during a run reports it when it is started again, makes up for it at once, and once', async () => {
    const home = await nightly(120)
    const first = await at(home, '2026-03-02T01:59:57')
    await expect.poll(() => runsOf(first), { timeout: 20_000, interval: 20 }).toHaveLength(1)
    process.kill(first.pid, 'SIGKILL')
    await first.ended
    const next = await at(home, '2026-03-02T02:01:00')
    const runs = async () => (await runsOf(next)).map(({ trigger, outcome, error }) => [trigger, outcome, error?.code])
    await expect.poll(runs, { timeout: 40_000 }).toEqual([
      ['schedule', 'failed', 'interrupted'],
      ['schedule', 'good', undefined],
    ])
    const { jobs } = await next.client.call('status', { look: true })
    expect(jobs[0]).toMatchObject({ light: 'good', nextRun: expect.stringContaining('2026-03-03T02:00') as string })
    await ended(next)
    const third = await at(home, '2026-03-02T09:59:58')
    // Over a full minute of its clock.
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect(await runsOf(third)).toHaveLength(2)
  }, 120_000)

  it('F06: that slept over nights is red at once, and waits a minute or more before it makes up for them', async () => {
    const home = await nightly(1)
    const agent = await at(home, '2026-03-04T08:00:00')
    expect(await runsOf(agent)).toEqual([])
    const { jobs } = await agent.client.call('status', {})
    expect(jobs[0]?.light).toBe('failed')
    await ended(agent)
  })
})
