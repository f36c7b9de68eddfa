/**
 * The destination contract as tests (electron/engine/destination/destination.ts): every kind's test calls `destinationSuite`
 * with a way to make an empty place of that kind.
 */
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { DestinationKind, DestinationOf } from '../../../electron/contract/destination.ts'
import type { Destination, DestinationKindModule } from '../../../electron/engine/destination/destination.ts'
import { BackupError } from '../../../electron/engine/errors.ts'
import type { World } from '../../../electron/engine/world.ts'
import { leaseSuite, markerSuite, setSuite } from './suite-sets.ts'
import { bodyOf, dyingBody, expectCode, listed, live, readAll, SET, stuckBody } from './suite-tools.ts'

/** A new, empty place, made inside a test and removed with it. */
export interface Place<K extends DestinationKind> {
  readonly config: DestinationOf<K>
  readonly world: World
}

export interface SuiteOptions<K extends DestinationKind> {
  readonly kind: DestinationKindModule<K>
  /** Called once in each test. */
  readonly makePlace: () => Promise<Place<K>>
  /** Larger than one part, piece or buffer of this kind. */
  readonly bigBytes: number
}

export function destinationSuite<K extends DestinationKind>(options: SuiteOptions<K>): void {
  const { kind } = options
  const start = async (): Promise<Place<K> & { destination: Destination }> => {
    const place = await options.makePlace()
    const destination = await kind.open(place.config, { mode: 'create', minGeneration: 1 }, place.world, live)
    return { ...place, destination }
  }
  objects(start, options.bigBytes)
  interruptions(start)
  listings(start)
  setSuite(start)
  markerSuite(options)
  leaseSuite(options)
}

export type Start = () => Promise<{ destination: Destination }>

function objects(start: Start, bigBytes: number): void {
  it.each([
    ['empty', 0],
    ['of one byte', 1],
    ['bigger than one part', bigBytes],
  ])('gives back an object that is %s', async (_, bytes) => {
    const { destination } = await start()
    const data = randomBytes(bytes)
    expect(await destination.put('suite/object', Readable.from([data], { objectMode: false }), live)).toEqual({
      key: 'suite/object',
      bytes,
    })
    expect((await readAll(await destination.get('suite/object', live))).equals(data)).toBe(true)
    expect(await listed(destination, 'suite')).toEqual([{ key: 'suite/object', bytes }])
  })

  it('takes bytes in memory as well as a stream', async () => {
    const { destination } = await start()
    await destination.put('suite/bytes', Buffer.from('in memory'), live)
    expect(String(await readAll(await destination.get('suite/bytes', live)))).toBe('in memory')
  })

  it('says of an absent object that it is missing', async () => {
    const { destination } = await start()
    await expectCode(destination.get('suite/absent', live), 'destination-object-missing')
    await expectCode(destination.get('absent-folder/absent', live), 'destination-object-missing')
  })

  it('never overwrites an object', async () => {
    const { destination } = await start()
    await destination.put('suite/once', Buffer.from('first'), live)
    await expectCode(destination.put('suite/once', Buffer.from('second'), live), 'destination-object-exists')
    await expectCode(destination.put('suite/once', bodyOf('second'), live), 'destination-object-exists')
    expect(String(await readAll(await destination.get('suite/once', live)))).toBe('first')
  })

  it('removes an object, and an absent one without complaint', async () => {
    const { destination } = await start()
    await destination.put('suite/gone', Buffer.from('x'), live)
    await destination.remove('suite/gone', live)
    await destination.remove('suite/gone', live)
    await destination.remove('no-folder/either', live)
    expect(await listed(destination, 'suite')).toEqual([])
  })

  it.each(['备份/数据 (1).json', 'suite/ümlaut é', 'suite/%2e%2e', "suite/it's #1 & +more=;@,~!$^", 'suite/a.b.c-_d'])(
    'takes the odd name %s',
    async (key) => {
      const { destination } = await start()
      await destination.put(key, Buffer.from(key), live)
      expect(String(await readAll(await destination.get(key, live)))).toBe(key)
      expect((await listed(destination, key.slice(0, key.indexOf('/')))).map((object) => object.key)).toEqual([key])
    },
  )

  const unsafe = [
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '../a',
    'a/../b',
    './a',
    'a/.',
    'a\\b',
    'a\0b',
    'a/.b',
    '.hidden',
    'con',
    'a/nul.txt',
  ]
  it.each([...unsafe, 'C:/a', 'a ', 'a.', 'a\nb', `a/${'ü'.repeat(128)}`, 'x/'.repeat(600) + 'x', 'a\ud800'])(
    'refuses the unsafe name %j',
    async (key) => {
      const { destination } = await start()
      await expectCode(destination.put(key, Buffer.from('x'), live), 'invalid-input')
      await expectCode(destination.get(key, live), 'invalid-input')
      await expectCode(destination.remove(key, live), 'invalid-input')
    },
  )
}

function interruptions(start: Start): void {
  it('leaves nothing of a put whose body dies, and tells the body’s own error', async () => {
    const { destination } = await start()
    const staged = await destination.beginSet(SET, live)
    const data = randomBytes(300_000)
    await expectCode(destination.put('suite/part', dyingBody(data), live), 'source-read-error')
    await expectCode(staged.put('database.gz', dyingBody(data), live), 'source-read-error')
    await expectCode(destination.get('suite/part', live), 'destination-object-missing')
    await expectCode(staged.get('database.gz', live), 'destination-object-missing')
    expect(await listed(destination, 'suite')).toEqual([])
    expect(await staged.put('database.gz', bodyOf('again'), live)).toBe(5)
    await destination.put('suite/part', bodyOf('again'), live)
  })

  it('stops on abort with the abort’s own reason, also while the body is stuck', async () => {
    const { destination } = await start()
    const abort = new AbortController()
    const putting = destination.put('suite/stuck', stuckBody(randomBytes(70_000)), abort.signal)
    abort.abort(new BackupError('no-progress', {}))
    await expectCode(putting, 'no-progress')
    expect(await listed(destination, 'suite')).toEqual([])
  })

  it('does nothing once aborted', async () => {
    const { destination } = await start()
    await destination.put('suite/there', Buffer.from('x'), live)
    const abort = AbortSignal.abort(new BackupError('cancelled'))
    await expectCode(destination.put('suite/new', Buffer.from('x'), abort), 'cancelled')
    await expectCode(destination.get('suite/there', abort), 'cancelled')
    await expectCode(destination.remove('suite/there', abort), 'cancelled')
    await expectCode(destination.raiseGeneration(abort), 'cancelled')
    await expectCode(destination.beginSet(SET, abort), 'cancelled')
    await expectCode(destination.removeSet(SET, abort), 'cancelled')
    await expectCode(destination.sweep(0, abort), 'cancelled')
    const listing = destination.list('', abort)[Symbol.asyncIterator]()
    await expectCode(listing.next(), 'cancelled')
    expect(await listed(destination, 'suite')).toHaveLength(1)
  })

  it('stops a read on abort', async () => {
    const { destination } = await start()
    await destination.put('suite/long', randomBytes(3_000_000), live)
    const abort = new AbortController()
    const stream = await destination.get('suite/long', abort.signal)
    const reading = readAll(stream)
    abort.abort(new BackupError('timed-out', {}))
    await expectCode(reading, 'timed-out')
  })
}

function listings(start: Start): void {
  it('lists what lies below a prefix and nothing beside it, sorted by key', async () => {
    const { destination } = await start()
    const keys = ['a/b', 'a/b-c', 'a/b.c', 'a/b0', 'a/d/e', 'a/d/f/g', 'a-b', 'a.b/x', 'ab/x', 'a/é', 'a/Z']
    for (const key of keys) await destination.put(key, Buffer.from(key), live)
    const inA = ['a/Z', 'a/b', 'a/b-c', 'a/b.c', 'a/b0', 'a/d/e', 'a/d/f/g', 'a/é']
    expect((await listed(destination, 'a')).map((object) => object.key)).toEqual(inA)
    expect((await listed(destination, 'a/')).map((object) => object.key)).toEqual(inA)
    expect((await listed(destination, 'a/d')).map((object) => object.key)).toEqual(['a/d/e', 'a/d/f/g'])
    const all = (await listed(destination, '')).map((object) => object.key)
    expect(all.filter((key) => !key.startsWith('.sitekeep/'))).toEqual(['a-b', 'a.b/x', ...inA, 'ab/x'])
    expect(all).toContain('.sitekeep/marker.json')
    expect(await listed(destination, 'never-there')).toEqual([])
  })

  it('tells sizes', async () => {
    const { destination } = await start()
    await destination.put('suite/five', Buffer.from('12345'), live)
    expect(await listed(destination, 'suite')).toEqual([{ key: 'suite/five', bytes: 5 }])
  })
}
