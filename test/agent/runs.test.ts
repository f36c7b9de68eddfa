/** Runs: one per job, watched, cancelled in time, recorded whatever the engine does. */
import { makeFinding } from '../../electron/contract/words.ts'
import { describe, expect, it } from 'vitest'
import type { RunHooks } from '../../electron/engine/engine-api.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { Redactor, Secret } from '../../electron/engine/secret.ts'
import { endedRecord, makeRuns, makeSpec, until, untilAborted } from './harness.ts'

describe('runs', () => {
  it('F10: a hundred clicks on "back up now" make one run, and each of the others names it', async () => {
    const { runs, catalog } = makeRuns()
    const first = runs.start(makeSpec({ execute: untilAborted }))
    for (let click = 1; click < 100; click += 1)
      expect(() => runs.start(makeSpec())).toThrow(
        expect.objectContaining({ code: 'run-already-active', detail: { run: first } }) as Error,
      )
    await runs.cancel(first)
    expect(catalog.runs({ limit: 10, offset: 0 }).total).toBe(1)
    expect((await runs.wait(runs.start(makeSpec()))).outcome).toBe('good')
  })

  it('F10: a run is cancelled in whatever stage it is, also while it waits for its destination', async () => {
    const { runs } = makeRuns()
    const holder = runs.start(makeSpec({ execute: untilAborted }))
    const waiting = runs.start(makeSpec({ job: 'job_bbbbbb', keys: ['job:job_bbbbbb'] }))
    await runs.cancel(waiting)
    expect((await runs.wait(waiting)).outcome).toBe('cancelled')
    await runs.cancel(holder)
    for (const stage of ['lock', 'snapshot', 'put', 'match', 'publish'] as const) {
      const run = runs.start(
        makeSpec({
          execute: (hooks) => {
            hooks.progress({ run: hooks.run, stage, bytes: 1, rate: 0, fraction: 0.1 })
            return untilAborted(hooks)
          },
        }),
      )
      await runs.cancel(run)
      expect((await runs.wait(run)).outcome).toBe('cancelled')
    }
  })

  it('lets one writer at a time to a destination, in order, and does not let verifications wait', async () => {
    const { runs } = makeRuns()
    const order: string[] = []
    const gates = new Map<string, () => void>()
    const gated = (name: string) => async (hooks: RunHooks) => {
      order.push(name)
      await new Promise<void>((resolve) => gates.set(name, resolve))
      return endedRecord(hooks, 'good')
    }
    const start = (name: string, writes: string[]) =>
      runs.start(makeSpec({ job: `job_${name}`, keys: [`job:job_${name}`], writes, execute: gated(name) }))
    start('one', ['dst_a'])
    start('two', ['dst_a', 'dst_b'])
    start('three', ['dst_b'])
    start('verify', [])
    await until(() => order.length === 2)
    expect(order).toEqual(['one', 'verify'])
    gates.get('one')?.()
    await until(() => order.length === 3)
    expect(order[2]).toBe('two')
    gates.get('two')?.()
    await until(() => order.length === 4)
    gates.get('verify')?.()
    gates.get('three')?.()
    await until(() => runs.running().length === 0)
  })

  it('shows findings, bytes and what went through each stage while the run still goes on', async () => {
    const { runs, catalog } = makeRuns()
    const finding = makeFinding('same-volume', { place: '/backup' })
    const run = runs.start(
      makeSpec({
        execute: (hooks) => {
          const base = { run: hooks.run, rate: 0, fraction: 0 }
          hooks.progress({ ...base, stage: 'preflight', bytes: 0 })
          hooks.found?.(finding)
          hooks.progress({ ...base, stage: 'encode', bytes: 5, bytesRead: 5, bytesStored: 3 })
          hooks.progress({ ...base, stage: 'read-back', bytes: 0, bytesRead: 5, bytesStored: 3 })
          return untilAborted(hooks)
        },
      }),
    )
    await until(() => catalog.run(run)?.spans.length === 3)
    const shown = catalog.run(run)
    expect(shown).toMatchObject({ findings: [finding], bytesRead: 5, bytesStored: 3 })
    expect(shown?.spans.map(({ stage, bytes }) => [stage, bytes])).toEqual([
      ['preflight', undefined],
      ['encode', 5],
      ['read-back', undefined],
    ])
    await runs.cancel(run)
  })

  it('stops a run that exceeds its limit as timed-out', async () => {
    const { runs } = makeRuns({ minuteMs: 60 })
    const run = runs.start(
      makeSpec({
        limits: { timeoutMinutes: 3, noProgressMinutes: 600 },
        execute: untilAborted,
      }),
    )
    expect((await runs.wait(run)).error?.code).toBe('timed-out')
  })

  it('stops a run whose numbers no longer move as no-progress, and leaves one that moves alone', async () => {
    const { runs } = makeRuns({ minuteMs: 40 })
    const limits = { timeoutMinutes: 600, noProgressMinutes: 5 }
    const repeat = (hooks: RunHooks, step: number) => {
      let bytes = 0
      const timer = setInterval(() => {
        bytes += step
        hooks.progress({ run: hooks.run, stage: 'put', bytes, rate: 0, fraction: 0.1 })
      }, 10)
      return timer
    }
    const still = runs.start(
      makeSpec({
        limits,
        execute: async (hooks) => {
          const timer = repeat(hooks, 0)
          return await untilAborted(hooks).finally(() => clearInterval(timer))
        },
      }),
    )
    const ended = await runs.wait(still)
    expect(ended.error).toMatchObject({ code: 'no-progress', detail: { at: 'put' } })
    const moving = runs.start(
      makeSpec({
        limits,
        execute: async (hooks) => {
          const timer = repeat(hooks, 1)
          await new Promise((resolve) => setTimeout(resolve, 600))
          clearInterval(timer)
          return endedRecord(hooks, 'good')
        },
      }),
    )
    expect((await runs.wait(moving)).outcome).toBe('good')
  })

  it('records a cancelled run although the engine does not settle, and keeps its job and destination taken', async () => {
    const { runs, catalog, logs } = makeRuns({ graceMs: 50 })
    let settle: (hooks: RunHooks) => void = () => undefined
    let seen: RunHooks | undefined
    const stuck = runs.start(
      makeSpec({
        execute: (hooks) => {
          seen = hooks
          hooks.progress({ run: hooks.run, stage: 'put', bytes: 1, rate: 0, fraction: 0.5 })
          return new Promise((resolve) => {
            settle = () => resolve(endedRecord(hooks, 'good'))
          })
        },
      }),
    )
    await until(() => seen !== undefined)
    await runs.cancel(stuck)
    expect(catalog.run(stuck)).toMatchObject({ outcome: 'cancelled', error: { code: 'cancelled', stage: 'put' } })
    expect(logs.join('\n')).toMatch(/did not stop in time/)
    expect(() => runs.start(makeSpec())).toThrow(BackupError)
    settle(seen!)
    await until(() => catalog.run(stuck)?.outcome === 'good')
    await until(() => {
      try {
        runs.start(makeSpec())
        return true
      } catch {
        return false
      }
    })
  })

  it('U12: a run whose progress said everything was done, and which then throws, is failed', async () => {
    const { runs, events, catalog } = makeRuns()
    const run = runs.start(
      makeSpec({
        execute: (hooks) => {
          hooks.progress({ run: hooks.run, stage: 'put', bytes: 10, totalBytes: 10, rate: 0, fraction: 1 })
          return Promise.reject(new BackupError('destination-io', { path: '/backup', reason: 'EIO' }))
        },
      }),
    )
    expect((await runs.wait(run)).outcome).toBe('failed')
    expect(catalog.run(run)).toMatchObject({ outcome: 'failed', error: { code: 'destination-io', stage: 'put' } })
    const fractions = events.flatMap((event) => (event.type === 'run.progress' ? [event.progress.fraction] : []))
    expect(Math.max(...fractions)).toBeLessThan(1)
    expect(events.filter((event) => event.type === 'run.finished')).toHaveLength(1)
  })

  it('I27: enters no stored secret into the catalog, also of a run that threw', async () => {
    const redactor = new Redactor()
    redactor.add(new Secret('S3cret-canary-value'))
    const { runs, catalog } = makeRuns({ redactor })
    const reason = 'login S3cret-canary-value refused'
    const run = runs.start(
      makeSpec({ execute: () => Promise.reject(new BackupError('destination-io', { path: '/backup', reason })) }),
    )
    await runs.wait(run)
    expect(catalog.run(run)?.error?.message).toContain('login [redacted] refused')
    expect(JSON.stringify(catalog.run(run))).not.toContain('canary')
  })

  it('notes each stage in the catalog, so that a killed run still says how far it came', async () => {
    const { runs, catalog } = makeRuns()
    const run = runs.start(
      makeSpec({
        execute: (hooks) => {
          for (const stage of ['lock', 'snapshot', 'put'] as const)
            hooks.progress({ run: hooks.run, stage, bytes: 0, rate: 0, fraction: 0 })
          return untilAborted(hooks)
        },
      }),
    )
    await until(() => catalog.run(run)?.spans.length === 3)
    expect(catalog.openRuns().map((open) => open.spans.at(-1)?.stage)).toEqual(['put'])
    await runs.cancel(run)
  })

  it('tells of a run at most five times a second within a stage, with a rate', async () => {
    const { runs, events } = makeRuns()
    const run = runs.start(
      makeSpec({
        execute: async (hooks) => {
          const end = performance.now() + 1000
          for (let bytes = 0; performance.now() < end; bytes += 1000) {
            hooks.progress({ run: hooks.run, stage: 'put', bytes, rate: 0, fraction: 0.2 })
            await new Promise((resolve) => setTimeout(resolve, 1))
          }
          return endedRecord(hooks, 'good')
        },
      }),
    )
    await runs.wait(run)
    const told = events.flatMap((event) => (event.type === 'run.progress' ? [event.progress] : []))
    expect(told.length).toBeGreaterThanOrEqual(2)
    expect(told.length).toBeLessThanOrEqual(7)
    expect(told.at(-1)?.rate).toBeGreaterThan(0)
  })

  it('A11: stopping cancels every run, records it as cancelled, and takes no new one', async () => {
    const { runs, catalog } = makeRuns()
    const ids = ['aaaaaa', 'bbbbbb', 'cccccc'].map((id) =>
      runs.start(
        makeSpec({
          job: `job_${id}`,
          keys: [`job:job_${id}`],
          writes: ['dst_aaaaaa'],
          execute: (hooks) => untilAborted(hooks, catalog),
        }),
      ),
    )
    await runs.stop()
    expect(ids.map((id) => catalog.run(id)?.outcome)).toEqual(['cancelled', 'cancelled', 'cancelled'])
    expect(() => runs.start(makeSpec())).toThrow(BackupError)
  })
})
