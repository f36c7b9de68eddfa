/** Faults of the catalog as the whole agent takes them: it starts, says so, and has its backups back; the destination keeps every byte. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { RunningAgent } from '../../electron/agent/agent.ts'
import { backUp, makeSite, startAgent, withJob } from '../agent/real-agent.ts'
import { makeTempDir } from '../helpers/temp.ts'

interface Kept {
  readonly home: string
  readonly place: string
  readonly sets: readonly string[]
  readonly runs: readonly string[]
}

/** A stopped agent's state directory with two proven sets. */
async function makeKept(): Promise<Kept> {
  const home = makeTempDir()
  const site = makeSite()
  const agent = await startAgent({ home })
  await withJob(agent, site)
  await backUp(agent)
  await backUp(agent)
  const { sets, runs } = await held(agent)
  await agent.stop()
  return { home, place: site.place, sets, runs }
}

async function held(agent: RunningAgent) {
  const { sets } = await agent.call('set.list', {})
  const { runs } = await agent.call('run.list', { kind: 'backup' })
  return {
    sets: sets.map(({ id, proof, state }) => `${id} ${proof} ${state}`).sort(),
    runs: runs.map(({ id, outcome, proof }) => `${id} ${outcome} ${proof}`).sort(),
  }
}

/** Every file of the sets with its hash; what Sitekeep keeps for itself changes with every writer. */
function payloadOf(place: string): Record<string, string> {
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.startsWith('shop/') && !name.includes('/logs/') && statSync(join(place, name)).isFile())
    .map(
      (name) =>
        [
          name,
          createHash('sha256')
            .update(readFileSync(join(place, name)))
            .digest('hex'),
        ] as const,
    )
  return Object.fromEntries(files)
}

async function noticesOf(agent: RunningAgent): Promise<string[]> {
  return (await agent.call('status', {})).notices.map(({ code }) => code)
}

/** Starts on the damaged state and expects everything back, then that the next backup counts on. */
async function expectBack(kept: Kept, notice: string | undefined, what: string): Promise<RunningAgent> {
  const before = payloadOf(kept.place)
  const agent = await startAgent({ home: kept.home, mode: 'command' })
  if (notice !== undefined) expect(await noticesOf(agent), what).toContain(notice)
  expect(await held(agent), what).toEqual({ sets: kept.sets, runs: kept.runs })
  expect(payloadOf(kept.place), what).toEqual(before)
  return agent
}

describe('the catalog at the start of an agent', () => {
  it('G01: missing, it is filled from the destination, and the next backup counts on', async () => {
    const kept = await makeKept()
    for (const name of readdirSync(kept.home)) if (name.startsWith('catalog.db')) rmSync(join(kept.home, name))
    const before = payloadOf(kept.place)
    const agent = await expectBack(kept, 'catalog-new', 'missing')
    expect(await backUp(agent)).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(payloadOf(kept.place)).toMatchObject(before)
    const { sets } = await agent.call('set.list', {})
    expect(new Set(sets.map(({ sequence }) => sequence)).size).toBe(3)
  })

  it('G02: flipped, cut short, emptied or garbage, the agent starts and has history and sets back; the damaged file is kept', async () => {
    const kept = await makeKept()
    const path = join(kept.home, 'catalog.db')
    const good = readFileSync(path)
    const damages: [string, (bytes: Buffer) => Buffer][] = [
      ['the header', (bytes) => flip(bytes, 20)],
      ['the schema', (bytes) => flip(bytes, bytes.indexOf('CREATE TABLE runs') + 14)],
      ['a row', (bytes) => flip(bytes, bytes.indexOf(kept.sets[0]!.split(' ')[0]!) + 3)],
      ['a run', (bytes) => flip(bytes, bytes.indexOf('"outcome":"good"') + 12)],
      ['half of it', (bytes) => bytes.subarray(0, bytes.length / 2)],
      ['all but a page', (bytes) => bytes.subarray(0, bytes.length - 4096)],
      ['all of it', () => Buffer.alloc(0)],
      ['its kind', (bytes) => Buffer.alloc(bytes.length, 'not a database ')],
    ]
    for (const [what, damage] of damages) {
      writeFileSync(path, damage(Buffer.from(good)))
      const damaged = readFileSync(path)
      const agent = await expectBack(kept, 'catalog-rebuilt', what)
      await agent.stop()
      const copies = readdirSync(kept.home).filter((name) => /^catalog\.db\.damaged-[\d_]+$/.test(name))
      expect(
        copies.some((name) => readFileSync(join(kept.home, name)).equals(damaged)),
        what,
      ).toBe(true)
    }
  })

  it('G04: an older one put back takes in what the destination has beyond it, deletes nothing and reuses no number', async () => {
    const home = makeTempDir()
    const site = makeSite()
    const first = await startAgent({ home })
    await withJob(first, site)
    await backUp(first)
    await first.stop()
    const path = join(home, 'catalog.db')
    copyFileSync(path, join(home, 'older.db'))
    const second = await startAgent({ home })
    await backUp(second)
    await backUp(second)
    const { sets, runs } = await held(second)
    await second.stop()
    rmSync(`${path}-wal`, { force: true })
    rmSync(`${path}-shm`, { force: true })
    copyFileSync(join(home, 'older.db'), path)
    const before = payloadOf(site.place)
    const agent = await startAgent({ home, mode: 'command' })
    // A command that only reads may still say what the older catalog says; the next writer must not.
    expect(await backUp(agent)).toMatchObject({ outcome: 'good', proof: 'matched' })
    const now = await held(agent)
    expect(now.sets).toEqual(expect.arrayContaining([...sets]))
    expect(now.runs).toEqual(expect.arrayContaining([...runs]))
    expect(now.sets).toHaveLength(4)
    expect(payloadOf(site.place)).toMatchObject(before)
    const numbers = (await agent.call('set.list', {})).sets.map(({ sequence }) => sequence)
    expect(new Set(numbers).size).toBe(4)
  })

  it('G01: the service starts at once and has them back by itself, without a backup', async () => {
    const kept = await makeKept()
    for (const name of readdirSync(kept.home)) if (name.startsWith('catalog.db')) rmSync(join(kept.home, name))
    const before = payloadOf(kept.place)
    const agent = await startAgent({ home: kept.home })
    await vi.waitFor(async () => expect(await held(agent)).toEqual({ sets: kept.sets, runs: kept.runs }), 20_000)
    expect(payloadOf(kept.place)).toEqual(before)
  })

  it('G05: of a newer Sitekeep, it is shown and not written; a backup is refused in so many words and writes nothing', async () => {
    const kept = await makeKept()
    const path = join(kept.home, 'catalog.db')
    const newer = new Database(path)
    newer.pragma('user_version = 99')
    newer.prepare(`UPDATE meta SET value = '99', sum = ? WHERE key = 'schema'`).run(crc32('schema\u000099'))
    newer.close()
    const bytes = readFileSync(path)
    const placeBefore = everythingIn(kept.place)
    const agent = await startAgent({ home: kept.home })
    expect(await noticesOf(agent)).toContain('catalog-newer')
    expect(await held(agent)).toEqual({ sets: kept.sets, runs: kept.runs })
    for (const attempt of [
      agent.call('backup.start', { job: 'shop' }),
      agent.call('destination.add', { kind: 'folder', path: makeTempDir() }),
    ])
      await expect(attempt).rejects.toMatchObject({
        data: { code: 'catalog-newer', message: expect.stringMatching(/newer Sitekeep/) as string },
      })
    const to = join(makeTempDir(), 'restored')
    const wait = async (started: { run: string }) => await agent.call('run.wait', started)
    expect(await wait(await agent.call('restore.start', { set: 'latest', to }))).toMatchObject({ outcome: 'good' })
    const verified = await agent.call('verify.start', { set: 'latest', level: 'match' })
    expect(await wait(verified)).toMatchObject({ outcome: 'good', proof: 'matched' })
    expect(everythingIn(kept.place)).toEqual(placeBefore)
    await agent.stop()
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it('G03: held by another program for some seconds, a start and a backup wait for it and end well', async () => {
    const kept = await makeKept()
    const release = await holdLock(join(kept.home, 'catalog.db'))
    release()
    const agent = await expectBack(kept, undefined, 'locked')
    expect(await noticesOf(agent)).toEqual([])
    const again = await holdLock(join(kept.home, 'catalog.db'))
    again()
    expect(await backUp(agent)).toMatchObject({ outcome: 'good', proof: 'matched' })
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1
  return bytes
}

function everythingIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const file = statSync(join(folder, name))
      return `${name} ${file.isFile() ? readFileSync(join(folder, name)).toString('base64') : ''}`
    })
    .sort()
}

/** Another program that holds the write lock until two seconds after it is told to let go. */
async function holdLock(path: string): Promise<() => void> {
  const script = `const D = require('better-sqlite3'); const d = new D(process.argv[1], { timeout: 5000 });
    d.exec('BEGIN IMMEDIATE'); console.log('held');
    process.stdin.on('data', () => setTimeout(() => { d.exec('COMMIT'); d.close(); process.exit() }, 2000))`
  const child = spawn(process.execPath, ['-e', script, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return () => child.stdin.write('x')
}
