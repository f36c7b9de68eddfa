/** The lease of a folder: one writer at a time, no lock that a person must remove, no process taken for another. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { acquireFolderLease } from '../../../electron/engine/destination/folder-lease.ts'
import { FolderPlace } from '../../../electron/engine/destination/folder-place.ts'
import { isExpired, LEASE_MS, type LeaseRecord } from '../../../electron/engine/destination/lease.ts'
import { ownIdentity, startOf } from '../../../electron/engine/destination/process-identity.ts'
import type { World } from '../../../electron/engine/world.ts'
import { errno } from '../../helpers/faulty-files.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'
import { expectCode, live } from './suite-tools.ts'

const MINUTE = 60_000

async function makePlace(
  world: World = makeWorld(),
  root = makeTempDir(),
): Promise<{ place: FolderPlace; path: string }> {
  const place = await FolderPlace.open(root, 'dst_abc123', { mode: 'create', minGeneration: 1 }, world)
  return { place, path: join(root, '.sitekeep/lease.json') }
}

/** Leaves a lease as `changes` to one of this very process describe it, last renewed `ageMs` ago. */
async function plant(path: string, changes: Partial<LeaseRecord>, ageMs = 0): Promise<void> {
  const record: LeaseRecord = {
    format_version: 1,
    token: 41,
    nonce: 'planted-nonce',
    holder: 'install-b:run_other',
    ...(await ownIdentity(makeWorld())),
    expires_at: new Date(Date.now() - ageMs + LEASE_MS).toISOString(),
    ...changes,
  }
  await fs.writeFile(path, JSON.stringify(record))
  const renewed = new Date(Date.now() - ageMs)
  await fs.utimes(path, renewed, renewed)
}

async function standing(path: string): Promise<LeaseRecord> {
  return JSON.parse(await fs.readFile(path, 'utf8')) as LeaseRecord
}

async function runningProcess(): Promise<{ pid: number; start: string }> {
  const child = spawn('sleep', ['600'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  const pid = child.pid!
  return { pid, start: (await startOf(makeWorld(), pid))! }
}

const elsewhere = { hostname: 'nas', boot: 'another-boot', pid_space: 'pid:[1]', pid: 7, process_start: '1' }

describe('F08, I21: who may take it', () => {
  it('stands while another computer renews it', async () => {
    const { place, path } = await makePlace()
    await plant(path, elsewhere, 9 * MINUTE)
    const error = await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-busy')
    expect(error.detail['holder']).toBe('nas, install-b:run_other')
    expect(await fs.readdir(join(place.root, '.sitekeep'))).toEqual(['lease.json', 'marker.json'])
  })

  it('ends where nobody has renewed it for its term, and the next number is higher', async () => {
    const { place, path } = await makePlace()
    await plant(path, elsewhere, 11 * MINUTE)
    const lease = await acquireFolderLease(place, 'install-a:run_1', live)
    expect(lease.token).toBe(42)
    await lease.check()
    await lease.release()
    expect((await acquireFolderLease(place, 'install-a:run_2', live)).token).toBe(43)
  })

  it('is not ended by this computer’s clock alone', async () => {
    const world = makeWorld()
    world.clock.advance(365 * 24 * 60 * MINUTE)
    const { place, path } = await makePlace(world)
    await plant(path, elsewhere, 1 * MINUTE)
    await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-busy')
  })

  it('F02: does not block for ever with an expiry in the far future, or a date of its file there', async () => {
    const { place, path } = await makePlace()
    await plant(path, { ...elsewhere, expires_at: '2043-01-01T00:00:00Z' }, 21 * MINUTE)
    await (await acquireFolderLease(place, 'install-a:run_1', live)).release()
    await plant(path, elsewhere, -365 * 24 * 60 * MINUTE)
    await (await acquireFolderLease(place, 'install-a:run_1', live)).release()
  })

  it('waits for a lease that is unreadable, but not for ever', async () => {
    const { place, path } = await makePlace()
    await fs.writeFile(path, '')
    await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-lease-damaged')
    const old = new Date(Date.now() - 11 * MINUTE)
    await fs.utimes(path, old, old)
    await (await acquireFolderLease(place, 'install-a:run_1', live)).release()
  })

  it.each([
    [0, 1, false],
    [LEASE_MS + 1, -1, true],
    [LEASE_MS + 1, 1, false],
    [2 * LEASE_MS + 1, 1, true],
    [-LEASE_MS - 1, 1, true],
    [-LEASE_MS + 1, -1, false],
  ])('with age %i ms and %i ms to go has expired: %s', (age, left, expected) => {
    expect(isExpired(age, 1_000_000 + left, 1_000_000)).toBe(expected)
  })
})

describe('F09: processes that are gone', () => {
  it('takes over at once from a dead process of this start of the system', async () => {
    const { place, path } = await makePlace()
    const dead = spawnSync('true')
    await plant(path, { pid: dead.pid })
    await (await acquireFolderLease(place, 'install-a:run_1', live)).release()
  })

  it('does not mistake a living process that has the number of a dead one', async () => {
    const { place, path } = await makePlace()
    const { pid, start } = await runningProcess()
    await plant(path, { pid, process_start: start })
    await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-busy')
    await plant(path, { pid, process_start: `${Number(start) - 1}` })
    await (await acquireFolderLease(place, 'install-a:run_1', live)).release()
  })

  it('does not judge a process of another container by its number', async () => {
    const { place, path } = await makePlace()
    await plant(path, { pid: spawnSync('true').pid, pid_space: 'pid:[4026530000]' })
    await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-busy')
  })

  it('takes over from this install before a restart, on a local disk only, and not from a clone elsewhere', async () => {
    const { place, path } = await makePlace()
    const before = { boot: 'before-the-restart', holder: 'install-a:run_0' }
    await plant(path, before)
    await (await acquireFolderLease(place, 'install-a:run_1', live)).release()
    await plant(path, { ...before, holder: 'install-b:run_0' })
    await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-busy')
    await plant(path, { ...before, hostname: 'clone' })
    await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-busy')
    const NFS = 0x6969
    const statfs = (async (at: string) => Object.assign(await fs.statfs(at), { type: NFS })) as typeof fs.statfs
    const onShare = await makePlace({ ...makeWorld(), files: faulty(fs, { statfs }) }, place.root)
    await plant(path, before)
    await expectCode(acquireFolderLease(onShare.place, 'install-a:run_1', live), 'destination-busy')
  })

  it('takes over from an acquisition of this process that could not be released', async () => {
    const { place, path } = await makePlace()
    await plant(path, {})
    await (await acquireFolderLease(place, 'install-a:run_1', live)).release()
  })

  it('counts a killed process that nobody has waited for as gone', async () => {
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const pid = Number(String((await once(parent.stdout, 'data'))[0]))
    expect(await startOf(makeWorld(), pid)).toBeDefined()
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => startOf(makeWorld(), pid), { timeout: 10_000 }).toBeUndefined()
  })
})

describe('holding it', () => {
  it('is renewed in the background', async () => {
    const { place, path } = await makePlace()
    const lease = await acquireFolderLease(place, 'install-a:run_1', live, 300)
    const first = await fs.readFile(path, 'utf8')
    await expect.poll(() => fs.readFile(path, 'utf8'), { timeout: 10_000 }).not.toBe(first)
    await lease.release()
    expect(await fs.readdir(join(place.root, '.sitekeep'))).toEqual(['lease-last.json', 'marker.json'])
  })

  it('A12: is renewed on waking up where nobody has taken it, and lost where somebody has', async () => {
    const world = makeWorld()
    const { place, path } = await makePlace(world)
    const sleeper = await acquireFolderLease(place, 'install-a:run_1', live)
    world.clock.advance(60 * MINUTE)
    await sleeper.check()
    expect((await standing(path)).expires_at > world.clock.now().toISOString()).toBe(true)
    await plant(path.replace('lease.json', 'new.json'), { nonce: 'the-next-holder' })
    await fs.rename(path.replace('lease.json', 'new.json'), path)
    world.clock.advance(60 * MINUTE)
    await expectCode(sleeper.check(), 'destination-busy')
    await sleeper.release()
    expect((await standing(path)).nonce).toBe('the-next-holder')
  })

  it('is put back where its holder was renewing it while another took it for ended', async () => {
    const { place, path } = await makePlace()
    await plant(path, elsewhere, 11 * MINUTE)
    let hasWokenUp = false
    const rename: typeof fs.rename = async (from, to) => {
      if (String(from).endsWith('lease.json') && !hasWokenUp) {
        hasWokenUp = true
        await plant(path, elsewhere)
      }
      await fs.rename(from, to)
    }
    const late = await makePlace({ ...makeWorld(), files: faulty(fs, { rename }) }, place.root)
    await expectCode(acquireFolderLease(late.place, 'install-a:run_1', live), 'destination-busy')
    expect(hasWokenUp).toBe(true)
    expect((await standing(path)).nonce).toBe('planted-nonce')
  })

  it('never bears a number that was given out while it was being made', async () => {
    const { place, path } = await makePlace()
    const link: typeof fs.link = async (from, to) => {
      await plant(path.replace('lease.json', 'lease-last.json'), { token: 99 })
      await fs.link(from, to)
    }
    const raced = await makePlace({ ...makeWorld(), files: faulty(fs, { link }) }, place.root)
    const lease = await acquireFolderLease(raced.place, 'install-a:run_1', live)
    expect(lease.token).toBe(100)
    expect((await standing(path)).token).toBe(100)
    await lease.release()
  })

  it('goes to exactly one of many that find it ended', { repeats: 20 }, async () => {
    const { place, path } = await makePlace()
    await plant(path, elsewhere, 11 * MINUTE)
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => acquireFolderLease(place, `install-${n}:run`, live)),
    )
    const won = tries.filter((result) => result.status === 'fulfilled')
    expect(won).toHaveLength(1)
    await won[0]!.value.check()
    await won[0]!.value.release()
  })

  it('goes on where a start was killed while it took over, but not at once', async () => {
    const { place, path } = await makePlace()
    await plant(path, elsewhere, 11 * MINUTE)
    const turn = path.replace('lease.json', '.partial-take-over')
    await fs.writeFile(turn, '')
    await expectCode(acquireFolderLease(place, 'install-a:run_1', live), 'destination-busy')
    const past = new Date(Date.now() - 2 * MINUTE)
    await fs.utimes(turn, past, past)
    const lease = await acquireFolderLease(place, 'install-a:run_1', live)
    expect(await fs.readdir(join(place.root, '.sitekeep'))).not.toContain('.partial-take-over')
    await lease.release()
  })

  it('works without hard links, and leaves nothing where it cannot be written', async () => {
    const root = makeTempDir()
    const fat = await makePlace(
      { ...makeWorld(), files: faulty(fs, { link: () => Promise.reject(errno('EPERM')) }) },
      root,
    )
    const lease = await acquireFolderLease(fat.place, 'install-a:run_1', live)
    await expectCode(acquireFolderLease(fat.place, 'install-b:run_2', live), 'destination-busy')
    await lease.check()
    await lease.release()
    const open: typeof fs.open = async (path, flags, mode) => {
      if (flags === 'wx+') throw errno('EROFS')
      return fs.open(path, flags, mode)
    }
    const readOnly = await makePlace({ ...makeWorld(), files: faulty(fs, { open }) }, root)
    await expectCode(acquireFolderLease(readOnly.place, 'install-a:run_1', live), 'destination-read-only')
    expect(await fs.readdir(join(root, '.sitekeep'))).toEqual(['lease-last.json', 'marker.json'])
  })

  it('says of a disk that went away that it is gone, not that another holds it', async () => {
    const { place } = await makePlace()
    const lease = await acquireFolderLease(place, 'install-a:run_1', live)
    await fs.rename(join(place.root, '.sitekeep'), join(place.root, 'hidden'))
    await expectCode(lease.check(), 'destination-marker-missing')
    await lease.release()
  })
})
