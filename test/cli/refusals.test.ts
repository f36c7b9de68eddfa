/** What the command line refuses, in which words, and that a refusal leaves nothing behind. Each command is a process on real files. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cliEntry } from '../helpers/entries.ts'
import { makePlace, type Place } from './place.ts'

vi.setConfig({ testTimeout: 180_000 })

const markerOf = (dir: string, place = 'b'): string => join(dir, place, '.sitekeep/marker.json')

async function placeWithJob(): Promise<Place> {
  const place = makePlace()
  const added = await place.json('job', 'add', 'shop', '--sqlite', 'shop.db', '--files', 'up', '--to', './b')
  expect(added.code).toBe(0)
  return place
}

describe('a refused job', () => {
  const rows: readonly (readonly [string, readonly string[], number])[] = [
    ['a schedule that is none', ['x', '--sqlite', 'shop.db', '--full', '0 2 * * 9-99'], 2],
    ['a name that is too long', ['x'.repeat(81), '--sqlite', 'shop.db'], 2],
    ['a source that is missing', ['x', '--sqlite', 'none.db'], 1],
    ['a source that matches nothing', ['x', '--config', './nowhere/*.env'], 1],
  ]
  it.each(rows)('for %s leaves no marker, and the corrected one is taken', async (_, [name = '', ...args], exit) => {
    const { dir, json } = makePlace()
    const refused = await json('job', 'add', name, ...args, '--to', './b')
    expect(refused.code).toBe(exit)
    expect(JSON.stringify(refused.document)).not.toMatch(/Too big|expected string|constraint|Got value/i)
    expect(existsSync(markerOf(dir))).toBe(false)
    expect((await json('job', 'add', 'x', '--sqlite', 'shop.db', '--to', './b')).code).toBe(0)
  })

  it('takes its new marker back where a later place is refused', async () => {
    const { dir, json } = makePlace()
    const refused = await json('job', 'add', 'x', '--sqlite', 'shop.db', '--to', './b', '--to', './nowhere/b')
    expect(refused.code).toBe(1)
    expect(existsSync(markerOf(dir))).toBe(false)
    expect((await json('job', 'add', 'x', '--sqlite', 'shop.db', '--to', './b')).code).toBe(0)
  })

  it('is noted at its destination before the command ends', async () => {
    const { dir } = await placeWithJob()
    const noted = readdirSync(join(dir, 'b/.sitekeep/journal'), { recursive: true }).map(String)
    expect(noted.filter((name) => name.endsWith('-job.json'))).toHaveLength(1)
  })

  const names = ['latest', 'LATEST', '.', '..', 'a\nb', 'a\u202eb']
  it.each(names)('named %j is refused, and its name is never echoed raw', async (name) => {
    const { dir, sitekeep } = makePlace()
    const ended = await sitekeep('job', 'add', name, '--sqlite', 'shop.db', '--to', './b')
    expect(ended.code).toBe(2)
    expect(ended.err).toContain('cannot be used as a name')
    expect(ended.err).not.toMatch(/\u202e|a\nb/)
    expect(existsSync(join(dir, 'b'))).toBe(false)
  })
})

describe('a destination', () => {
  it('is taken again after it was removed, with what lies on it', async () => {
    const { dir, json } = await placeWithJob()
    await json('backup', 'shop')
    const marker = readFileSync(markerOf(dir), 'utf8')
    await json('job', 'remove', 'shop', '--yes')
    expect((await json('destination', 'remove', 'b', '--yes')).code).toBe(0)
    expect(readFileSync(markerOf(dir), 'utf8'), 'what lies there stays').toBe(marker)
    const again = await json('destination', 'add', './b')
    expect(again).toMatchObject({
      code: 0,
      document: { destination: { id: (JSON.parse(marker) as { id: string }).id } },
    })
    expect((await json('list')).document['sets']).toHaveLength(1)
  })

  it('that was never used leaves no marker when it is removed', async () => {
    const { dir, json } = makePlace()
    expect((await json('destination', 'add', './b')).code).toBe(0)
    expect((await json('destination', 'remove', './b', '--yes')).code).toBe(0)
    expect(existsSync(markerOf(dir))).toBe(false)
  })

  it('of another installation is refused with the command that takes it over', async () => {
    const { dir, json } = makePlace()
    await json('destination', 'add', './b')
    await json('job', 'add', 'shop', '--sqlite', 'shop.db', '--to', './b')
    rmSync(join(dir, 'home'), { recursive: true })
    const refused = await json('destination', 'add', './b')
    expect(refused).toMatchObject({ code: 1, document: { error: { code: 'destination-marker-foreign' } } })
    expect(JSON.stringify(refused.document)).toContain(`sitekeep adopt \\"${join(dir, 'b')}\\"`)
    expect((await json('adopt', './b')).code).toBe(0)
  })
})

describe('an empty path', () => {
  const uses: readonly (readonly string[])[] = [
    ['job', 'add', 'x', '--sqlite', '', '--to', './b'],
    ['job', 'add', 'x', '--files', '', '--to', './b'],
    ['job', 'add', 'x', '--config', '', '--to', './b'],
    ['job', 'add', 'x', '--sqlite', 'shop.db', '--to', ''],
    ['restore', 'shop/latest', '--to', ''],
    ['destination', 'add', ''],
    ['verify', ''],
  ]
  const shown = uses.map((args) => [args.map((arg) => (arg === '' ? "''" : arg)).join(' '), args] as const)
  it.each(shown)('is refused: %s', async (_, args) => {
    const { dir, json } = makePlace()
    const before = readdirSync(dir)
    expect(await json(...args)).toMatchObject({ code: 2, document: { error: { code: 'usage' } } })
    expect(readdirSync(dir).filter((name) => name !== 'home')).toEqual(before)
  })
})

describe('a restore', () => {
  it('refuses to go into live data, among backups, or into its own state', async () => {
    const { dir, json } = await placeWithJob()
    await json('backup', 'shop')
    mkdirSync(join(dir, 'b', 'mine'))
    symlinkSync(join(dir, 'up'), join(dir, 'alias'))
    for (const to of ['b/r', 'b/mine', 'up/r', 'up/empty', 'alias/r', 'home/r']) {
      const ended = await json('restore', 'latest', '--to', to)
      expect(ended, to).toMatchObject({ code: 5, document: { error: { code: 'target-inside-source' } } })
      expect(await json('restore', 'latest', '--to', to, '--dry-run'), to).toMatchObject({ code: 5 })
    }
    expect(readdirSync(join(dir, 'up')).sort()).toEqual(['empty', '发票.txt'].sort())
    expect((await json('restore', 'latest', '--to', 'beside')).code).toBe(0)
  })

  it('refuses a link that leads nowhere, and follows one that leads to an empty folder', async () => {
    const { dir, json } = await placeWithJob()
    await json('backup', 'shop')
    symlinkSync(join(dir, 'gone'), join(dir, 'dangling'))
    const ended = await json('restore', 'latest', '--to', 'dangling')
    expect(ended).toMatchObject({ code: 1, document: { error: { code: 'target-unusable' } } })
    expect(existsSync(join(dir, 'gone'))).toBe(false)
    mkdirSync(join(dir, 'real'))
    symlinkSync(join(dir, 'real'), join(dir, 'link'))
    expect((await json('restore', 'latest', '--to', 'link')).code).toBe(0)
    expect(readdirSync(join(dir, 'real'))).toContain('shop.db')
  })

  it('tells of a place that cannot be read in words about reading', async () => {
    const { dir, sitekeep } = await placeWithJob()
    await sitekeep('backup', 'shop')
    renameSync(markerOf(dir), join(dir, 'marker'))
    mkdirSync(markerOf(dir))
    const ended = await sitekeep('restore', 'latest', '--to', 'r')
    expect(ended.code).toBe(1)
    expect(ended.out + ended.err).toContain('could not be read')
    expect(ended.out + ended.err).not.toMatch(/may not write|thrown away|No new backup/)
  })
})

describe('words', () => {
  it('I21: a half-written lease is told as that', async () => {
    const { dir, json } = await placeWithJob()
    writeFileSync(join(dir, 'b/.sitekeep/lease.json'), '{"format_version": 1, "tok')
    const ended = await json('backup', 'shop')
    expect(ended).toMatchObject({ code: 1, document: { error: { code: 'destination-lease-damaged' } } })
  })

  it.each(['BAD!', '.x', 'con'])('a secret named %s is refused in words', async (name) => {
    const { env, dir } = makePlace()
    const child = spawn(process.execPath, [cliEntry, 'secret', 'set', name, '--stdin', '--json'], { cwd: dir, env })
    child.stdin.end('value\n')
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    expect(JSON.parse(line)).toMatchObject({ error: { code: 'bad-name' } })
  })

  it('Ctrl-C while a run is only being started is told, and is no success', async () => {
    const { env, dir, json } = await placeWithJob()
    const child = spawn(process.execPath, [cliEntry, 'backup', 'shop'], { cwd: dir, env })
    onTestFinished(() => void child.kill('SIGKILL'))
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString()
    })
    // The state directory's log grows the moment the command's own agent starts, before any run does.
    const log = join(dir, 'home/logs')
    const sizes = (): string =>
      readdirSync(log)
        .map((name) => `${name} ${statSync(join(log, name)).size}`)
        .join()
    const before = sizes()
    await vi.waitFor(() => expect(sizes()).not.toBe(before), { timeout: 30_000, interval: 2 })
    child.kill('SIGINT')
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    expect([code, signal]).toEqual([1, null])
    expect(told).toContain('Cancelling')
    expect((await json('job', 'list')).code).toBe(0)
  })
})
