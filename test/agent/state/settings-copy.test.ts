/** The last good copy of sitekeep.json: written after every change, used where the file cannot be (faults.md G08). */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { makeJob } from '../../helpers/catalog.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'
import { makeFile, open, place, withJob } from './settings-harness.ts'

describe('the good copy', () => {
  it('that cannot be written takes nothing back: the change is in force, told, and the fault is noticed until it is written', async () => {
    const path = await makeFile()
    const world = makeWorld()
    let isFull = false
    const files = faulty(world.files, {
      rename: async (from, to) => {
        if (isFull && String(to).endsWith('.good')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
        await world.files.rename(from, to)
      },
    })
    const onChange = vi.fn()
    const onCopyFault = vi.fn()
    const store = await open(path, { world: { ...world, files }, onChange, onCopyFault })
    isFull = true
    const renamed = await store.update((now) => ({ ...now, destinations: [{ ...place, name: 'USB' }] }))
    expect(renamed.destinations[0]?.name).toBe('USB')
    expect(store.current()).toEqual(renamed)
    expect(onChange).toHaveBeenCalledTimes(1)
    expect(onCopyFault).toHaveBeenCalledWith(expect.objectContaining({ code: 'config-copy-failed' }))
    expect(store.notices()).toMatchObject([{ code: 'config-copy-failed', detail: { path: `${path}.good` } }])
    isFull = false
    await store.refresh()
    expect(store.notices()).toEqual([])
    expect(readFileSync(`${path}.good`)).toEqual(readFileSync(path))
  })
})

describe('a start', () => {
  it('G08: with a damaged file uses the last good copy, says so, and leaves the file alone', async () => {
    const path = await makeFile()
    for (const length of [0, 1, 20, 200]) {
      const damaged = readFileSync(`${path}.good`).subarray(0, length)
      writeFileSync(path, damaged)
      const store = await open(path)
      expect(store.current().jobs).toEqual([makeJob()])
      expect(store.notices()).toMatchObject([{ code: 'config-invalid' }])
      expect(readFileSync(path)).toEqual(damaged)
    }
  })

  it('without the file puts the last good copy back, and says so', async () => {
    const path = await makeFile()
    rmSync(path)
    const store = await open(path)
    expect(store.current().jobs).toEqual([makeJob()])
    expect(store.notices()).toMatchObject([{ code: 'config-restored' }])
    expect(existsSync(path)).toBe(true)
  })

  it('with a damaged file and no good copy stops: no jobs at all would look like a fresh install', async () => {
    const path = await makeFile()
    writeFileSync(path, '{')
    rmSync(`${path}.good`)
    const copy = `${path}.good`
    const unusable = (detail: object) => ({
      code: 'config-unusable',
      detail: expect.objectContaining(detail) as object,
    })
    await expect(open(path)).rejects.toMatchObject(unusable({ path, copy, problem: 'vanished' }))
    writeFileSync(copy, '[]')
    await expect(open(path)).rejects.toMatchObject(unusable({ path, copy, problem: 'line 1: it is not an object' }))
    expect(readFileSync(path, 'utf8')).toBe('{')
    rmSync(path)
    const lost = await open(path).catch((error: unknown) => error)
    expect(lost).toMatchObject(unusable({ path, reason: 'vanished' }))
    expect((lost as Error).message).not.toContain('stays in force')
  })

  it('with the file of a newer version stops, and never writes over it', async () => {
    const path = await makeFile()
    const store = await open(path)
    const newer = readFileSync(path, 'utf8').replace('"version": 1', '"version": 2')
    writeFileSync(path, newer)
    await store.refresh()
    expect(store.notices()).toMatchObject([{ code: 'config-newer', detail: { found: 2, known: 1 } }])
    await expect(store.update(withJob)).rejects.toMatchObject({ code: 'config-newer' })
    await expect(open(path)).rejects.toMatchObject({ code: 'config-newer' })
    expect(readFileSync(path, 'utf8')).toBe(newer)
  })
})
