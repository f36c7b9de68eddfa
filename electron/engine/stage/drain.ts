/** Reads a stream to its end and throws its bytes away, so that whatever watches the bytes has seen them all. */
import type { Readable } from 'node:stream'

/** @throws what the stream throws */
export async function drain(stream: Readable): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]()
  while ((await chunks.next()).done !== true);
}
