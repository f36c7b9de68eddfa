/** A stream made from a generator that reads another stream: whatever ends the one ends the other. */
import { Readable } from 'node:stream'

/**
 * @param owned the stream that `chunks` reads. A generator that was never started does not close what it would have read, so a
 *   stream given up before its first chunk would otherwise leave a file open.
 */
export function ownedStream(chunks: AsyncIterable<Uint8Array>, owned: Readable): Readable {
  const stream = Readable.from(chunks, { objectMode: false })
  stream.once('close', () => owned.destroy())
  return stream
}
