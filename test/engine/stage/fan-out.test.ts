/** One input, several writers: each gets every byte, a failing one is left behind, a failing input reaches all. */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { drain } from '../../../electron/engine/stage/drain.ts'
import { fanOut } from '../../../electron/engine/stage/fan-out.ts'

async function* chunksOf(bytes: Buffer, size = 100_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function collector(): { write: (body: Readable) => Promise<void>; bytes: () => Buffer } {
  const chunks: Buffer[] = []
  return {
    write: async (body) => {
      for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
    },
    bytes: () => Buffer.concat(chunks),
  }
}

const data = randomBytes(16_000_000)

it('gives every writer every byte', async () => {
  const a = collector()
  const b = collector()
  expect(await fanOut(chunksOf(data), [a.write, b.write])).toEqual([undefined, undefined])
  expect(a.bytes().equals(data)).toBe(true)
  expect(b.bytes().equals(data)).toBe(true)
})

it('N23: leaves a failing writer behind and serves the others', async () => {
  const good = collector()
  const failing = async (body: Readable): Promise<void> => {
    let seen = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      seen += chunk.length
      if (seen > 1_000_000) throw new Error('disk full')
    }
  }
  const results = await fanOut(chunksOf(data), [failing, good.write])
  expect(results[0]).toMatchObject({ message: 'disk full' })
  expect(results[1]).toBeUndefined()
  expect(good.bytes().equals(data)).toBe(true)
})

it('ends when every writer has failed', async () => {
  const failing = async (): Promise<void> => {
    throw new Error('no place')
  }
  const results = await fanOut(chunksOf(data), [failing, failing])
  expect(results).toMatchObject([{ message: 'no place' }, { message: 'no place' }])
})

it('throws what the input threw, after every writer has seen its stream fail', async () => {
  let seen: unknown
  const writer = async (body: Readable): Promise<void> => {
    try {
      await drain(body)
    } catch (error) {
      seen = error
      throw error
    }
  }
  async function* broken(): AsyncGenerator<Buffer> {
    yield data.subarray(0, 500_000)
    throw new Error('source vanished')
  }
  await expect(fanOut(broken(), [writer])).rejects.toThrow('source vanished')
  expect(seen).toMatchObject({ message: 'source vanished' })
})

it('keeps to the pace of the slowest writer', async () => {
  let produced = 0
  let consumed = 0
  let lead = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of chunksOf(data)) {
      produced += chunk.length
      lead = Math.max(lead, produced - consumed)
      yield chunk
    }
  }
  const slow = async (body: Readable): Promise<void> => {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await new Promise((resolve) => setImmediate(resolve))
      consumed += chunk.length
    }
  }
  await fanOut(counted(), [slow])
  expect(consumed).toBe(data.length)
  expect(lead).toBeLessThan(5_000_000)
})

it('keeps nothing of the waits that are over, however many there were', async () => {
  let most = 0
  const slow = async (body: Readable): Promise<void> => {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (chunk.length > 0) await new Promise(setImmediate)
      most = Math.max(most, body.listenerCount('close') + body.listenerCount('error') + body.listenerCount('drain'))
    }
  }
  await fanOut(chunksOf(data, 1_100_000), [slow])
  await fanOut(chunksOf(Buffer.concat([data, data]), 1_100_000), [slow])
  expect(most).toBeLessThan(10)
})

it('does not take a writer for done that stopped before the end', async () => {
  const results = await fanOut(chunksOf(data), [async () => undefined, collector().write])
  expect(results[0]).toBeInstanceOf(Error)
  expect(results[1]).toBeUndefined()
})
