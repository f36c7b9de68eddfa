/** Retention against a model: any sequence of nights, faults, clocks, pins and clean-ups, and what must hold after each of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backupTypes } from '../../../electron/contract/job.ts'
import { RetentionModel, type Command, type Flavor } from '../../helpers/retention-model.ts'

const isSoak = process.env['SITEKEEP_SOAK'] === '1'

const flavor = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Flavor>('good') },
  { weight: 1, arbitrary: fc.constantFrom<Flavor>('warning', 'suspicious', 'partial', 'one-place', 'failed') },
)
const small = fc.integer({ min: 1, max: 40 })
const some = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined })
const keep = fc.record({
  full: small,
  incremental: small,
  hot: small,
  count: fc.option(fc.record({ full: some, incremental: some, hot: some }), { nil: undefined }),
  generations: fc.option(fc.record({ daily: some, weekly: some, monthly: some }), { nil: undefined }),
})
const which = fc.nat({ max: 200 })
const place = fc.nat({ max: 1 })

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('backup'), type: fc.constantFrom(...backupTypes), flavor }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('nights'),
      count: fc.integer({ min: 1, max: 14 }),
      flavor,
      cleans: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('elapse'), hours: fc.integer({ min: 1, max: 1500 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clock'),
      days: fc.oneof(fc.integer({ min: -60, max: 60 }), fc.constantFrom(-20_000, -365, 365, 3650)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policy'), keep }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('pin', 'unpin', 'read', 'lose', 'rot', 'disown'), which }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('away', 'older'), place, is: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sources'), both: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('cleanup'),
      failsAfter: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
    }),
  },
)

let removals = 0
function play(commands: readonly Command[]): RetentionModel {
  const model = new RetentionModel()
  for (const one of commands) removals += model.run(one).length
  return model
}

/** Sequences of commands in each run; a failure prints its seed, its path and the shortest sequence that fails. */
function search(sequences: number): void {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30, size: 'max' }), (commands) => void play(commands)),
    { numRuns: sequences },
  )
}

it('any 2,000 sequences leave what must stay', () => {
  removals = 0
  search(2000)
  // A model that never removes anything proves nothing.
  expect(removals).toBeGreaterThan(2000)
}, 120_000)

it.skipIf(!isSoak)('any 1,000,000 sequences leave what must stay (soak)', () => search(1_000_000), 8 * 60 * 60_000)

const nights = (count: number, more: Partial<Extract<Command, { do: 'nights' }>> = {}): Command => ({
  ...{ do: 'nights', count, flavor: 'good', cleans: false },
  ...more,
})
const cleanup: Command = { do: 'cleanup', failsAfter: undefined }
const oneDay: Command = { do: 'policy', keep: { full: 1, incremental: 1, hot: 1 } }

/** Sequences that have once broken something, shortened; each stays for ever. */
const known: readonly (readonly [string, readonly Command[]])[] = [
  [
    'a sound backup before two nights with warnings',
    [{ do: 'backup', type: 'hot', flavor: 'good' }, nights(2, { flavor: 'warning' }), nights(1, { cleans: true })],
  ],
  ['the pin of the only old backup', [oneDay, nights(1), { do: 'pin', which: 0 }, nights(2, { cleans: true })]],
  [
    'the parent of an incremental one that is younger',
    [
      nights(1),
      { do: 'elapse', hours: 320 },
      { do: 'backup', type: 'incremental', flavor: 'good' },
      { do: 'elapse', hours: 376 },
      nights(1),
      cleanup,
    ],
  ],
  ['a job whose promise is broken', [oneDay, nights(3), { do: 'elapse', hours: 84 }, cleanup]],
  ['a clock that was set back by a day', [oneDay, nights(28), { do: 'clock', days: -1 }, cleanup]],
  [
    'a source that the job has no more',
    [{ do: 'backup', type: 'hot', flavor: 'good' }, { do: 'sources', both: false }, nights(3), cleanup],
  ],
]

it.each(known)('remains whole: %s', (_, commands) => void play(commands))

describe('the model notices', () => {
  it('that what is old goes where all is well', () => {
    const model = play([nights(45), cleanup])
    for (const { sets } of model.places) expect(sets).toHaveLength(30)
  })

  it('that a place that was away for a while is behind by itself', () => {
    const model = play([
      nights(20),
      { do: 'away', place: 1, is: true },
      nights(45, { cleans: true }),
      { do: 'away', place: 1, is: false },
      cleanup,
    ])
    expect(model.places.map(({ sets }) => sets.length)).toEqual([30, 20])
  })
})
