/** Writes one archive: archiver's entries and our own in one sequence, with one end marker. */
import { ArchiverFeed, fitsArchiver } from './archiver-feed.ts'
import type { ArchiveEntry, Stretch } from './entry.ts'
import { encodeHeader, encodeSparseHeader, padding } from './tar-header.ts'

/** Content of a file: whole, as a stream of exactly `entry.size` bytes, or as the bytes of its stretches. */
export type Body = Buffer | { readonly stretches?: readonly Stretch[]; readonly bytes: AsyncIterable<Buffer> }

export class TarWriter {
  readonly #archiver = new ArchiverFeed()

  /** The bytes of one entry; each generator must be run to its end before the next is started. */
  async *entry(entry: ArchiveEntry, body: Body = Buffer.alloc(0)): AsyncGenerator<Buffer, void> {
    const isSparse = !Buffer.isBuffer(body) && body.stretches !== undefined
    if (!isSparse && fitsArchiver(entry)) yield* this.#archiver.entry(entry, Buffer.isBuffer(body) ? body : body.bytes)
    else yield* ownEntry(entry, body)
  }

  /** The end marker; the archive is whole after it. */
  end(): AsyncGenerator<Buffer, void> {
    return this.#archiver.end()
  }
}

async function* ownEntry(entry: ArchiveEntry, body: Body): AsyncGenerator<Buffer, void> {
  if (Buffer.isBuffer(body)) {
    yield Buffer.concat([encodeHeader(entry), body, padding(entry.size)])
    return
  }
  yield body.stretches === undefined ? encodeHeader(entry) : encodeSparseHeader(entry, body.stretches)
  let written = 0
  for await (const chunk of body.bytes) {
    written += chunk.length
    yield chunk
  }
  const rest = padding(written)
  if (rest.length > 0) yield rest
}
