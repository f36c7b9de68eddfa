/** Compressed artifacts are ordinary files of their kind, round-trip, and never yield more than was announced. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Compression } from '../../../electron/contract/job.ts'
import { compress } from '../../../electron/engine/stage/compress.ts'
import { decompress, DecodeError } from '../../../electron/engine/stage/decompress.ts'
import { makeTempDir } from '../../helpers/temp.ts'

async function collect(input: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of input) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function streamOf(bytes: Uint8Array, chunkBytes = 64 * 1024): Readable {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes))
  return Readable.from(chunks, { objectMode: false })
}

const kinds: readonly Compression[] = ['gzip', 'zstd', 'none']

describe.each(kinds)('compress %s', (kind) => {
  it.each([0, 1, 4095, 1024 * 1024, 4 * 1024 * 1024 + 1, 9_000_001])('round-trips %d bytes', async (size) => {
    const half = randomBytes(Math.ceil(size / 2))
    const plain = Buffer.concat([half, half]).subarray(0, size)
    const stored = await collect(compress(kind, streamOf(plain)))
    expect((await collect(decompress(kind, streamOf(stored), size))).equals(plain)).toBe(true)
  })

  it('round-trips any bytes in any chunking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), fc.integer({ min: 1, max: 700 }), async (plain, chunk) => {
        const stored = await collect(compress(kind, streamOf(plain, chunk)))
        const back = await collect(decompress(kind, streamOf(stored, chunk), plain.length))
        expect(back.equals(plain)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses to produce more than was announced', async () => {
    const stored = await collect(compress(kind, streamOf(Buffer.alloc(3_000_000))))
    await expect(collect(decompress(kind, streamOf(stored), 2_999_999))).rejects.toBeInstanceOf(DecodeError)
  })

  it('passes on what its input throws', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield randomBytes(2_500_000)
      throw new Error('disk on fire')
    }
    await expect(collect(compress(kind, broken()))).rejects.toThrow('disk on fire')
  })
})

describe('stored files', () => {
  it.each([
    ['gzip', 'gunzip'],
    ['zstd', 'zstd'],
  ] as const)('%s files pass `%s -t` and decode to the same bytes', async (kind, program) => {
    const plain = randomBytes(5_000_000)
    const file = join(makeTempDir(), kind === 'gzip' ? 'x.gz' : 'x.zst')
    writeFileSync(file, await collect(compress(kind, streamOf(plain))))
    execFileSync(program, ['-t', '-q', file])
    expect(execFileSync(program, ['-d', '-c', '-q', file], { maxBuffer: 10_000_000 }).equals(plain)).toBe(true)
  })

  it.each(['gzip', 'zstd'] as const)('a %s file cut within a block is a DecodeError', async (kind) => {
    const stored = await collect(compress(kind, streamOf(randomBytes(3_000_000))))
    const cut = stored.subarray(0, stored.length - 1000)
    await expect(collect(decompress(kind, streamOf(cut), 3_000_000))).rejects.toBeInstanceOf(DecodeError)
  })

  it('M15: stops a bomb at its announced size without holding it in memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000))
    const before = process.memoryUsage().rss
    await expect(collect(decompress('gzip', streamOf(bomb), 1000))).rejects.toBeInstanceOf(DecodeError)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })
})
