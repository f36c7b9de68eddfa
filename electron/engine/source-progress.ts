/** A source goes on telling what it reads while its artifacts stream; each report belongs to the stage that goes on. */

type Tell = (bytes: number, totalBytes?: number) => void

/**
 * Without this the reports of `snapshot` and `encode` would alternate, and each change of stage is written to the catalog:
 * 3 ms for every small file of a folder.
 */
export class SourceProgress {
  #tell: Tell = () => undefined
  /** What the source had told when this stage began, and has told since. */
  #before = 0
  #read = 0
  #streamed = 0

  /** From now on `tell` is told, from 0 on. */
  enter(tell: Tell): void {
    this.#tell = tell
    this.#before = this.#read
    this.#streamed = 0
  }

  /** The source's own count, for its `SnapshotContext`. */
  readonly read: Tell = (bytes, totalBytes) => {
    this.#read = bytes
    this.#report(totalBytes)
  }

  /** Bytes of an artifact that have gone by. */
  readonly streamed: Tell = (bytes, totalBytes) => {
    this.#streamed = bytes
    this.#report(totalBytes)
  }

  #report(totalBytes: number | undefined): void {
    // A hole is read but not written, a header written but not read: whichever is further tells that something moves.
    const bytes = Math.max(this.#streamed, this.#read - this.#before)
    if (totalBytes === undefined) this.#tell(bytes)
    else this.#tell(bytes, totalBytes)
  }
}
