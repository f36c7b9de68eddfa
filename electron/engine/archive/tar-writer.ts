/** Writes one archive: archiver's entries and our own in one sequence, with one end marker. */
import { ArchiverFeed, fitsArchiver } from './archiver-feed.ts'
import type { ArchiveEntry, Stretch } from './entry.ts'
import { encodeHeader, encodeSparseHeader, padding } from './tar-header.ts'

/** Content of a file too large to hold: exactly `entry.size` bytes, or the bytes of its stretches. */
export interface StreamedBody {
  readonly stretches?: readonly Stretch[]
  readonly bytes: AsyncIterable<Buffer>
}

/** One entry at a time: its bytes must have been taken to their end before the next is asked for. */
export class TarWriter {
  readonly #archiver = new ArchiverFeed()

  /** The bytes of an entry whose content, if any, is at hand. */
  async whole(entry: ArchiveEntry, body: Buffer = Buffer.alloc(0)): Promise<readonly Buffer[]> {
    return fitsArchiver(entry) ? this.#archiver.whole(entry, body) : [encodeHeader(entry), body, padding(entry.size)]
  }

  /** The bytes of a file that is read while it is written. */
  streamed(entry: ArchiveEntry, body: StreamedBody): AsyncGenerator<Buffer, void> {
    const isSparse = body.stretches !== undefined
    return !isSparse && fitsArchiver(entry) ? this.#archiver.streamed(entry, body.bytes) : ownEntry(entry, body)
  }

  /** The end marker; the archive is whole after it. */
  end(): AsyncGenerator<Buffer, void> {
    return this.#archiver.end()
  }
}

async function* ownEntry(entry: ArchiveEntry, body: StreamedBody): AsyncGenerator<Buffer, void> {
  yield body.stretches === undefined ? encodeHeader(entry) : encodeSparseHeader(entry, body.stretches)
  let written = 0
  for await (const chunk of body.bytes) {
    written += chunk.length
    yield chunk
  }
  const rest = padding(written)
  if (rest.length > 0) yield rest
}
