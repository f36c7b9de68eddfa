/** The part of the destination contract about sets, the marker, the lease and the probe. */
import { expect, it } from 'vitest'
import type { DestinationConfig, DestinationKind, DestinationOf } from '../../../electron/contract/destination.ts'
import type { Start, SuiteOptions } from './suite.ts'
import { bodyOf, expectCode, listed, live, readAll, SET } from './suite-tools.ts'

export function setSuite(start: Start): void {
  const manifest = Buffer.from('{"manifest": true}\n')

  it('shows a set only when it is published, and then whole', async () => {
    const { destination } = await start()
    const staged = await destination.beginSet(SET, live)
    expect(await staged.put('database.gz', bodyOf('one', 'two'), live)).toBe(6)
    expect(String(await readAll(await staged.get('database.gz', live)))).toBe('onetwo')
    expect(await listed(destination, 'shop')).toEqual([])
    await staged.publish(manifest, live)
    expect(await listed(destination, 'shop')).toEqual([
      { key: `${SET}/database.gz`, bytes: 6 },
      { key: `${SET}/manifest.json`, bytes: manifest.length },
    ])
    expect(String(await readAll(await destination.get(`${SET}/manifest.json`, live)))).toBe(String(manifest))
  })

  it('keeps a published set when the run cleans up after itself', async () => {
    const { destination } = await start()
    const staged = await destination.beginSet(SET, live)
    await staged.put('database.gz', bodyOf('x'), live)
    await staged.publish(manifest, live)
    await staged.abandon()
    expect(await listed(destination, SET)).toHaveLength(2)
  })

  it('abandons without a trace, twice, and the name can be used again', async () => {
    const { destination } = await start()
    const first = await destination.beginSet(SET, live)
    await first.put('database.gz', bodyOf('x'), live)
    await first.abandon()
    await first.abandon()
    expect(await listed(destination, 'shop')).toEqual([])
    expect(await destination.sweep(0, live)).toBe(0)
    const second = await destination.beginSet(SET, live)
    await second.publish(manifest, live)
  })

  it('discards an artifact that will not be part of the set', async () => {
    const { destination } = await start()
    const staged = await destination.beginSet(SET, live)
    await staged.put('database.gz', bodyOf('x'), live)
    await staged.put('files.tar.gz', bodyOf('y'), live)
    await staged.discard('files.tar.gz')
    await staged.discard('files.tar.gz')
    await staged.publish(manifest, live)
    expect((await listed(destination, SET)).map((object) => object.key)).toEqual([
      `${SET}/database.gz`,
      `${SET}/manifest.json`,
    ])
  })

  it('I13: never publishes over a set, nor begins one under a name that is taken', async () => {
    const { destination } = await start()
    const first = await destination.beginSet(SET, live)
    const second = await destination.beginSet(SET, live)
    await first.put('database.gz', bodyOf('first'), live)
    await second.put('database.gz', bodyOf('second'), live)
    await first.publish(manifest, live)
    await expectCode(second.publish(manifest, live), 'destination-object-exists')
    await second.abandon()
    await expectCode(destination.beginSet(SET, live), 'destination-object-exists')
    expect(String(await readAll(await destination.get(`${SET}/database.gz`, live)))).toBe('first')
  })

  it('never overwrites an artifact of a set, and keeps the manifest’s name for the manifest', async () => {
    const { destination } = await start()
    const staged = await destination.beginSet(SET, live)
    await staged.put('database.gz', bodyOf('first'), live)
    await expectCode(staged.put('database.gz', bodyOf('second'), live), 'destination-object-exists')
    expect(String(await readAll(await staged.get('database.gz', live)))).toBe('first')
    await expectCode(staged.put('manifest.json', bodyOf('x'), live), 'invalid-input')
    await expectCode(staged.put('../database.gz', bodyOf('x'), live), 'invalid-input')
  })

  it.each(['shop', 'shop/full', 'shop/full/other', 'shop/hot/full_backup_20260105_020000', `../${SET}`, `${SET}/x`])(
    'refuses %s as a set’s place',
    async (prefix) => {
      const { destination } = await start()
      await expectCode(destination.beginSet(prefix, live), 'invalid-input')
      await expectCode(destination.removeSet(prefix, live), 'invalid-input')
    },
  )

  it('removes a set wholly, and an absent one without complaint', async () => {
    const { destination } = await start()
    for (const name of [SET, `${SET}_2`]) {
      const staged = await destination.beginSet(name, live)
      await staged.put('database.gz', bodyOf('x'), live)
      await staged.publish(manifest, live)
    }
    await destination.removeSet(SET, live)
    await destination.removeSet(SET, live)
    expect((await listed(destination, 'shop')).map((object) => object.key)).toEqual([
      `${SET}_2/database.gz`,
      `${SET}_2/manifest.json`,
    ])
  })
}

export function markerSuite<K extends DestinationKind>({ kind, makePlace }: SuiteOptions<K>): void {
  it('I15: opens only the place it knows', async () => {
    const { config, world } = await makePlace()
    await expectCode(
      kind.open(config, { mode: 'existing', minGeneration: 1 }, world, live),
      'destination-marker-missing',
    )
    await expectCode(kind.identify(config, world, live), 'destination-marker-missing')
    const made = await kind.open(config, { mode: 'create', minGeneration: 1 }, world, live)
    expect(made.marker).toMatchObject({ format_version: 1, id: config.id, generation: 1 })
    await kind.open(config, { mode: 'existing', minGeneration: 1 }, world, live)
    expect(await kind.identify(config, world, live)).toBe(config.id)
    const other: DestinationConfig = { ...config, id: 'dst_other00' }
    const asOther = kind.open(other as DestinationOf<K>, { mode: 'create', minGeneration: 1 }, world, live)
    const error = await expectCode(asOther, 'destination-marker-foreign')
    expect(error.detail).toMatchObject({ found: config.id, expected: 'dst_other00' })
  })

  it('B12: refuses a place that is older than when it was last seen', async () => {
    const { config, world } = await makePlace()
    const destination = await kind.open(config, { mode: 'create', minGeneration: 1 }, world, live)
    expect((await destination.raiseGeneration(live)).generation).toBe(2)
    expect((await destination.raiseGeneration(live)).generation).toBe(3)
    await kind.open(config, { mode: 'existing', minGeneration: 3 }, world, live)
    const older = kind.open(config, { mode: 'existing', minGeneration: 4 }, world, live)
    expect((await expectCode(older, 'destination-rolled-back')).detail).toMatchObject({ found: 3, expected: 4 })
  })
}

export function leaseSuite<K extends DestinationKind>({ kind, makePlace }: SuiteOptions<K>): void {
  it('I21: lets one hold the lease at a time, with a token that rises', async () => {
    const { config, world } = await makePlace()
    const a = await kind.open(config, { mode: 'create', minGeneration: 1 }, world, live)
    const b = await kind.open(config, { mode: 'existing', minGeneration: 1 }, world, live)
    const first = await kind.acquireLease(a, 'install-a:run_1', world, live)
    const refusal = await expectCode(kind.acquireLease(b, 'install-b:run_2', world, live), 'destination-busy')
    expect(refusal.message).toContain('run_1')
    await first.check()
    await first.release()
    const second = await kind.acquireLease(b, 'install-b:run_2', world, live)
    expect(second.token).toBeGreaterThan(first.token)
    await expectCode(first.check(), 'destination-busy')
    await first.release()
    await second.check()
    await second.release()
  })

  it('reports what a real write and read showed, and leaves nothing behind', async () => {
    const { config, world } = await makePlace()
    expect(await kind.probe(config, world, live)).toMatchObject({ ok: true, writable: true, state: 'new' })
    const destination = await kind.open(config, { mode: 'create', minGeneration: 1 }, world, live)
    const before = await listed(destination, '')
    const report = await kind.probe(config, world, live)
    expect(report).toMatchObject({ ok: true, writable: true, state: 'ours' })
    expect(report.writeRate).toBeGreaterThan(0)
    expect(report.readRate).toBeGreaterThan(0)
    expect(await listed(destination, '')).toEqual(before)
    const other: DestinationConfig = { ...config, id: 'dst_other00' }
    const foreign = await kind.probe(other as DestinationOf<K>, world, live)
    expect(foreign).toMatchObject({ ok: false, state: 'foreign', error: { code: 'destination-marker-foreign' } })
  })
}
