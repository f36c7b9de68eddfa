/** The harness itself: it must fire, and it must be able to see the faults that it is there for (faults.md M16, §5.2). */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, type TestContext } from 'vitest'
import { makeTempDir } from '../temp.ts'
import { crashStates, finalState, type CrashState } from './crash-states.ts'
import { parseRecording, snapshotOf, type Recording } from './recording.ts'
import { runInjected, shimOrSkip, type InjectedRun, type Injection } from './shim.ts'

const driver = fileURLToPath(new URL('atomic-driver.ts', import.meta.url))
const calls = fileURLToPath(new URL('calls-driver.ts', import.meta.url))

async function play(
  context: TestContext,
  task: string,
  injection: Omit<Injection, 'root'>,
  mutation = 'none',
): Promise<InjectedRun & { root: string; recording: Recording }> {
  const shim = shimOrSkip(context)
  const root = makeTempDir()
  const before = snapshotOf(root)
  const program = task === 'everything' || task === 'sqlite' ? calls : driver
  const run = await runInjected(shim, { root, ...injection }, [process.execPath, program, task, root, mutation], {
    timeoutMs: 30_000,
  })
  const log = injection.act === 'record' ? run.log : Buffer.alloc(0)
  return { ...run, root, recording: parseRecording(log, root, before) }
}

describe('M16: it fires', { timeout: 180_000 }, () => {
  const classes = [
    'open',
    'create',
    'write',
    'ftruncate',
    'fsync',
    'rename',
    'unlink',
    'link',
    'mkdir',
    'rmdir',
    'close',
    'read',
  ]

  it('writes what it hit into its log, and passes everything else untouched', async (context) => {
    for (const op of classes) {
      const run = await play(context, 'everything', { op, act: 'errno:EIO' })
      expect(run.fired, op).toHaveLength(1)
      expect(run.fired[0]).toMatchObject({ n: 1, op: op === 'open' ? 'create' : op })
      expect(run.fired[0]?.path.startsWith(`${run.root}/`)).toBe(true)
      expect(run.stderr, op).toContain('EIO')
      expect(run.status, op).toBe(1)
    }
    const none = await play(context, 'everything', { op: 'mutating', at: 1000, act: 'errno:EIO' })
    expect(none.fired).toEqual([])
    expect(none.stdout).toBe('done')
  })

  it('in every way of writing', async (context) => {
    const used = []
    for (let at = 1; ; at += 1) {
      const run = await play(context, 'everything', { op: 'write', at, act: 'errno:ENOSPC' })
      if (run.fired.length === 0) break
      used.push(run.fired[0]?.call)
    }
    expect(used).toEqual(['write', expect.stringMatching(/^pwrite/), 'writev', expect.stringMatching(/^pwritev/)])
  })

  it('by killing before or after, halving a write, hanging, and again and again', async (context) => {
    const before = await play(context, 'everything', { op: 'mkdir', act: 'kill' })
    expect(before.signal).toBe('SIGKILL')
    expect(readdirSync(before.root)).toEqual(['a'])
    const after = await play(context, 'everything', { op: 'mkdir', act: 'kill-after' })
    expect(after.signal).toBe('SIGKILL')
    expect(readdirSync(after.root)).toEqual(['a', 'folder'])
    const short = await play(context, 'settings', { op: 'write', act: 'short', forever: true })
    expect(short.fired.length).toBeGreaterThan(20)
    expect(readFileSync(join(short.root, 'settings.json'), 'utf8')).toBe('version 3\n'.repeat(700))
    const shim = shimOrSkip(context)
    const root = makeTempDir()
    const command = [process.execPath, calls, 'everything', root] as const
    const hanging = await runInjected(shim, { root, op: 'fsync', act: 'hang' }, [...command], { timeoutMs: 3000 })
    expect(hanging.signal).toBe('SIGKILL')
    expect(hanging.fired).toHaveLength(1)
  })

  it('in SQLite too', async (context) => {
    for (const op of ['create', 'write', 'fsync', 'unlink']) {
      const run = await play(context, 'sqlite', { op, act: 'errno:EIO' })
      expect(run.fired, op).toHaveLength(1)
      expect(run.fired[0]?.path).toContain('x.db')
    }
  })

  it('only where the path matches', async (context) => {
    const run = await play(context, 'everything', { op: 'any', match: '/folder', act: 'errno:EACCES' })
    expect(run.fired[0]).toMatchObject({ op: 'mkdir', n: 1 })
  })
})

describe('recordings', { timeout: 180_000 }, () => {
  it('end in the tree that the program left', async (context) => {
    for (const task of ['everything', 'sqlite', 'settings', 'set']) {
      const run = await play(context, task, { act: 'record' })
      expect(run.stdout, run.stderr).toBe('done')
      expect(run.recording.steps.length).toBeGreaterThan(9)
      const copy = makeTempDir()
      finalState(run.recording).materialize(copy)
      expect(contentOf(copy)).toEqual(contentOf(run.root))
    }
  })

  it('begin with what lay there before', async (context) => {
    const shim = shimOrSkip(context)
    const root = makeTempDir()
    mkdirSync(join(root, 'kept'))
    writeFileSync(join(root, 'kept', 'old'), 'old')
    writeFileSync(join(root, 'settings.json'), 'version 0\n')
    const before = snapshotOf(root)
    const run = await runInjected(shim, { root, act: 'record' }, [process.execPath, driver, 'settings', root])
    const states = [...crashStates(parseRecording(run.log, root, before), { mode: 'ordered', seed: 1 })]
    expect(states.length).toBeGreaterThan(5)
    for (const state of states) {
      const copy = makeTempDir()
      state.materialize(copy)
      expect(readFileSync(join(copy, 'kept', 'old'), 'utf8')).toBe('old')
      expect(readFileSync(join(copy, 'settings.json'), 'utf8')).toMatch(/^(version \d\n)+$/)
    }
  })
})

function contentOf(root: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    found[path.slice(root.length)] = entry.isFile() ? readFileSync(path, 'latin1') : ''
  }
  return found
}

/** The file is absent or one whole version, never older than the last that was reported. */
function settingsFault(state: CrashState, dir: string): string | undefined {
  const reported = state.marks.length
  let found = 0
  if (readdirSync(dir).includes('settings.json')) {
    const text = readFileSync(join(dir, 'settings.json'), 'utf8')
    found = [1, 2, 3].find((version) => text === `version ${version}\n`.repeat(700)) ?? -1
  }
  return found >= reported && found >= 0 ? undefined : `version ${found}, reported ${reported}: ${state.describe()}`
}

describe('A03–A05: it sees', { timeout: 180_000 }, () => {
  const faultsOf = (recording: Recording, mode: 'individual' | 'ordered'): string[] => {
    const faults: string[] = []
    for (const state of crashStates(recording, { mode, seed: 7 })) {
      const dir = makeTempDir()
      state.materialize(dir)
      const fault = settingsFault(state, dir)
      if (fault !== undefined) faults.push(fault)
    }
    return faults
  }

  it('nothing wrong with a file written in the right order', async (context) => {
    const { recording } = await play(context, 'settings', { act: 'record' })
    expect(faultsOf(recording, 'individual')).toEqual([])
    expect(faultsOf(recording, 'ordered')).toEqual([])
  })

  it('the fault of a program that leaves a sync out, or does it too late', async (context) => {
    for (const mutation of ['no-file-sync', 'no-folder-sync', 'late-sync']) {
      const { recording, stdout } = await play(context, 'settings', { act: 'record' }, mutation)
      expect(stdout).toBe('done')
      expect(faultsOf(recording, 'individual'), mutation).not.toEqual([])
    }
  })
})
