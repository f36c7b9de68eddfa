/** The command line as people start it, on a real agent, real databases and real folders. */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { cliEntry } from '../helpers/entries.ts'
import { makePlace } from './place.ts'

// Each command is a process that starts an agent of its own; on a busy machine that takes seconds.
vi.setConfig({ testTimeout: 180_000 })

/** What the state directory holds; a command that was refused before it looked there has made none. */
function settingsOf(dir: string): unknown {
  const path = join(dir, 'home', 'sitekeep.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { jobs: [], destinations: [] }
}

const dump = (path: string): string => execFileSync('sqlite3', [path, '.dump'], { encoding: 'utf8' })

describe('the main job', () => {
  it('goes from adding a job to a restored copy that equals the source', async () => {
    const { dir, json, sitekeep } = makePlace()
    expect((await json('job', 'add', 'shop', '--sqlite', 'shop.db', '--files', 'up', '--to', './b')).code).toBe(0)
    const backup = await json('backup', 'shop')
    expect(backup).toMatchObject({ code: 0, document: { outcome: 'good', sets: [{ proof: 'matched', job: 'shop' }] } })
    const [set] = backup.document['sets'] as { id: string; path: string }[]
    expect((await json('list')).document).toMatchObject({ sets: [{ id: set!.id, proof: 'matched' }] })
    const verified = await json('verify', set!.path, '--level', 'restore')
    expect(verified).toMatchObject({ code: 0, document: { proof: 'restored', outcome: 'good' } })
    const restored = await json('restore', 'latest', '--to', 'r')
    expect(restored).toMatchObject({ code: 0, document: { outcome: 'good', target: join(dir, 'r') } })
    expect(dump(join(dir, 'r', 'shop.db'))).toBe(dump(join(dir, 'shop.db')))
    execFileSync('diff', ['-r', join(dir, 'up'), join(dir, 'r', 'up')])
    expect((await json('status')).document).toMatchObject({ light: 'good', jobs: [{ job: 'shop', light: 'good' }] })
    expect((await sitekeep('log', 'latest')).out).toContain('restore shop')
    expect((await json('history')).document).toMatchObject({ total: 3 })
    expect((await json('pin', 'shop/latest')).code).toBe(0)
    expect((await json('list')).document).toMatchObject({ sets: [{ pinned: true }] })
  })

  it('refuses a damaged backup', async () => {
    const { json } = makePlace()
    await json('job', 'add', 'shop', '--sqlite', 'shop.db', '--to', './b')
    const [set] = (await json('backup', 'shop')).document['sets'] as { path: string }[]
    const artifact = join(
      set!.path,
      readdirSync(set!.path).find((name) => name.includes('sqlite'))!,
    )
    const bytes = readFileSync(artifact)
    bytes[bytes.length >> 1]! ^= 1
    chmodSync(artifact, 0o600)
    writeFileSync(artifact, bytes)
    const verified = await json('verify', 'latest')
    expect(verified).toMatchObject({ code: 1, document: { outcome: 'failed' } })
    expect((await json('status')).code).toBe(1)
  })
})

describe('bad input', () => {
  type Prepare = (dir: string) => readonly string[]
  const sqlite =
    (make: (path: string) => void): Prepare =>
    (dir) => {
      make(join(dir, 'bad'))
      return ['--sqlite', 'bad', '--to', './b']
    }
  const rows: readonly (readonly [string, Prepare, string, number])[] = [
    ['a path that does not exist', sqlite(() => undefined), 'source-missing', 1],
    ['a path that is a directory', sqlite((path) => mkdirSync(path)), 'source-is-directory', 1],
    ['a file that is not SQLite', sqlite((path) => writeFileSync(path, 'x'.repeat(5000))), 'source-not-sqlite', 1],
    ['an encrypted database', sqlite((path) => writeFileSync(path, Buffer.alloc(8192, 0xa7))), 'source-not-sqlite', 1],
    ['a file of 0 bytes', sqlite((path) => writeFileSync(path, '')), 'source-empty', 1],
    ['a folder that is a file', () => ['--files', 'shop.db', '--to', './b'], 'source-not-directory', 1],
    ['a destination inside the source', () => ['--files', 'up', '--to', 'up/b'], 'destination-inside-source', 2],
    [
      'a destination inside the source behind a link',
      (dir) => {
        symlinkSync(join(dir, 'up'), join(dir, 'link'))
        return ['--files', 'up', '--to', 'link/b']
      },
      'destination-inside-source',
      2,
    ],
    ['source = destination', () => ['--files', 'up', '--to', './up'], 'destination-is-source', 2],
    ['a schedule that is none', () => ['--sqlite', 'shop.db', '--to', './b', '--full', 'often'], 'invalid-input', 2],
    ['an unknown option', () => ['--sqlite', 'shop.db', '--to', './b', '--fast'], 'usage', 2],
  ]
  it.each(rows)('%s gets a typed error with a hint, and nothing is changed', async (_, prepare, code, exit) => {
    const { dir, json } = makePlace()
    const ended = await json('job', 'add', 'x', ...prepare(dir))
    expect(ended.document).toMatchObject({ error: { code, hint: expect.stringMatching(/./) as string } })
    expect(ended.code).toBe(exit)
    expect(settingsOf(dir)).toMatchObject({ jobs: [], destinations: [] })
    expect(existsSync(join(dir, 'up', '.sitekeep'))).toBe(false)
  })

  it('a duplicate job name is refused', async () => {
    const { json } = makePlace()
    await json('job', 'add', 'shop', '--sqlite', 'shop.db', '--to', './b')
    const again = await json('job', 'add', 'SHOP', '--files', 'up', '--to', './b')
    expect(again).toMatchObject({ code: 2, document: { error: { code: 'duplicate-name' } } })
  })

  it.each(['备份/1', '../x', 'CON'])('a job named %s backs up inside the destination', async (name) => {
    const { dir, json } = makePlace()
    const added = await json('job', 'add', name, '--sqlite', 'shop.db', '--to', './b')
    if (added.code === 0) {
      const backup = await json('backup', name)
      const [set] = backup.document['sets'] as { path: string }[]
      expect(set!.path.startsWith(join(dir, 'b') + '/')).toBe(true)
      expect(readdirSync(join(dir, 'b')).map((entry) => entry.toLowerCase())).not.toContain('con')
    } else expect(added).toMatchObject({ code: 2, document: { error: { code: 'bad-name' } } })
    expect(existsSync(join(dir, 'x'))).toBe(false)
  })

  it('a set that is not there, and a folder that is none, are told apart from success', async () => {
    const { dir, json } = makePlace()
    expect(await json('verify', 'shop/latest')).toMatchObject({ code: 4, document: { error: { code: 'not-found' } } })
    const empty = await json('verify', join(dir, 'up'))
    expect(empty.code).not.toBe(0)
    expect(JSON.stringify(empty.document)).toContain('manifest-missing')
  })

  it('a restore into a folder that is not empty is refused and touches nothing', async () => {
    const { dir, json } = makePlace()
    await json('job', 'add', 'shop', '--sqlite', 'shop.db', '--to', './b')
    await json('backup', 'shop')
    const ended = await json('restore', 'latest', '--to', 'up')
    expect(ended.code).toBe(5)
    expect(JSON.stringify(ended.document)).toContain('target-not-empty')
    expect(readdirSync(join(dir, 'up')).sort()).toEqual(['empty', '发票.txt'].sort())
  })
})

describe('a running agent', () => {
  it('serves the commands, refuses a second agent, and is stopped by a signal', async () => {
    const { json, env, dir } = makePlace()
    const agent = spawn(process.execPath, [cliEntry, 'agent', '--http', '127.0.0.1:0', '--json'], { env, cwd: dir })
    onTestFinished(() => void agent.kill('SIGKILL'))
    const [line] = (await once(createInterface({ input: agent.stdout }), 'line')) as [string]
    const { url, pid } = JSON.parse(line) as { url: string; pid: number }
    expect(pid).toBe(agent.pid)
    expect((await fetch(new URL(url).origin)).status).toBeLessThan(500)
    const opened = await json('open')
    expect(opened).toMatchObject({ code: 0, document: { url: expect.stringMatching(/#code=[0-9a-f]{64}$/) as string } })
    const { url: fresh } = opened.document as { url: string }
    expect(new URL(fresh).origin).toBe(new URL(url).origin)
    const { origin, hash } = new URL(fresh)
    const signedIn = await fetch(`${origin}/auth`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ code: hash.slice('#code='.length) }),
    })
    expect(signedIn.status).toBe(200)
    const second = await json('agent')
    expect(second).toMatchObject({ code: 5, document: { error: { code: 'agent-running' } } })
    expect((await json('secret', 'list')).document).toEqual({ secrets: [] })
    agent.kill('SIGTERM')
    const [code] = (await once(agent, 'exit')) as [number | null]
    expect(code).toBe(0)
    expect((await json('open')).document).toMatchObject({ error: { code: 'agent-unreachable' } })
  })

  it('two commands at once on one state directory both succeed', async () => {
    const { json } = makePlace()
    await json('job', 'add', 'shop', '--sqlite', 'shop.db', '--to', './b')
    const both = await Promise.all([json('backup', 'shop'), json('job', 'list')])
    expect(both.map((ended) => ended.code)).toEqual([0, 0])
  })
})

describe('the demo', () => {
  it('proves every source as restored, ends, and leaves nothing', async () => {
    const { dir, env } = makePlace()
    const tmp = join(dir, 'tmp')
    mkdirSync(tmp)
    const demo = spawn(process.execPath, [cliEntry, 'demo', '--once'], {
      env: { ...env, TMPDIR: tmp },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines: string[] = []
    createInterface({ input: demo.stdout }).on('line', (line) => lines.push(line))
    const [code] = (await once(demo, 'close')) as [number | null]
    expect(code).toBe(0)
    for (const source of ['shop', 'uploads', 'config'])
      expect(lines.find((line) => line.startsWith(`${source} `))).toMatch(/restored$/)
    expect(readdirSync(tmp)).toEqual([])
  })
})
