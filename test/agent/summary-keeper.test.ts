/** The keeper of the light: what it does while nothing happens. */
import { it, onTestFinished } from 'vitest'
import { createEventBus } from '../../electron/agent/events.ts'
import { DestinationStates } from '../../electron/agent/destination-states.ts'
import { SummaryKeeper } from '../../electron/agent/summary-keeper.ts'
import type { AgentEvent } from '../../electron/contract/event.ts'
import { Redactor } from '../../electron/engine/secret.ts'
import { PLACE } from '../helpers/catalog.ts'
import { input } from '../helpers/summary.ts'
import { makeRuns, until } from './harness.ts'

it('looks at the places of its own accord, and tells when the light has changed by that', async () => {
  const { runs, catalog, world } = makeRuns()
  const events = createEventBus(new Redactor(), () => undefined)
  const told: AgentEvent[] = []
  events.subscribe((event) => told.push(event))
  const place = { id: PLACE, name: 'NAS', kind: 'folder' as const, path: '/mnt/nas', enabled: true }
  let isThere = true
  const destinations = new DestinationStates({
    engine: {
      probe: () => Promise.resolve({ ok: isThere, writable: isThere, state: isThere ? 'ours' : 'missing' }),
      lookAtSets: () => Promise.resolve({ missing: [], unknown: [] }),
    },
    ...{ clock: world.clock, events, signal: new AbortController().signal, onUnknownSets: () => Promise.resolve() },
  })
  const settings = { version: 1 as const, installId: 'f'.repeat(32), destinations: [place], jobs: [] }
  const keeper = new SummaryKeeper(
    {
      ...{ clock: world.clock, catalog, runs, destinations, events, agent: input().agent },
      settings: { current: () => settings, update: () => Promise.resolve(settings) },
      notices: () => [],
      startsNothing: () => false,
      look: () => void destinations.refresh([place]),
      onError: () => undefined,
    },
    10,
  )
  onTestFinished(() => keeper.stop())
  const shown = (): boolean | undefined => {
    const last = told.findLast((event) => event.type === 'light.changed')
    return last?.summary.destinations[0]?.reachable
  }
  await until(() => shown() === true)
  isThere = false
  world.clock.skip(6 * 60_000)
  await until(() => shown() === false)
})
