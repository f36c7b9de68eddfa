/** The light's one promise, for arbitrary histories. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { summarise } from '../../../electron/engine/catalog/summary.ts'
import { outcomes } from '../../../electron/contract/run.ts'
import { proofLevels } from '../../../electron/contract/proof.ts'
import { setStates } from '../../../electron/contract/set.ts'
import { makeJob, OTHER_PLACE, PLACE } from '../../helpers/catalog.ts'
import { ago, input, now, place } from '../../helpers/summary.ts'

/** Usually the value that makes a light green, so that the interesting case is met often. */
function mostly<T, U>(usual: T, other: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other })
}

describe('the promise', () => {
  const arbitraryFact = fc.record({
    id: fc.constant('shop/full_backup_20260101_000000'),
    destination: fc.constantFrom(PLACE, OTHER_PLACE, 'dst_gone00'),
    sequence: fc.nat(20),
    position: fc.nat(20),
    at: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: -100, max: 2000 })).map(ago),
    type: fc.constantFrom('full' as const, 'incremental' as const, 'hot' as const),
    bytes: fc.nat(),
    state: mostly('present' as const, fc.constantFrom(...setStates)),
    proof: mostly('matched' as const, fc.constantFrom(...proofLevels)),
    provenAt: fc.option(fc.integer({ min: -100, max: 2000 }).map(ago), { nil: undefined }),
    suspicious: mostly(false, fc.boolean()),
  })
  const arbitraryRun = fc.record({
    id: fc.constant('run_000001'),
    kind: fc.constant('backup' as const),
    startedAt: fc.integer({ min: -10, max: 2000 }).map(ago),
    seconds: fc.nat(),
    outcome: mostly('good' as const, fc.option(fc.constantFrom(...outcomes), { nil: undefined })),
    errorCode: fc.constantFrom(undefined, 'interrupted', 'destination-full'),
  })
  const arbitraryInput = fc.record({
    sets: fc.array(arbitraryFact, { maxLength: 6 }),
    runs: fc.array(arbitraryRun, { maxLength: 4 }),
    since: fc.option(fc.integer({ min: 0, max: 2000 }).map(ago), { nil: undefined }),
    isEnabled: mostly(true, fc.boolean()),
    isScheduled: fc.boolean(),
    rpoMinutes: fc.constantFrom(60, 1440, 10_080, 200_000),
    places: fc.tuple(mostly(true, fc.boolean()), mostly(true, fc.boolean()), fc.boolean()),
    isRunning: fc.boolean(),
    held: fc.tuple(
      mostly(['src_shop00'], fc.constantFrom([], ['src_other0'])),
      mostly(['src_shop00'], fc.constant(undefined)),
    ),
  })

  it('I3: a green light always stands on a matched, undamaged set within the promise at an enabled place, and on no failed run', () => {
    let green = 0
    fc.assert(
      fc.property(
        arbitraryInput,
        ({ sets, runs, since, isEnabled, isScheduled, rpoMinutes, places, isRunning, held }) => {
          const job = makeJob({
            enabled: isEnabled,
            rpoMinutes,
            schedule: isScheduled ? { full: '0 2 * * *' } : {},
            destinations: [PLACE, OTHER_PLACE],
          })
          const newestFirst = [...sets].sort((a, b) => b.position - a.position)
          const destinations = [
            place({ enabled: places[0], reachable: places[1] }),
            place({ id: OTHER_PLACE, enabled: places[2] }),
          ]
          const running = isRunning ? { run: 'run_000009', kind: 'backup' as const } : undefined
          const holding = [PLACE, OTHER_PLACE].flatMap((destination, index) => {
            const sources = held[index]
            return sources === undefined ? [] : [{ destination, sources }]
          })
          const facts = { sets: newestFirst, held: holding, runs, since, restoreSeconds: undefined }
          const summary = summarise(input({ job, running, facts }, destinations), now)
          if (summary.light !== 'good') return
          green += 1
          const enabled = destinations.filter((one) => one.enabled).map((one) => one.id)
          const sound = newestFirst.filter((set) => {
            const age = now.getTime() - Date.parse(set.at)
            const isMatched = set.proof === 'matched' || set.proof === 'restored'
            return (
              isMatched &&
              set.state === 'present' &&
              enabled.includes(set.destination) &&
              age <= rpoMinutes * 60_000 &&
              age >= -600_000
            )
          })
          expect(sound.length).toBeGreaterThan(0)
          expect(runs.find((one) => one.outcome !== undefined && one.outcome !== 'cancelled')?.outcome).not.toBe(
            'failed',
          )
          for (const id of enabled) {
            expect(newestFirst.find((set) => set.destination === id && set.state !== 'missing')?.state).not.toBe(
              'damaged',
            )
          }
          if (places[0]) expect(held[0]).toContain('src_shop00')
          if (places[2]) expect(held[1]).toContain('src_shop00')
          expect(job.enabled).toBe(true)
        },
      ),
      { numRuns: 20_000 },
    )
    // A property that never meets its case proves nothing.
    expect(green).toBeGreaterThan(100)
  })
})
