/** Compression in independent blocks, in the thread pool: valid for any `gunzip` or `zstd -d`, and as fast as the cores allow. */
import { availableParallelism } from 'node:os'
import { constants, createGzip, createZstdCompress, type Gzip, type ZstdCompress } from 'node:zlib'
import type { Compression } from '../../contract/job.ts'

/**
 * Level 4 gives 97 % of level 6's size in 0.7 of its time (DESIGN §13, measured on a 826 MB database).
 * Blocks of 1 MiB cost gzip about 0.1 % in size; zstd's window is larger, so its frames are.
 */
const GZIP = { level: 4, blockBytes: 1024 * 1024 } as const
const ZSTD = { level: 3, blockBytes: 4 * 1024 * 1024 } as const

/** The compressed block, in pieces. */
type Encode = (block: Buffer) => Promise<readonly Buffer[]>

/** By default a block would come out in pieces of 16 KiB, each of them a way through the thread pool and back. */
const PIECE = 256 * 1024

const encodeGzip: Encode = (block) => encodeWith(createGzip({ level: GZIP.level, chunkSize: PIECE }), block)

const encodeZstd: Encode = (block) => {
  const params = {
    [constants.ZSTD_c_compressionLevel]: ZSTD.level,
    // The frame carries its own checksum, so that `zstd -t` finds damage without our manifest.
    [constants.ZSTD_c_checksumFlag]: 1,
  }
  return encodeWith(createZstdCompress({ params, chunkSize: PIECE }), block)
}

/** Unlike the one-shot calls, does not copy the pieces together. */
function encodeWith(encoder: Gzip | ZstdCompress, block: Buffer): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    encoder.on('data', (piece: Buffer) => pieces.push(piece))
    encoder.on('end', () => resolve(pieces))
    encoder.on('error', reject)
    encoder.end(block)
  })
}

/** Extension that a compressed artifact bears. */
export const compressionExtension = { gzip: '.gz', zstd: '.zst', none: '' } as const satisfies Record<
  Compression,
  string
>

/**
 * Compresses `input`. Memory: one block per core and one more, in and out. Errors of `input` come out unchanged.
 * Empty input still gives one empty member, so that every artifact is a valid file of its kind.
 */
export function compress(kind: Compression, input: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  switch (kind) {
    case 'none':
      return input
    case 'gzip':
      return encodeBlocks(input, GZIP.blockBytes, encodeGzip)
    case 'zstd':
      return encodeBlocks(input, ZSTD.blockBytes, encodeZstd)
  }
}

async function* encodeBlocks(
  input: AsyncIterable<Uint8Array>,
  blockBytes: number,
  encode: Encode,
): AsyncGenerator<Buffer> {
  const running: { readonly block: Buffer; readonly encoded: Promise<readonly Buffer[]> }[] = []
  const limit = availableParallelism() + 1
  // Blocks go round: a new one for every MiB would leave the garbage collector hundreds of MiB behind.
  const spare: Buffer[] = []
  const start = (block: Buffer): void => {
    const encoded = encode(block)
    // Awaited in order below; without this a block that fails while an earlier one is awaited would count as unhandled.
    encoded.catch(() => undefined)
    running.push({ block, encoded })
  }
  let blocks = 0
  for await (const block of blocksOf(input, () => spare.pop() ?? Buffer.allocUnsafe(blockBytes))) {
    blocks += 1
    start(block)
    const oldest = running.length >= limit ? running.shift() : undefined
    if (oldest === undefined) continue
    const encoded = await oldest.encoded
    spare.push(oldest.block)
    yield* encoded
  }
  if (blocks === 0) start(Buffer.alloc(0))
  for (const { encoded } of running) yield* await encoded
}

/** Cuts a stream into blocks that fill the buffers from `take`, the last one shorter. */
async function* blocksOf(input: AsyncIterable<Uint8Array>, take: () => Buffer): AsyncGenerator<Buffer> {
  let block = take()
  let filled = 0
  for await (const chunk of input) {
    let taken = 0
    while (taken < chunk.length) {
      const part = chunk.subarray(taken, taken + block.length - filled)
      block.set(part, filled)
      filled += part.length
      taken += part.length
      if (filled < block.length) continue
      yield block
      block = take()
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}
