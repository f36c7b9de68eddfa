/** The agent as a process of its own: killed, stopped, started twice, and left by its clients. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAgent, linkAgent, type AgentClient } from '../../electron/client/client.ts'
import { until } from '../agent/harness.ts'
import { makeTempDir } from '../helpers/temp.ts'

const entry = fileURLToPath(new URL('../../electron/agent/main.ts', import.meta.url))

function spawnAgent(home: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, SITEKEEP_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return child
}

async function connectWhenUp(home: string, child: ChildProcess): Promise<AgentClient> {
  const end = performance.now() + 30_000
  for (;;) {
    try {
      const client = await connectAgent({ home, client: 'test' })
      onTestFinished(() => client.close())
      return client
    } catch (error) {
      if (performance.now() > end || child.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function startAgent(home = makeTempDir()) {
  const child = spawnAgent(home)
  return { home, child, client: await connectWhenUp(home, child) }
}

/** A job whose backup takes some seconds: many files of noise, compressed slowly enough to be met in the middle. */
async function makeSlowJob(client: AgentClient): Promise<void> {
  const dir = makeTempDir()
  const noise = Buffer.alloc(8 * 1024 * 1024)
  for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE((at * 2_654_435_761) >>> 0, at)
  for (let n = 0; n < 5; n += 1) writeFileSync(join(dir, `noise-${n}`), noise)
  const place = join(makeTempDir(), 'place')
  mkdirSync(place)
  const destination = await client.call('destination.add', { kind: 'folder', path: place })
  const sources = [{ kind: 'files' as const, name: 'noise', roots: [dir] }]
  await client.call('job.add', { draft: { name: 'slow', destinations: [destination.id], sources } })
}

/** Starts the backup and resolves when it is writing to the destination. */
async function startSlowRun(client: AgentClient): Promise<string> {
  const stages = new Set<string>()
  client.onEvent((event) => {
    if (event.type === 'run.progress') stages.add(event.progress.stage)
  })
  const { run } = await client.call('backup.start', { job: 'slow' })
  await until(() => stages.has('encode') || stages.has('put'))
  return run
}

describe('the agent as a process', () => {
  it('F08: of two agents on one state directory the second stops, says why, and the first goes on', async () => {
    const { home, child, client } = await startAgent()
    const second = spawnAgent(home)
    let words = ''
    second.stderr?.on('data', (chunk) => (words += String(chunk)))
    const [code] = (await once(second, 'exit')) as [number]
    expect(code).toBe(5)
    expect(words).toContain(`process ${child.pid}`)
    expect((await client.call('agent.info', {})).pid).toBe(child.pid)
  })

  it('F09, A01: after a kill in the middle of a run the next agent starts at once and shows where it was interrupted', async () => {
    const { home, child, client } = await startAgent()
    await makeSlowJob(client)
    const run = await startSlowRun(client)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const next = await startAgent(home)
    expect(await next.client.call('run.show', { run })).toMatchObject({
      outcome: 'failed',
      error: { code: 'interrupted' },
    })
    expect(readdirSync(join(home, 'work'))).toEqual([])
  })

  it('A11: told to end in the middle of a run it stops within ten seconds, and the run is cancelled, not failed', async () => {
    const { home, child, client } = await startAgent()
    await makeSlowJob(client)
    const run = await startSlowRun(client)
    const asked = performance.now()
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
    expect(performance.now() - asked).toBeLessThan(10_000)
    const next = await startAgent(home)
    expect(await next.client.call('run.show', { run })).toMatchObject({ outcome: 'cancelled' })
  })

  it('U01: a client that is killed in the middle of a run leaves the run as it is', async () => {
    const { home, client } = await startAgent()
    await makeSlowJob(client)
    const library = fileURLToPath(new URL('../../electron/client/client.ts', import.meta.url))
    const script = `const { connectAgent } = await import(${JSON.stringify(library)})
      const client = await connectAgent({ home: ${JSON.stringify(home)}, client: 'window' })
      client.onEvent(() => {})
      const { run } = await client.call('backup.start', { job: 'slow' })
      process.stdout.write(run)
      await client.call('run.wait', { run })`
    const window = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [run] = (await once(window.stdout, 'data')) as [Buffer]
    window.kill('SIGKILL')
    await once(window, 'exit')
    expect(await client.call('run.wait', { run: run.toString() })).toMatchObject({ outcome: 'good', proof: 'matched' })
  })

  it('U02: when the agent is killed its window says so, and finds the next one', async () => {
    const { home, child, client } = await startAgent()
    const link = linkAgent({ home, client: 'window' })
    onTestFinished(() => link.close())
    await until(() => link.current().state === 'connected')
    const waiting = client.call('run.wait', { run: 'run_000000' }).catch((error: unknown) => error)
    child.kill('SIGKILL')
    await until(() => link.current().state === 'lost')
    await expect(link.call('status', {})).rejects.toMatchObject({ data: { code: 'agent-unreachable' } })
    expect(await waiting).toMatchObject({
      data: { code: expect.stringMatching(/agent-unreachable|not-found/) as string },
    })
    await startAgent(home)
    await until(() => link.current().state === 'connected')
    expect((await link.call('status', {})).agent.home).toBe(home)
  })

  it('refuses an address that others can reach, and arguments it does not know, with exit code 2', async () => {
    for (const args of [['--http', '0.0.0.0:0'], ['--http', 'nonsense'], ['--unknown']]) {
      const child = spawnAgent(makeTempDir(), ...args)
      expect(((await once(child, 'exit')) as [number])[0]).toBe(2)
    }
  })
})
