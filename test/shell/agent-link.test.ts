/** The link to the agent on a clock of the test's own: kept, made again, and never two agents. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { CallError } from '../../electron/contract/protocol.ts'
import type { Call } from '../../electron/contract/rpc.ts'
import type { ErrorCode } from '../../electron/contract/error.ts'
import type { AgentEvent } from '../../electron/contract/event.ts'
import type { Summary } from '../../electron/contract/summary.ts'
import { AgentLink, type AgentConnection } from '../../electron/shell/agent-link.ts'
import { makeJob, makeSummary } from './sample-summary.ts'

/** Time passes only in `pass`; waits end in order. */
class ManualClock {
  #now = Date.parse('2026-11-19T12:00:00Z')
  readonly #waits = new Set<{ at: number; end: () => void }>()
  now(): Date {
    return new Date(this.#now)
  }
  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve()
        return
      }
      const wait = {
        at: this.#now + milliseconds,
        end: () => {
          this.#waits.delete(wait)
          resolve()
        },
      }
      this.#waits.add(wait)
      signal.addEventListener('abort', wait.end)
    })
  }
  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds
    for (;;) {
      await settle()
      const next = [...this.#waits].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#now = Math.max(this.#now, next.at)
      next.end()
    }
    this.#now = until
  }
}

/** Lets every promise that can go on go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

function callError(code: ErrorCode): CallError {
  return new CallError({ code, message: code, hint: '' })
}

/** An agent whose life the test decides. */
class FakeAgent {
  isUp = false
  isHanging = false
  startsUp = true
  starts = 0
  refusal: ErrorCode | undefined
  summary: Summary = makeSummary()
  tell: (event: AgentEvent) => void = () => undefined
  #alive = false
  #end: (() => void) | undefined

  readonly connect = (): Promise<AgentConnection> => {
    if (this.refusal !== undefined) return Promise.reject(callError(this.refusal))
    if (!this.isUp) return Promise.reject(callError('agent-unreachable'))
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve
    })
    const call = (() =>
      this.isHanging ? new Promise(() => undefined) : Promise.resolve(this.summary)) as unknown as Call
    const onEvent = (listener: (event: AgentEvent) => void) => {
      this.tell = listener
      return () => undefined
    }
    return Promise.resolve({ call, onEvent, ended, close: () => this.#end?.() })
  }

  readonly start = () => {
    this.starts += 1
    this.#alive = this.startsUp
    this.isUp = this.startsUp
    return { isAlive: () => this.#alive, failure: () => undefined }
  }

  kill(): void {
    this.isUp = false
    this.#alive = false
    this.#end?.()
  }
}

function makeLink(agent: FakeAgent): { link: AgentLink; clock: ManualClock } {
  const clock = new ManualClock()
  const link = new AgentLink({ connect: agent.connect, startAgent: agent.start, clock })
  void link.run()
  onTestFinished(() => link.stop())
  return { link, clock }
}

describe('AgentLink', () => {
  it('uses the agent that runs, and starts none', async () => {
    const agent = new FakeAgent()
    agent.isUp = true
    const { link, clock } = makeLink(agent)
    await clock.pass(1000)
    expect([link.state.state, agent.starts]).toEqual(['connected', 0])
    expect(link.summary?.light).toBe('good')
  })

  it('asks anew when a run starts, because the light alone does not tell of it', async () => {
    const agent = new FakeAgent()
    agent.isUp = true
    const { link, clock } = makeLink(agent)
    await clock.pass(1000)
    agent.summary = makeSummary({ jobs: [makeJob({ running: { run: 'run_aaaaaa', kind: 'backup' } })] })
    agent.tell({ type: 'job.changed', job: 'job_aaaaaa' })
    await settle()
    expect(link.summary?.jobs[0]?.running?.run).toBe('run_aaaaaa')
  })

  it('starts one where none runs', async () => {
    const agent = new FakeAgent()
    const { link, clock } = makeLink(agent)
    await clock.pass(1000)
    expect([link.state.state, agent.starts]).toEqual(['connected', 1])
  })

  it('U02: says since when the service is gone, shows none of its old light, and brings it back', async () => {
    const agent = new FakeAgent()
    const { link, clock } = makeLink(agent)
    const states: string[] = []
    link.on('link', ({ state, since }) => states.push(`${state} ${since.slice(11, 19)}`))
    await clock.pass(60_000)
    agent.kill()
    await settle()
    expect(link.summary).toBeUndefined()
    await expect(link.call('status', {})).rejects.toMatchObject({ data: { code: 'agent-unreachable' } })
    await clock.pass(10_000)
    expect(states[1]).toBe('down 12:01:00')
    expect(link.state.state).toBe('connected')
    expect(agent.starts).toBe(2)
  })

  it('gives an agent that somebody else runs the time to come back', async () => {
    const agent = new FakeAgent()
    agent.isUp = true
    const { link, clock } = makeLink(agent)
    await clock.pass(60_000)
    agent.kill()
    await clock.pass(2000)
    agent.isUp = true
    await clock.pass(5000)
    expect([link.state.state, agent.starts]).toEqual(['connected', 0])
  })

  it('never starts a second agent beside one that is alive but does not answer', async () => {
    const agent = new FakeAgent()
    const { link, clock } = makeLink(agent)
    await clock.pass(1000)
    agent.isHanging = true
    await clock.pass(10 * 60_000)
    expect([link.state.state, agent.starts]).toEqual(['down', 1])
  })

  it('backs off from an agent that dies at once', async () => {
    const agent = new FakeAgent()
    agent.startsUp = false
    const { link, clock } = makeLink(agent)
    await clock.pass(60_000)
    expect(link.state.state).toBe('down')
    const first = agent.starts
    expect(first).toBeLessThan(10)
    await clock.pass(10 * 60_000)
    expect(agent.starts - first).toBeLessThan(25)
  })

  it('retries at once when asked to', async () => {
    const agent = new FakeAgent()
    agent.startsUp = false
    const { link, clock } = makeLink(agent)
    await clock.pass(5 * 60_000)
    agent.startsUp = true
    link.retry()
    await clock.pass(500)
    expect(link.state.state).toBe('connected')
  })

  it('U02: tells a mismatch of protocol as it is, and starts nothing', async () => {
    const agent = new FakeAgent()
    agent.refusal = 'protocol-mismatch'
    const { link, clock } = makeLink(agent)
    await clock.pass(60_000)
    expect(link.state).toMatchObject({ state: 'refused', error: { code: 'protocol-mismatch' } })
    expect(agent.starts).toBe(0)
  })
})
