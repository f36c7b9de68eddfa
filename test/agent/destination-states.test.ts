/** What the agent knows of its destinations: looked at in time, never by a hanging look, and by what runs found out. */
import { makeFinding } from '../../electron/contract/words.ts'
import { describe, expect, it } from 'vitest'
import { DestinationStates, type DestinationStatesDeps } from '../../electron/agent/destination-states.ts'
import { createEventBus } from '../../electron/agent/events.ts'
import { newsOfRun } from '../../electron/agent/run-places.ts'
import type { DestinationConfig, ProbeReport } from '../../electron/contract/destination.ts'
import type { AgentEvent } from '../../electron/contract/event.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { Redactor } from '../../electron/engine/secret.ts'
import { makeRun, OTHER_PLACE, PLACE } from '../helpers/catalog.ts'
import { TestClock } from '../helpers/world.ts'

const nas: DestinationConfig = { id: PLACE, name: 'NAS', kind: 'folder', path: '/mnt/nas', enabled: true }
const well: ProbeReport = { ok: true, writable: true, state: 'ours', freeBytes: 5, totalBytes: 9 }
const none = { missing: [], unknown: [] }
const MINUTE = 60_000

function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}

function makeStates(engine: Partial<DestinationStatesDeps['engine']> = {}, more: Partial<DestinationStatesDeps> = {}) {
  const clock = new TestClock()
  const events: AgentEvent[] = []
  const probes: string[] = []
  const unknown: string[] = []
  const bus = createEventBus(new Redactor(), () => undefined)
  bus.subscribe((event) => events.push(event))
  const states = new DestinationStates({
    engine: {
      probe: (config, signal) => {
        probes.push(config.id)
        return engine.probe?.(config, signal) ?? Promise.resolve(well)
      },
      lookAtSets: engine.lookAtSets ?? (() => Promise.resolve(none)),
    },
    ...{ clock, events: bus, signal: new AbortController().signal },
    onUnknownSets: async (config) => void unknown.push(config.id),
    probeMs: 30,
    listMs: 30,
    ...more,
  })
  return { states, clock, events, probes, unknown }
}

describe('a look', () => {
  it('is taken at enabled places that nobody has looked at for five minutes', async () => {
    let lists = 0
    const { states, clock, probes } = makeStates({
      lookAtSets: () => Promise.resolve(none).finally(() => (lists += 1)),
    })
    expect(states.get(PLACE)).toBeUndefined()
    const off = { ...nas, id: OTHER_PLACE, enabled: false }
    await states.refresh([nas, off])
    await states.refresh([nas, off])
    expect(probes).toEqual([PLACE])
    expect(lists).toBe(1)
    expect(states.get(PLACE)).toMatchObject({ reachable: true, freeBytes: 5, totalBytes: 9 })
    expect(Date.parse(states.get(PLACE)!.lookedAt)).toBeGreaterThan(Date.now() - MINUTE)
    clock.skip(5 * MINUTE + 1)
    await states.refresh([nas])
    expect(probes).toEqual([PLACE, PLACE])
  })

  it('at a share that hangs, signal or not, ends as a place that does not answer, and is not taken again while it hangs', async () => {
    const { states, clock, probes } = makeStates({ probe: () => never() })
    await states.refresh([nas])
    expect(states.get(PLACE)).toMatchObject({ reachable: false, errorCode: 'destination-no-answer' })
    clock.skip(6 * MINUTE)
    await states.refresh([nas])
    expect((await states.probe(nas)).error).toMatchObject({
      code: 'destination-no-answer',
      detail: { path: '/mnt/nas' },
    })
    expect(probes).toEqual([PLACE])
  })

  it('is taken again once what hung has come back', async () => {
    let answer: (report: ProbeReport) => void = () => undefined
    const { states, clock } = makeStates({
      probe: () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    })
    await states.refresh([nas])
    answer(well)
    await Promise.resolve()
    clock.skip(6 * MINUTE)
    const again = states.refresh([nas])
    answer(well)
    await again
    expect(states.get(PLACE)?.reachable).toBe(true)
  })

  it('tells when sets are gone, and once of sets that nobody has read in', async () => {
    let found = { missing: ['shop/full_backup_20260101_000000'], unknown: ['shop/full_backup_20260102_000000'] }
    const { states, clock, events, unknown } = makeStates({ lookAtSets: () => Promise.resolve(found) })
    await states.refresh([nas])
    expect(events).toHaveLength(2)
    found = { ...found, missing: [] }
    clock.skip(6 * MINUTE)
    await states.refresh([nas])
    expect(events).toHaveLength(2)
    expect(unknown).toEqual([PLACE])
  })

  it('that could not list the sets counts the place as out of use', async () => {
    const { states } = makeStates({
      lookAtSets: () => Promise.reject(new BackupError('destination-io', { path: '/' })),
    })
    await states.refresh([nas])
    expect(states.get(PLACE)).toMatchObject({ reachable: false, errorCode: 'destination-io' })
    const hung = makeStates({ lookAtSets: () => never() })
    await hung.states.refresh([nas])
    expect(hung.states.get(PLACE)).toMatchObject({ reachable: false, errorCode: 'destination-no-answer' })
  })

  it('that the end of the agent cut short says nothing of the place', async () => {
    const end = new AbortController()
    const probe = (_: unknown, signal: AbortSignal): Promise<ProbeReport> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new BackupError('cancelled')), { once: true })
      })
    const { states } = makeStates({ probe }, { signal: end.signal, probeMs: 60_000 })
    const look = states.refresh([nas])
    end.abort()
    await look
    expect(states.get(PLACE)).toBeUndefined()
  })
})

describe('what a run found out', () => {
  it('is newer than the last look, either way', async () => {
    const { states } = makeStates()
    await states.refresh([nas])
    states.note(PLACE, 'destination-full')
    expect(states.get(PLACE)).toMatchObject({ reachable: false, errorCode: 'destination-full', freeBytes: 5 })
    states.note(PLACE, undefined)
    expect(states.get(PLACE)).toMatchObject({ reachable: true })
    expect(states.get(PLACE)).not.toHaveProperty('errorCode')
  })

  it('is not overwritten by a look that began before', async () => {
    let answer: (report: ProbeReport) => void = () => undefined
    const { states } = makeStates(
      {
        probe: () =>
          new Promise((resolve) => {
            answer = resolve
          }),
      },
      { probeMs: 60_000 },
    )
    const look = states.refresh([nas])
    states.note(PLACE, 'destination-read-only')
    answer(well)
    await look
    expect(states.get(PLACE)?.errorCode).toBe('destination-read-only')
  })

  it('does not count a place as out of reach because another writes there, or for what is not its fault', () => {
    const { states, events } = makeStates()
    for (const code of ['destination-busy', 'destination-object-exists', 'cancelled', 'catalog-unusable'] as const)
      states.note(PLACE, code)
    expect(states.get(PLACE)).toBeUndefined()
    expect(events).toEqual([])
  })

  it('is told per place: where it wrote, where it failed, and nothing of those it did not come to', () => {
    const set = { set: 'shop/full_backup_20260101_000000', destination: PLACE, proof: 'matched' as const, bytes: 1 }
    const lost = makeFinding('destination-failed', {
      reason: 'destination-full',
      place: 'USB',
      destination: OTHER_PLACE,
    })
    const news = (writes: string[], record: object, reads?: string) => newsOfRun({ writes, reads }, makeRun(1, record))
    expect(news([PLACE, OTHER_PLACE, 'dst_third0'], { sets: [set], findings: [lost] })).toEqual([
      { destination: PLACE, code: undefined },
      { destination: OTHER_PLACE, code: 'destination-full' },
    ])
    const error = (code: 'destination-missing' | 'destination-busy' | 'source-missing') => ({
      error: new BackupError(code).toData(),
    })
    expect(news([PLACE], error('destination-missing'))).toEqual([{ destination: PLACE, code: 'destination-missing' }])
    expect(news([PLACE], error('destination-busy'))).toEqual([])
    expect(news([PLACE], error('source-missing'))).toEqual([])
    expect(news([PLACE, OTHER_PLACE], error('destination-missing'))).toEqual([])
    expect(news([], error('destination-missing'), PLACE)).toEqual([{ destination: PLACE, code: 'destination-missing' }])
    expect(news([], {}, PLACE)).toEqual([])
  })
})
