/** Decoding of stored bytes, with a budget: what a manifest did not announce is never produced. */
import { pipeline, type Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Compression } from '../../contract/job.ts'

/** Thrown where the bytes are no valid file of their kind, or hold more than was announced. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** The DecodeError behind `error`: a reader that was fed the bytes may have wrapped it into an error of its own. */
export function decodeErrorIn(error: unknown): DecodeError | undefined {
  for (let seen = error; seen instanceof Error; seen = seen.cause) if (seen instanceof DecodeError) return seen
  return undefined
}

/**
 * Decodes `input` to its plain bytes. Memory: a few buffers.
 * @param maxBytes plain bytes announced; one more is a DecodeError (a bomb of 1,029 : 1 is possible: faults.md M15)
 */
export async function* decompress(kind: Compression, input: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let produced = 0
  try {
    for await (const chunk of decoder(kind, input)) {
      produced += chunk.length
      if (produced > maxBytes) throw new DecodeError(`more than the announced ${maxBytes} bytes come out`)
      yield chunk
    }
  } catch (error) {
    throw isZlibError(error) ? new DecodeError(error.message, { cause: error }) : error
  }
}

function decoder(kind: Compression, input: Readable): AsyncIterable<Buffer> {
  if (kind === 'none') return input
  const decode =
    kind === 'gzip' ? createGunzip({ chunkSize: 256 * 1024 }) : createZstdDecompress({ chunkSize: 256 * 1024 })
  // Errors of either end destroy the other and surface where the decoder is read.
  return pipeline(input, decode, () => undefined)
}

function isZlibError(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return (
    error.code.startsWith('Z_') || error.code.startsWith('ZSTD_') || error.code === 'ERR_ZLIB_INITIALIZATION_FAILED'
  )
}
