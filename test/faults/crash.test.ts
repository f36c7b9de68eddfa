/** A whole backup, killed at any operation or cut off from power at any point: nothing good is lost, nothing half is shown. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, type TestContext } from 'vitest'
import { runDriver } from '../helpers/driver.ts'
import { crashStates } from '../helpers/inject/crash-states.ts'
import { parseRecording, snapshotOf, type Recording } from '../helpers/inject/recording.ts'
import { runInjected, shimOrSkip } from '../helpers/inject/shim.ts'
import { checkRoot } from '../helpers/checker.ts'
import { checkInvariants } from '../helpers/invariants.ts'
import { makeMutant, type Mutation } from '../helpers/mutants.ts'
import { openSite } from '../helpers/open-site.ts'
import { makeRandom } from '../helpers/random.ts'
import { makeShopDb } from '../helpers/sqlite.ts'
import { makeTempDir, removeTree } from '../helpers/temp.ts'

const isSoak = process.env['SITEKEEP_SOAK'] === '1'
const SEED = Number(process.env['SITEKEEP_SEED'] ?? 20_260_105)
const driver = fileURLToPath(new URL('driver.ts', import.meta.url))

interface Prepared {
  readonly dir: string
  readonly root: string
  /** Reported good before the fault. */
  readonly good: { readonly root: string; readonly set: string }[]
}

async function prepare(): Promise<Prepared> {
  const dir = makeTempDir()
  makeShopDb(join(dir, 'shop.sqlite3'), { orders: 20 })
  mkdirSync(join(dir, 'uploads'))
  for (let n = 0; n < 3; n += 1) writeFileSync(join(dir, 'uploads', `${n}.txt`), `file ${n}`)
  const site = await openSite({ dir })
  site.job([
    { kind: 'sqlite', name: 'shop', path: join(dir, 'shop.sqlite3') },
    { kind: 'files', name: 'uploads', roots: [join(dir, 'uploads')] },
  ])
  const first = await site.backup(site.jobs[0]!)
  site.catalog.close()
  expect(first).toMatchObject({ outcome: 'good' })
  return { dir, root: site.root, good: first.sets.map(({ set }) => ({ root: site.root, set })) }
}

/** Recovery as at every start, then what must hold, then an ordinary backup. */
async function expectRecovers({ dir, good }: Prepared, what: string): Promise<void> {
  const recovered = await runDriver({ dir, action: 'recover' })
  expect(recovered.code, `${what}: ${recovered.stderr}`).toBe(0)
  const site = await openSite({ dir })
  try {
    expect(checkInvariants({ site, good }), what).toEqual([])
    expect(await site.backup(site.jobs[0]!), what).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(checkInvariants({ site, good }), what).toEqual([])
  } finally {
    site.catalog.close()
  }
}

async function record(context: TestContext, script = driver): Promise<Recording & { readonly good: Prepared['good'] }> {
  const { dir, root, good } = await prepare()
  const before = snapshotOf(root)
  const run = await runInjected(shimOrSkip(context), { root, act: 'record' }, [process.execPath, script, dir, 'backup'])
  expect(run.stdout, run.stderr).toContain('"outcome":"good"')
  return { ...parseRecording(run.log, root, before), good }
}

/** What the independent checker finds wrong over a sample of the states that a power cut may leave. */
function* faultsOf(
  recording: Recording & { readonly good: Prepared['good'] },
  limit: number | undefined,
): Generator<string, undefined> {
  const sample = limit === undefined ? {} : { limit }
  for (const mode of ['individual', 'ordered'] as const) {
    for (const state of crashStates(recording, { mode, seed: SEED, ...sample })) {
      const dir = makeTempDir()
      state.materialize(dir)
      const verdicts = new Map(checkRoot(dir).sets.map((verdict) => [verdict.set, verdict]))
      for (const { set, ok, problems } of verdicts.values()) {
        if (!ok) yield `${set}: ${problems.join('; ')} — ${state.describe()}`
      }
      const reported = state.marks.filter((mark) => mark.startsWith('reported ')).map((mark) => mark.slice(9))
      for (const set of [...reported, ...recording.good.map((one) => one.set)]) {
        if (verdicts.get(set)?.ok !== true) yield `${set} was reported good and is lost — ${state.describe()}`
      }
      removeTree(dir)
    }
  }
}

describe('A02', () => {
  it(`killed at a sample of its file operations, at the destination and in the state (seed ${SEED})`, async (context) => {
    const shim = shimOrSkip(context)
    const random = makeRandom(SEED)
    for (let n = 0; n < 6; n += 1) {
      const prepared = await prepare()
      // By turns at the destination, and anywhere in the site: the catalog and the work folder too.
      const root = n % 2 === 0 ? prepared.root : prepared.dir
      const at = 1 + random.below(n % 2 === 0 ? 60 : 120)
      const run = await runInjected(shim, { root, at, act: 'kill' }, [process.execPath, driver, prepared.dir, 'backup'])
      expect(run.fired.length, 'the fault must have fired').toBeGreaterThan(0)
      await expectRecovers(
        prepared,
        `kill at operation ${at} below ${root === prepared.dir ? 'the site' : 'the place'}`,
      )
    }
  }, 600_000)

  it.skipIf(!isSoak)(
    'killed at every one of its file operations (soak)',
    async (context) => {
      const shim = shimOrSkip(context)
      for (let at = 1; ; at += 1) {
        const prepared = await prepare()
        const run = await runInjected(shim, { root: prepared.dir, at, act: 'kill' }, [
          process.execPath,
          driver,
          prepared.dir,
          'backup',
        ])
        if (run.fired.length === 0) break
        await expectRecovers(prepared, `kill at operation ${at}`)
      }
    },
    7_200_000,
  )
})

it('A10: killed in the recovery from a kill, and recovered again', async (context) => {
  const shim = shimOrSkip(context)
  const prepared = await prepare()
  await runDriver({ dir: prepared.dir, killAt: 'journal' })
  for (let at = 1; at < 30; at += 6) {
    const run = await runInjected(shim, { root: prepared.dir, at, act: 'kill' }, [
      process.execPath,
      driver,
      prepared.dir,
      'recover',
    ])
    if (run.fired.length === 0) break
  }
  await expectRecovers(prepared, 'kill in recovery')
}, 300_000)

describe('A03–A05: power cuts', () => {
  it(`leave every set whole or absent, and everything reported in place (seed ${SEED})`, async (context) => {
    expect([...faultsOf(await record(context), 25)]).toEqual([])
  }, 300_000)

  it.skipIf(!isSoak)(
    'at every point, in every order (soak)',
    async (context) => {
      expect([...faultsOf(await record(context), undefined)]).toEqual([])
    },
    7_200_000,
  )
})

const staging = 'electron/engine/destination/folder-staging.ts'
const mutants: readonly (Mutation & { readonly name: string })[] = [
  {
    name: 'artifacts are not synced',
    file: 'electron/engine/atomic-file.ts',
    find: '    await handle.sync()\n    isOpen = false',
    replace: '    isOpen = false',
  },
  {
    name: 'the set gets its name before its folder is synced',
    file: staging,
    find: `    await this.#place.attempt(staging, () => syncFolder(this.#place.world, staging))
    await this.#giveName(signal)`,
    replace: `    await this.#giveName(signal)
    await this.#place.attempt(parent, () => syncFolder(this.#place.world, this.#paths.final))`,
  },
  {
    name: 'the set gets its name before its manifest is written',
    file: staging,
    find: `    await this.#write(MANIFEST_NAME, manifest, signal)
    await this.#checkManifest(manifest, signal)
    await this.#place.attempt(staging, () => syncFolder(this.#place.world, staging))
    await this.#giveName(signal)`,
    replace: `    await this.#giveName(signal)
    await writeSynced(this.#place.world, join(this.#paths.final, MANIFEST_NAME), manifest, { signal })`,
  },
]

const prover = 'electron/engine/proof/prove-artifact.ts'
const credulous = [
  {
    name: 'a verifier that always says yes',
    tests: 'K04',
    mutations: [
      {
        file: prover,
        find: '  const stored = new Digester()\n  const raw',
        replace: '  if (level !== undefined) return\n  const stored = new Digester()\n  const raw',
      },
    ],
  },
  {
    name: 'a verifier that computes digests and does not compare them',
    tests: 'K01 .none.',
    mutations: [
      {
        file: prover,
        find: 'if (stored.result().sha256 !== artifact.sha256)',
        replace: 'if (stored.result().sha256 === "")',
      },
      {
        file: prover,
        find: 'if (plain.result().sha256 !== artifact.plain_sha256)',
        replace: 'if (plain.result().sha256 === "")',
      },
    ],
  },
] as const

describe('the harness sees', () => {
  it.for(mutants)('that $name', { timeout: 600_000 }, async (mutation, context) => {
    const script = join(makeMutant(mutation), 'test/faults/driver.ts')
    expect(existsSync(script)).toBe(true)
    const { value } = faultsOf(await record(context, script), 300).next()
    expect(value).toMatch(/lost|absent|missing|manifest|bytes|SHA/)
  })

  it.each(credulous)('V01: $name, by the tests of damage', { timeout: 300_000 }, ({ mutations, tests }) => {
    const control = damageTests(makeMutant(), tests)
    expect(control.status, control.stdout).toBe(0)
    const run = damageTests(makeMutant(...mutations), tests)
    expect(run.status).toBe(1)
    expect(run.stdout).toContain('AssertionError')
  })
})

/** The tests of damage whose names match, in a copy of the sources. */
function damageTests(top: string, tests: string): { status: number | null; stdout: string } {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
  const args = [vitest, 'run', '-c', join(top, 'build/vitest.config.ts'), 'test/faults/damage.test.ts', '-t', tests]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: top, encoding: 'utf8' })
  return { status, stdout: `${stdout}${stderr}` }
}
