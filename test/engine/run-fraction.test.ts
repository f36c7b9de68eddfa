/** The share of a run that is done, and the time left at its pace. */
import { expect, it } from 'vitest'
import { secondsLeftOf, type Sample } from '../../electron/agent/progress-meter.ts'
import { fractionOf, legKey, type Leg, type RunPlan } from '../../electron/engine/run-fraction.ts'
import { writeFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeSite } from '../helpers/site.ts'
import type { Progress } from '../../electron/contract/run.ts'
import type { RunHooks } from '../../electron/engine/engine-api.ts'
import { RunRecorder } from '../../electron/engine/run-recorder.ts'
import { Redactor } from '../../electron/engine/secret.ts'
import { makeWorld } from '../helpers/world.ts'

const encode: Leg = { stage: 'encode', source: 'files' }
const readBack: Leg = { stage: 'read-back', destination: 'nas' }
const legs: readonly Leg[] = [{ stage: 'lock' }, encode, readBack, { stage: 'publish', destination: 'nas' }]

function plan(size: number | undefined): RunPlan {
  return { legs, sizes: new Map([['files', size]]) }
}

it('the fraction follows the bytes, and the stage that takes the time takes the bar', () => {
  const at = (part: number): number =>
    fractionOf(
      plan(1e9),
      new Map([
        ['lock\n\n', 1],
        [legKey(encode), part],
      ]),
    )
  expect(at(0)).toBeLessThan(0.01)
  expect(at(0.5) - at(0.25)).toBeCloseTo(at(1) - at(0.75), 5)
  expect(at(1)).toBeGreaterThan(0.65)
  expect(at(1)).toBeLessThan(0.75)
})

it('a source of unknown size weighs as much as the others on average, and all done is all', () => {
  const two: RunPlan = {
    legs: [encode, { stage: 'encode', source: 'shop' }],
    sizes: new Map([
      ['files', undefined],
      ['shop', 5e8],
    ]),
  }
  expect(fractionOf(two, new Map([[legKey(encode), 1]]))).toBeCloseTo(0.5, 5)
  expect(fractionOf(plan(undefined), new Map(legs.map((leg) => [legKey(leg), 1])))).toBe(1)
  expect(fractionOf({ legs: [], sizes: new Map() }, new Map())).toBe(0)
})

it('the time left is what remains at the pace of the last samples, and nothing where there is no pace', () => {
  const samples = (...fractions: number[]): Sample[] =>
    fractions.map((fraction, second) => ({ at: second * 1000, bytes: 0, fraction }))
  expect(secondsLeftOf(samples(0.1, 0.2, 0.3, 0.4))).toBe(6)
  expect(secondsLeftOf(samples(0.2, 0.3))).toBeUndefined()
  expect(secondsLeftOf(samples(0.3, 0.3, 0.3, 0.3))).toBeUndefined()
})

function tells(bytes: number): (progress: (bytes: number) => void) => Promise<void> {
  return (progress) => {
    progress(bytes)
    return Promise.resolve()
  }
}

it('the fraction stands still rather than go back where a source turns out larger than it was', async () => {
  const told: number[] = []
  const hooks = {
    run: 'run_1',
    signal: new AbortController().signal,
    progress: (one: Progress) => told.push(one.fraction),
  }
  const recorder = new RunRecorder({ world: makeWorld(), redactor: new Redactor() }, hooks as unknown as RunHooks)
  recorder.plan(
    [encode, { stage: 'encode', source: 'shop' }],
    new Map([
      ['files', 1e6],
      ['shop', 1e6],
    ]),
  )
  await recorder.stage('encode', { source: 'files' }, tells(1e6))
  await recorder.stage('encode', { source: 'shop', totalBytes: 1e9 }, tells(1e8))
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect(told.at(-1)).toBeGreaterThanOrEqual(0.49)
})

it('a restore never tells more done than there is to do', async () => {
  const site = await makeSite()
  const root = join(site.dir, 'uploads')
  mkdirSync(root)
  for (let n = 0; n < 50; n += 1) writeFileSync(join(root, `file-${n}`), 'x')
  const made = await site.backup(site.job([{ kind: 'files', name: 'uploads', roots: [root] }]))
  const before = site.progress.length
  const { record } = await site.restore(site.setOf(made))
  expect(record).toMatchObject({ outcome: 'good', proof: 'restored' })
  const told = site.progress.slice(before).filter(({ stage }) => stage === 'restore-stage')
  expect(new Set(told.map(({ totalBytes }) => totalBytes))).toEqual(new Set([50]))
})

it('the fraction of a backup never goes back, its counters are live, and no stage has more done than there is', async () => {
  const site = await makeSite()
  const root = join(site.dir, 'uploads')
  mkdirSync(root)
  for (let n = 0; n < 20; n += 1) writeFileSync(join(root, `file-${n}`), `content ${n}\n`.repeat(50_000))
  const job = site.job([{ kind: 'files', name: 'uploads', roots: [root] }])
  await site.backup(job)
  const first = site.progress.filter(({ stage }) => stage === 'encode')
  expect(first.some(({ openEnded }) => openEnded === true)).toBe(true)
  const before = site.progress.length
  const record = await site.backup(job)
  const told = site.progress.slice(before)
  const encoding = told.filter(({ stage }) => stage === 'encode')
  expect(encoding.every(({ openEnded }) => openEnded === undefined)).toBe(true)
  const steps = new Set(encoding.map(({ fraction }) => Math.floor(fraction * 20)))
  expect(steps.size).toBeGreaterThan(3)
  told.forEach(({ fraction, bytes, totalBytes }, index) => {
    expect(fraction).toBeGreaterThanOrEqual(told[index - 1]?.fraction ?? 0)
    if (totalBytes !== undefined) expect(bytes).toBeLessThanOrEqual(totalBytes)
  })
  const live = told.map(({ bytesRead = 0 }) => bytesRead)
  expect(live.filter((bytes) => bytes > 0 && bytes < record.bytesRead).length).toBeGreaterThan(3)
  expect(told.at(-1)?.bytesStored).toBe(record.bytesStored)
})
