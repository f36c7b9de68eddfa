/** An agent that crashes again and again: it comes up all the same, begins nothing, says so, and is let out. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunningAgent } from '../../electron/agent/agent.ts'
import type { AgentOptions } from '../../electron/agent/assemble.ts'
import { summarise } from '../../electron/engine/catalog/summary.ts'
import { createEngine } from '../../electron/engine/engine.ts'
import { play } from '../cli/stage.ts'
import { startAgentProcess } from '../helpers/agent-process.ts'
import { input } from '../helpers/summary.ts'
import { makeWorld } from '../helpers/world.ts'
import { startAgent, withJob } from './real-agent.ts'

const MINUTE = 60_000
const ago = (minutes: number): string => new Date(Date.now() - minutes * MINUTE).toISOString()

/** A state directory with a nightly job, whose agent crashed at these times. */
async function crashed(...starts: readonly string[]): Promise<string> {
  const agent = await startAgent()
  const { job } = await withJob(agent)
  const { id: _, slug: _slug, ...draft } = await agent.call('job.show', { job: job.id })
  await agent.call('job.edit', { job: job.id, draft: { ...draft, schedule: { full: '0 2 * * *' } } })
  await agent.stop()
  if (starts.length > 0) writeFileSync(join(agent.home, 'starts.json'), JSON.stringify({ starts }))
  return agent.home
}

const isSafe = async (agent: RunningAgent): Promise<boolean> =>
  (await agent.call('status', {})).notices.some(({ code }) => code === 'safe-mode')

/** The first start as the crashes before, so that nothing but their number differs. */
const again = (home: string, options: Partial<AgentOptions> = {}) => startAgent({ home, ...options })

describe('A14: an agent that crashes', () => {
  it('three times in ten minutes starts without its schedules, answers, and says so in words', async () => {
    const home = await crashed()
    for (let crash = 0; crash < 3; crash += 1) {
      const agent = await startAgentProcess(home)
      expect((await agent.client.call('status', {})).jobs[0]?.nextRun).toBeDefined()
      process.kill(agent.pid, 'SIGKILL')
      await agent.ended
    }
    const { client, ended } = await startAgentProcess(home)
    const summary = await client.call('status', {})
    expect(summary.notices).toContainEqual({ code: 'safe-mode', detail: { count: 3 } })
    expect(summary.jobs.map(({ nextRun }) => nextRun)).toEqual([undefined])
    expect(['attention', 'failed']).toContain(summary.light)
    for (const [language, words] of [
      ['en', 'sitekeep resume'],
      ['zh-CN', '十分钟内崩溃了 3 次'],
    ] as const) {
      const { out, exit } = await play(['status', '--lang', language], { answers: { status: () => summary } })
      expect(out).toContain(words)
      expect(exit).not.toBe(0)
    }
    await client.call('agent.stop', {})
    await ended
    expect(await isSafe(await again(home))).toBe(false)
  }, 60_000)

  it('begins nothing when its hour comes, and begins it once it is let out', async () => {
    const home = await crashed()
    const due = new Date()
    due.setDate(due.getDate() + 1)
    due.setHours(2, 0, 5, 0)
    const before = [9, 6, 3].map((minutes) => new Date(due.getTime() - minutes * MINUTE).toISOString())
    writeFileSync(join(home, 'starts.json'), JSON.stringify({ starts: before }))
    const world = makeWorld()
    world.clock.set(new Date(due.getTime() - MINUTE))
    const agent = await again(home, { world })
    const backups = async () => (await agent.call('run.list', { kind: 'backup' })).runs.length
    // A changed job makes the schedules be looked at without waiting for the minute.
    const change = async (rtoMinutes: number): Promise<void> => {
      const [job] = await agent.call('job.list', {})
      const { id: _, slug: _slug, ...draft } = job!
      await agent.call('job.edit', { job: job!.id, draft: { ...draft, rtoMinutes } })
    }
    world.clock.set(due)
    await change(31)
    expect(await backups()).toBe(0)
    await agent.call('job.resume', {})
    world.clock.advance(10 * MINUTE)
    await change(32)
    await expect.poll(backups).toBe(1)
  })

  it('makes the light ask for attention, however good the backups are', () => {
    const notices = [{ code: 'safe-mode', detail: { count: 3 } }]
    const nothing = { ...input(), jobs: [] }
    expect(summarise({ ...nothing, notices }, new Date()).light).toBe('attention')
    expect(summarise(nothing, new Date()).light).toBe('idle')
    const failed = input()
    expect(summarise({ ...failed, notices }, new Date()).light).toBe(summarise(failed, new Date()).light)
  })

  it('is let out by `resume`, at once, and is counted anew', async () => {
    const home = await crashed(ago(3), ago(2), ago(1))
    const agent = await again(home)
    expect(await isSafe(agent)).toBe(true)
    const [job] = (await agent.call('status', {})).jobs
    await agent.call('job.resume', { job: job!.job })
    expect(await isSafe(agent)).toBe(true)
    await agent.call('job.resume', {})
    expect(await isSafe(agent)).toBe(false)
    expect((await agent.call('status', {})).jobs[0]?.nextRun).toBeDefined()
    expect((JSON.parse(readFileSync(join(home, 'starts.json'), 'utf8')) as { starts: unknown[] }).starts).toHaveLength(
      1,
    )
  })

  it('tries by itself after its rest: power that failed three times must not end the backups of a site', async () => {
    const agent = await again(await crashed(ago(3), ago(2), ago(1)), { safeModeMs: 300 })
    expect(await isSafe(agent)).toBe(true)
    await expect.poll(() => isSafe(agent)).toBe(false)
    expect((await agent.call('status', {})).jobs[0]?.nextRun).toBeDefined()
  })

  it('comes up in safe mode though taking up the work fails, which otherwise keeps it from starting', async () => {
    const broken: Partial<AgentOptions> = {
      createEngine: (deps) => ({ ...createEngine(deps), recover: () => Promise.reject(new Error('a poisoned job')) }),
    }
    const home = await crashed()
    for (let crash = 0; crash < 3; crash += 1) await expect(again(home, broken)).rejects.toThrow('a poisoned job')
    const agent = await again(home, broken)
    expect(await isSafe(agent)).toBe(true)
    expect(await agent.call('job.list', {})).toHaveLength(1)
  })

  it.each([
    ['twice only', () => [ago(2), ago(1)]],
    ['over a longer time', () => [ago(30), ago(11), ago(1)]],
    ['in a future that a wrong clock saw', () => [ago(-60), ago(-50), ago(-40)]],
  ])('%s starts as ever', async (_, starts) => {
    expect(await isSafe(await again(await crashed(...starts())))).toBe(false)
  })

  it('keeps no count of starts that ended in order, and a torn file keeps nobody from starting', async () => {
    const home = await crashed()
    for (let start = 0; start < 4; start += 1) {
      const agent = await again(home)
      expect(await isSafe(agent)).toBe(false)
      await agent.stop()
    }
    writeFileSync(join(home, 'starts.json'), '{"starts": [')
    expect(await isSafe(await again(home))).toBe(false)
  })
})
