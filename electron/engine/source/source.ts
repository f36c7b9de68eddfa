/**
 * What a source promises.
 *
 * - `check` changes nothing, anywhere, and throws what a person can act on.
 * - `snapshot` fixes one moment in time. Until `release` is called the snapshot's artifacts can be opened; `release` removes
 *   every trace of it from the work folder, also after a failure, and never throws.
 * - An artifact's stream yields the *plain* bytes, once. It holds the memory of a few buffers whatever the size, stops on
 *   abort, and ends with an error — never short — if the data could not be read to the end.
 * - `evidence` may be asked only after the stream has ended: it says what the plain bytes must hold, from the source's own
 *   reading of its data, not from the bytes that were produced.
 * - `inspect` reads decoded bytes that came back from a destination, compares them with a manifest's content, and returns
 *   the differences in words; an empty list is a match. It never trusts the bytes: they may be hostile.
 * - `restore` writes decoded bytes below `target` and nothing outside it; where it is given a server, into one database there.
 * - `inspect` and `restore` throw `not-provable` where this computer, or the job, lacks what it takes: neither good nor bad.
 *
 * Every method throws BackupError only.
 */
import type { Readable } from 'node:stream'
import type { Finding } from '../../contract/finding.ts'
import type { Content } from '../../contract/manifest.ts'
import type { Compared, Replaced } from '../../contract/run.ts'
import type { PostgresServer } from '../../contract/postgres.ts'
import type { ProofLevel } from '../../contract/proof.ts'
import type { SourceConfig, SourceKind, SourceOf, SourceReport } from '../../contract/source.ts'
import type { World } from '../world.ts'

/** One stream of a snapshot that becomes one file of a set. */
export interface SnapshotArtifact {
  /** `data` is what a person wants back; `index` lists the entries of the data artifact before it. */
  readonly role: 'data' | 'index'
  /** What tells it from the source's other data, for its name: a database of several; absent where there is one. */
  readonly part?: string
  /** The part is a name by itself, where the source is the only one of its type. */
  readonly isOwnName?: boolean
  /** Extension of the plain bytes: `sqlite3`, `tar`, `index`. */
  readonly extension: string
  /** Bytes to come, for progress; absent where it cannot be known. */
  readonly expectedBytes?: number
  /**
   * SHA-256 of the plain bytes, taken independently of the stream (from the snapshot file itself); absent where the bytes
   * come into being only while streaming.
   */
  readonly expectedSha256?: string
  open(signal: AbortSignal): Promise<Readable>
  /** After the stream has ended. `artifactNames` are the final names, in the order of `artifacts`. */
  evidence(artifactNames: readonly string[]): Content
}

export interface Snapshot {
  /** Where the data came from, for the manifest: a path or several. */
  readonly origin: string
  /** Streamed strictly in this order, one after the other. */
  readonly artifacts: readonly SnapshotArtifact[]
  /** Findings; complete only after the last stream has ended. */
  findings(): readonly Finding[]
  release(): Promise<void>
}

export interface SnapshotContext {
  /** An empty folder of this snapshot's own, mode 0700, on a local disk. */
  readonly workDir: string
  /** Content of this source in its newest matched set, for the shrink guards. */
  readonly previous: readonly Content[] | undefined
  /** Entries of the previous index artifact, where there is one: read lazily, for the mass-change guard. */
  readonly previousIndex: (() => Promise<Readable | undefined>) | undefined
  readonly signal: AbortSignal
  /** Told often: bytes done so far inside the snapshot phase, for progress and the no-progress watchdog. */
  readonly progress: (bytes: number, totalBytes?: number) => void
}

/** A database to restore into: one that is made, or one that is there, whose data is kept beside under another name. */
export interface ServerTarget {
  readonly server: PostgresServer
  readonly database: string
  readonly mode: 'new' | 'replace'
}

export interface RestoreContext {
  /** Existing empty folder: the only place that may change, but for `into`. */
  readonly target: string
  /** A restore test, of which nothing stays: kinds whose data lives in a server make and drop a database of their own. */
  readonly isTest: boolean
  /** For kinds whose data lives in a server: there, and not into files. */
  readonly into: ServerTarget | undefined
  /** The source as its job has it now, where that is known: its programs and servers may be used. */
  readonly source: SourceConfig | undefined
  /** For kinds that restore one file whose name is not in the content: free in `target`. */
  readonly fileName: string
  /** Only this path (inside the archive, as in `roots[].prefix`…) or glob; absent means everything. */
  readonly only: string | undefined
  /** The decoded index artifact, for kinds that have one. */
  readonly index: (() => Promise<Readable>) | undefined
  /**
   * Proves that the bytes that were read are those that were stored. To be called before anything is done that the caller cannot
   * throw away with `target`. @throws BackupError artifact-damaged
   */
  readonly verify: () => Promise<void>
  readonly signal: AbortSignal
  readonly progress: (bytes: number) => void
}

/** What a restore found after reopening its result; `problems` in words, empty is good. */
export interface Restored {
  readonly compared: Compared
  readonly problems: readonly string[]
  /** Paths relative to the target, for people: what lies where now. */
  readonly places: readonly string[]
  /** What this restore proves: a dump written to a file was not restored. */
  readonly level: ProofLevel
  /** Where the data that it replaced is kept. */
  readonly replaced?: Replaced
}

export interface CheckContext {
  /** Empty, of this look alone, mode 0700; emptied at the next start where a look was killed. */
  readonly workDir: string
  readonly signal: AbortSignal
}

export interface Source {
  readonly kind: SourceKind
  /** False where it has no place to try a restore in. */
  readonly isRestoreTestable: boolean
  check(context: CheckContext): Promise<SourceReport>
  snapshot(context: SnapshotContext): Promise<Snapshot>
  /** Canonical paths that this source reads, for "destination inside source" and the like. */
  paths(): Promise<readonly string[]>
}

/** The half of a kind that works on sets alone, without the source being there: on any machine. */
export interface SourceReader {
  inspect(copy: Readable, content: Content, context: InspectContext): Promise<readonly string[]>
  restore(copy: Readable, content: Content, context: RestoreContext): Promise<Restored>
  /**
   * Gives what a restore in place has put aside its name again, and puts aside what bears that name now; only kinds whose data
   * lives in a server have it. @returns what was put aside, if anything was there
   */
  takeBack?(replaced: Replaced, context: Pick<RestoreContext, 'target' | 'signal'>): Promise<Replaced | undefined>
}

export interface InspectContext {
  readonly world: World
  readonly signal: AbortSignal
  /** The decoded index artifact, for kinds that have one. */
  readonly index: (() => Promise<Readable>) | undefined
  /** As in `RestoreContext`. */
  readonly source: SourceConfig | undefined
  readonly progress: (bytes: number) => void
}

export interface SourceKindModule<K extends SourceKind> {
  create(config: SourceOf<K>, world: World): Source
  reader(world: World): SourceReader
}
