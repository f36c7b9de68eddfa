/** Death and power cuts at a folder destination: killed at every operation, and every state that a disk may be left in. */
import * as fs from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, type TestContext } from 'vitest'
import { folderKind } from '../../electron/engine/destination/folder.ts'
import type { Destination } from '../../electron/engine/destination/destination.ts'
import { configOf } from '../engine/destination/folder-places.ts'
import { bodyOf, listed, live } from '../engine/destination/suite-tools.ts'
import { crashStates } from '../helpers/inject/crash-states.ts'
import { parseRecording, snapshotOf, type Recording } from '../helpers/inject/recording.ts'
import { runInjected, shimOrSkip, type Injection } from '../helpers/inject/shim.ts'
import { makeRandom } from '../helpers/random.ts'
import { makeTempDir, removeTree } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

const driver = fileURLToPath(new URL('../helpers/inject/atomic-driver.ts', import.meta.url))
const isSoak = process.env['SITEKEEP_SOAK'] === '1'
const SEED = 20260105
const SET = 'shop/full/full_backup_20260105_020000'
const NEXT = 'shop/full/full_backup_20260106_020000'
const DATA = Buffer.concat([Buffer.alloc(6000, 'a'), Buffer.alloc(3000, 'b')]).toString()

function textAt(path: string): string | undefined {
  return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined
}

/** Throws where an invariant does not hold at `root` after a run that had reported `marks`. */
async function checkInvariants(root: string, marks: readonly string[]): Promise<void> {
  const world = makeWorld()
  const generation = marks.filter((mark) => mark.startsWith('marker-')).map((mark) => Number(mark.slice(7)))
  const mode = generation.length > 0 ? 'existing' : 'create'
  const opening = { mode, minGeneration: Math.max(1, ...generation) } as const
  const destination = await folderKind.open(configOf(root), opening, world, live)
  checkSet(root, marks.includes('published'))
  const journal = textAt(join(root, '.sitekeep/journal/2026/1.json'))
  const isJournalWhole = journal === '{"journal":1}' || (journal === undefined && !marks.includes('journalled'))
  if (!isJournalWhole) throw new Error(`journal record: ${String(journal)}`)
  await nextRun(destination, world)
}

/** I13: under its final name a set is whole, or absent; once reported it is there. */
function checkSet(root: string, isReported: boolean): void {
  if (!fs.existsSync(join(root, SET))) {
    if (isReported) throw new Error('a reported set is gone')
    return
  }
  if (textAt(join(root, SET, 'manifest.json')) !== '{"set":1}') throw new Error('the manifest is not whole')
  if (textAt(join(root, SET, 'database.gz')) !== DATA) throw new Error('the artifact is not whole')
}

/** F09: nothing that a person would have to unlock or clear away stands in the way of the next run. */
async function nextRun(destination: Destination, world: ReturnType<typeof makeWorld>): Promise<void> {
  const lease = await folderKind.acquireLease(destination, 'install:next', world, live)
  await destination.raiseGeneration(live)
  const staged = await destination.beginSet(NEXT, live)
  await staged.put('database.gz', bodyOf('next'), live)
  await staged.publish(Buffer.from('{}'), live)
  await lease.release()
  const keys = (await listed(destination, NEXT)).map((object) => object.key)
  if (keys.length !== 2) throw new Error(`the next set holds ${keys.join(' ')}`)
}

function command(root: string, mutation = 'none'): [string, ...string[]] {
  return [process.execPath, driver, 'set', root, mutation]
}

async function record(context: TestContext, mutation = 'none'): Promise<Recording> {
  const root = makeTempDir()
  const before = snapshotOf(root)
  const run = await runInjected(shimOrSkip(context), { root, act: 'record' }, command(root, mutation))
  expect(run.stdout, run.stderr).toBe('done')
  return parseRecording(run.log, root, before)
}

async function faultsOf(recording: Recording, mode: 'individual' | 'ordered', limit?: number): Promise<string[]> {
  const faults: string[] = []
  for (const state of crashStates(recording, { mode, seed: SEED, ...(limit === undefined ? {} : { limit }) })) {
    const dir = makeTempDir()
    state.materialize(dir)
    await checkInvariants(dir, state.marks).catch((error: unknown) => {
      faults.push(`${String(error)} — ${state.describe()}`)
    })
    removeTree(dir)
  }
  return faults
}

it('A02: killing it before or after any operation hurts nothing and blocks nothing', async (context) => {
  await expectSoundAfter(context, (at) => ({ op: 'mutating', at, act: at % 2 === 0 ? 'kill' : 'kill-after' }), 8)
}, 180_000)

it.skipIf(!isSoak)(
  'A02: kill at every operation hurts nothing and blocks nothing (soak)',
  async (context) => {
    await expectSoundAfter(context, (at) => ({ op: 'any', at, act: 'kill' }), Infinity)
  },
  600_000,
)

/** At a seeded sample of the run's operations, or at all of them. */
async function expectSoundAfter(
  context: TestContext,
  injection: (at: number) => Omit<Injection, 'root'>,
  samples: number,
): Promise<void> {
  const shim = shimOrSkip(context)
  const random = makeRandom(SEED)
  const operations = (await record(context)).steps.filter((step) => step.type !== 'mark').length
  expect(operations).toBeGreaterThan(40)
  for (let n = 1; n <= samples; n += 1) {
    const root = makeTempDir()
    const at = samples === Infinity ? n : 1 + random.below(operations)
    const run = await runInjected(shim, { root, ...injection(at) }, command(root))
    if (run.fired.length === 0) {
      expect(run.stdout).toBe('done')
      expect(n, 'operations killed at').toBeGreaterThan(operations)
      return
    }
    expect(run.signal).toBe('SIGKILL')
    const fired = run.fired[0]
    await checkInvariants(root, []).catch((error: unknown) => {
      throw new Error(`after ${fired?.call ?? ''} ${fired?.path ?? ''} (${at})`, { cause: error })
    })
  }
}

it('A03–A05: any state that a power cut may leave is sound', async (context) => {
  const recording = await record(context)
  for (const mode of ['individual', 'ordered'] as const) {
    expect(await faultsOf(recording, mode, isSoak ? undefined : 120), mode).toEqual([])
  }
}, 600_000)

it('A03–A05: a destination that leaves out a sync is caught', async (context) => {
  for (const mutation of ['no-file-sync', 'no-folder-sync']) {
    const faults = await faultsOf(await record(context, mutation), 'individual', 120)
    expect(faults, mutation).not.toEqual([])
  }
}, 180_000)
