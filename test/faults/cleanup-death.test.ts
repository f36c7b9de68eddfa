/** Death in the middle of a clean-up: what was to stay stays, no manifest points to a missing file, and the next one ends what was begun. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkSet } from '../helpers/checker.ts'
import { runDriver } from '../helpers/driver.ts'
import { runInjected, shimOrSkip } from '../helpers/inject/shim.ts'
import { checkInvariants } from '../helpers/invariants.ts'
import { listedAt, makeNightJob, NIGHT, nightsOf } from '../helpers/nights.ts'
import { openSite } from '../helpers/open-site.ts'
import { makeRandom } from '../helpers/random.ts'
import { makeTempDir } from '../helpers/temp.ts'

const isSoak = process.env['SITEKEEP_SOAK'] === '1'
const SEED = Number(process.env['SITEKEEP_SEED'] ?? 20_260_105)
const driver = fileURLToPath(new URL('driver.ts', import.meta.url))

interface Prepared {
  readonly dir: string
  readonly root: string
  readonly kept: readonly string[]
}

/** Five nights up to now, of which the oldest two are to go. */
async function prepare(): Promise<Prepared> {
  const dir = makeTempDir()
  const site = await openSite({ dir })
  const job = makeNightJob(site)
  site.world.clock.advance(-4 * NIGHT)
  const sets = await nightsOf(site, job, 5)
  site.catalog.close()
  return { dir, root: site.root, kept: sets.slice(2) }
}

/** Right after the death: every set that has a manifest is whole, and what is to stay is there. */
function expectNothingLost({ root, kept }: Prepared, what: string): void {
  const folder = join(root, 'shop/full')
  for (const name of readdirSync(folder).filter((one) => !one.startsWith('.'))) {
    if (existsSync(join(folder, name, 'manifest.json')))
      expect(checkSet(join(folder, name)), `${what}: ${name}`).toMatchObject({ ok: true })
  }
  for (const set of kept)
    expect(existsSync(join(folder, set.slice(set.indexOf('/') + 1), 'manifest.json')), what).toBe(true)
}

async function expectFinishes(prepared: Prepared, what: string): Promise<void> {
  const { dir, root, kept } = prepared
  expectNothingLost(prepared, what)
  const next = await runDriver({ dir, action: 'cleanup' })
  expect(next.record, `${what}: ${next.stderr}`).toMatchObject({ outcome: 'good' })
  const site = await openSite({ dir })
  try {
    expect(listedAt(site), what).toEqual(kept)
    expect(checkInvariants({ site, good: kept.map((set) => ({ root, set })) }), what).toEqual([])
    const left = readdirSync(join(root, 'shop/full')).filter((name) => !name.startsWith('.'))
    expect(left.sort(), what).toEqual(kept.map((set) => set.slice(set.indexOf('/') + 1)).sort())
  } finally {
    site.catalog.close()
  }
}

describe('A08: kill -9', () => {
  it.each(['remove', 'noted', 'removed'])('in phase %s', async (phase) => {
    const prepared = await prepare()
    const killed = await runDriver({ dir: prepared.dir, action: 'cleanup', killAt: phase })
    expect(killed.signal).toBe('SIGKILL')
    await expectFinishes(prepared, phase)
  })

  it.each([false, true])('between manifest and payload; a file of somebody else in it: %s', async (hasForeign) => {
    const prepared = await prepare()
    await runDriver({ dir: prepared.dir, action: 'cleanup', killAt: 'noted' })
    const folder = join(prepared.root, 'shop/full')
    // The newest of those that go is the first to.
    const noted = join(folder, readdirSync(folder).sort()[1]!)
    rmSync(join(noted, 'manifest.json'))
    if (!hasForeign) {
      await expectFinishes(prepared, 'manifest gone')
      return
    }
    writeFileSync(join(noted, 'notes.txt'), 'mine')
    await runDriver({ dir: prepared.dir, action: 'cleanup' })
    expect(readdirSync(noted).sort()).toEqual(['database.sqlite3.gz', 'notes.txt'])
  })

  it(`at a sample of its file operations (seed ${SEED})`, async (context) => {
    const shim = shimOrSkip(context)
    const random = makeRandom(SEED)
    for (let n = 0; n < 5; n += 1) {
      const prepared = await prepare()
      const at = 1 + random.below(40)
      const run = await runInjected(shim, { root: prepared.root, at, act: 'kill' }, command(prepared))
      expect(run.fired.length, 'the fault must have fired').toBeGreaterThan(0)
      await expectFinishes(prepared, `kill at operation ${at}`)
    }
  }, 300_000)

  it.skipIf(!isSoak)(
    'at every one of its file operations (soak)',
    async (context) => {
      const shim = shimOrSkip(context)
      for (let at = 1; ; at += 1) {
        const prepared = await prepare()
        const run = await runInjected(shim, { root: prepared.root, at, act: 'kill' }, command(prepared))
        if (run.fired.length === 0) break
        await expectFinishes(prepared, `kill at operation ${at}`)
      }
    },
    7_200_000,
  )
})

function command({ dir }: Prepared): [string, ...string[]] {
  return [process.execPath, driver, dir, 'cleanup']
}
