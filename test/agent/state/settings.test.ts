/** sitekeep.json: written whole, edited by hand, damaged in every way; what was good stays in force (faults.md G08). */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { MAX_SETTINGS_BYTES } from '../../../electron/agent/state/settings-file.ts'
import type { Settings } from '../../../electron/contract/settings.ts'
import { makeJob, PLACE } from '../../helpers/catalog.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'
import { makeFile, open, place, withJob } from './settings-harness.ts'

describe('a first start', () => {
  it('makes an empty file, its schema and its good copy, for the owner alone', async () => {
    const path = join(makeTempDir(), 'sitekeep.json')
    const store = await open(path)
    expect(store.current()).toMatchObject({ version: 1, jobs: [], destinations: [] })
    expect(store.current().installId).toMatch(/^[0-9a-f]{32}$/)
    expect(store.notices()).toEqual([])
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ $schema: './sitekeep.schema.json' })
    const schema = JSON.parse(readFileSync(join(path, '..', 'sitekeep.schema.json'), 'utf8')) as { properties: object }
    expect(Object.keys(schema.properties)).toEqual(['$schema', 'version', 'installId', 'destinations', 'jobs'])
    expect(readFileSync(`${path}.good`)).toEqual(readFileSync(path))
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect((await open(path)).current()).toEqual(store.current())
  })
})

describe('a change', () => {
  it('is on disk when it is answered, and told', async () => {
    const path = join(makeTempDir(), 'sitekeep.json')
    const onChange = vi.fn()
    const store = await open(path, { onChange })
    await store.update(withJob)
    expect(store.current().jobs).toEqual([makeJob()])
    expect((await open(path)).current()).toEqual(store.current())
    expect(onChange).toHaveBeenCalledTimes(1)
  })

  it('never loses another that is made at the same time', async () => {
    const store = await open(await makeFile())
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store.update((now) => ({
          ...now,
          destinations: [...now.destinations, { ...place, id: `dst_more${String(n).padStart(2, '0')}` }],
        })),
      ),
    )
    expect(store.current().destinations).toHaveLength(21)
  })

  it('is made on the newest settings, an edit by hand included', async () => {
    const path = await makeFile()
    const store = await open(path)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"Shop"', '"Edited"'))
    await store.update((now) => ({ ...now, destinations: now.destinations.map((one) => ({ ...one, name: 'USB' })) }))
    expect(store.current().jobs[0]?.name).toBe('Edited')
    expect(store.current().destinations[0]?.name).toBe('USB')
  })

  it('that makes no sense is refused with its path, and nothing is changed', async () => {
    const path = await makeFile()
    const store = await open(path)
    const before = readFileSync(path)
    const changes: [RegExp, (now: Settings) => Settings][] = [
      [/jobs\[0\]\.destinations\[0\]: there is no destination dst_nas000/, (now) => ({ ...now, destinations: [] })],
      [
        /jobs\[1\]\.id: job_shop00 is used twice/,
        (now) => ({ ...now, jobs: [...now.jobs, makeJob({ slug: 'other' })] }),
      ],
      [
        /jobs\[1\]\.slug: shop is used twice/,
        (now) => ({ ...now, jobs: [...now.jobs, makeJob({ id: 'job_other0' })] }),
      ],
      [/jobs\[0\]\.rpoMinutes/, (now) => ({ ...now, jobs: [makeJob({ rpoMinutes: -1 })] })],
    ]
    for (const [message, change] of changes) {
      await expect(store.update(change)).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(message) as string,
      })
    }
    expect(readFileSync(path)).toEqual(before)
    expect(store.current().jobs).toEqual([makeJob()])
  })

  it('that cannot be written leaves the old settings in force and on disk', async () => {
    const path = await makeFile()
    const world = makeWorld()
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    let isFull = false
    const files = faulty(world.files, {
      rename: async (from, to) => (isFull ? Promise.reject(full) : world.files.rename(from, to)),
    })
    const store = await open(path, { world: { ...world, files } })
    const before = readFileSync(path)
    isFull = true
    await expect(store.update((now) => ({ ...now, jobs: [] }))).rejects.toMatchObject({ code: 'state-unusable' })
    expect(store.current().jobs).toHaveLength(1)
    expect(readFileSync(path)).toEqual(before)
    expect(readdirSync(join(path, '..')).filter((name) => name.startsWith('.partial'))).toEqual([])
  })
})

describe('an edit by hand', () => {
  it('that names a place which does not exist is noticed with its line, while the last good settings are used', async () => {
    const path = await makeFile()
    writeFileSync(path, readFileSync(path, 'utf8').replace(`"${PLACE}"\n      ]`, '"dst_typo00"\n      ]'))
    const store = await open(path)
    const [notice] = store.notices()
    expect(notice?.code).toBe('config-invalid')
    expect(notice?.detail['reason']).toMatch(/line \d+: jobs\[0\]\.destinations\[0\]: .*dst_typo00/)
    expect(store.current().jobs[0]?.destinations).toEqual([PLACE])
  })

  it('comes into force when it is seen, with a byte-order mark too', async () => {
    const path = await makeFile()
    const onChange = vi.fn()
    const store = await open(path, { onChange })
    store.watch(20)
    writeFileSync(path, `\ufeff${readFileSync(path, 'utf8').replace('"Shop"', '"商店"')}`)
    await vi.waitFor(() => expect(store.current().jobs[0]?.name).toBe('商店'), { timeout: 10_000 })
    expect(onChange).toHaveBeenCalledTimes(1)
    expect(store.notices()).toEqual([])
    expect(await store.refresh()).toBe(false)
  })

  it('G08: that is wrong is told with line and path, all faults at once, and the last good settings stay in force', async () => {
    const path = await makeFile()
    const good = readFileSync(path, 'utf8')
    const lineOf = (part: string): number => good.slice(0, good.indexOf(part)).split('\n').length
    const edits: [string, RegExp[]][] = [
      [good.slice(0, good.length / 2), [/line \d+: it is not JSON/]],
      [
        good.replace('"rpoMinutes": 1440', '"rpoMinutes": "daily"'),
        [new RegExp(`line ${lineOf('"rpoMinutes"')}: jobs\\[0\\]\\.rpoMinutes: `)],
      ],
      [
        good.replace('"rpoMinutes": 1440', '"rpoMinuts": 1440'),
        [new RegExp(`line ${lineOf('"rpoMinutes"')}: jobs\\[0\\]\\.rpoMinuts: there is no such field`)],
      ],
      [
        good.replace('"gzip"', '"rar"').replace('"rtoMinutes": 30', '"rtoMinutes": 0'),
        [/jobs\[0\]\.compression/, /jobs\[0\]\.rtoMinutes/],
      ],
      [good.replace('"dst_nas000"\n', '"dst_other0"\n'), [/there is no destination dst_other0/]],
      ['', [/it is empty/]],
      ['null', [/line 1/]],
      ['[]', [/line 1/]],
      ['{}', [/version/]],
      [good.replace('"version": 1', '"version": "1"'), [/version/]],
      [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, [/line 1/]],
      [
        good.replace('"version": 1', '"__proto__": {"polluted": true}, "version": 1'),
        [/__proto__: there is no such field/],
      ],
    ]
    const faults = vi.fn()
    const store = await open(path, { onFault: faults })
    for (const [text, reasons] of edits) {
      writeFileSync(path, text)
      await store.refresh()
      expect(store.current().jobs, text.slice(0, 80)).toEqual([makeJob()])
      expect(store.fault()?.code).toBe('config-invalid')
      for (const reason of reasons) expect(store.fault()?.message).toMatch(reason)
      expect(store.notices()).toMatchObject([{ code: 'config-invalid', detail: { path, copy: `${path}.good` } }])
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    writeFileSync(path, good)
    await store.refresh()
    expect(store.notices()).toEqual([])
    expect(faults).toHaveBeenLastCalledWith(undefined)
  })

  it('G08: in GBK or UTF-16 is told by line; a huge file is refused', async () => {
    const path = await makeFile()
    const good = readFileSync(path)
    const store = await open(path)
    const index = good.indexOf('Shop')
    const line = good.subarray(0, index).toString().split('\n').length
    const gbk = Buffer.concat([
      good.subarray(0, index),
      Buffer.from([0xc9, 0xcc, 0xb5, 0xea]),
      good.subarray(index + 4),
    ])
    writeFileSync(path, gbk)
    await store.refresh()
    expect(store.fault()?.message).toContain(`line ${line}: it is not UTF-8`)
    writeFileSync(path, Buffer.from(`\ufeff${good.toString()}`, 'utf16le'))
    await store.refresh()
    expect(store.fault()?.message).toContain('line 1: it is not UTF-8')
    writeFileSync(path, Buffer.alloc(MAX_SETTINGS_BYTES + 1, 0x20))
    await store.refresh()
    expect(store.fault()?.message).toContain('larger than')
    expect(store.current().jobs).toHaveLength(1)
  })

  it('that is wrong is kept aside when the window changes something', async () => {
    const path = await makeFile()
    const store = await open(path)
    writeFileSync(path, 'my half-finished edit')
    await store.update((now) => ({ ...now, destinations: [{ ...place, name: 'USB' }] }))
    expect(store.notices()).toEqual([])
    const kept = readdirSync(join(path, '..')).filter((name) => name.startsWith('sitekeep.json.damaged-'))
    expect(kept).toHaveLength(1)
    expect(readFileSync(join(path, '..', kept[0]!), 'utf8')).toBe('my half-finished edit')
    expect((await open(path)).current().jobs).toEqual([makeJob()])
  })
})
