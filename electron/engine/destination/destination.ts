/**
 * What a destination promises.
 *
 * - Keys are relative, `/`-separated, made of path-safe segments; a kind refuses anything else.
 * - `put` is atomic: no reader ever sees a part of an object under its key. It never overwrites: an existing key is
 *   `destination-object-exists`. When it has returned, the object survives a power cut.
 * - `get` yields the bytes from where they lie, not from a copy kept on the way there. Absent: `destination-object-missing`.
 * - `list` yields every object below a prefix, sorted by key. "Could not list" throws; it is never an empty list.
 * - `remove` of an absent key succeeds.
 * - A staged set is invisible to `list` and to people until `publish`: under its final name a set is whole, or absent.
 *   `publish` writes the manifest last and never overwrites. `abandon` removes what was staged and never throws.
 * - `removeSet` removes the manifest first, then the payload: at no moment does a manifest point to a missing file.
 * - Nothing is written where the marker is absent or another's: `open` checks that, and `publish` checks it again.
 * - Every method stops on abort and throws BackupError only.
 */
import type { Readable } from 'node:stream'
import type { DestinationKind, DestinationOf, Marker, ProbeReport } from '../../contract/destination.ts'
import type { World } from '../world.ts'

export interface StoredObject {
  readonly key: string
  readonly bytes: number
}

export interface StagedSet {
  /** Writes one artifact and syncs it. Returns the bytes written. */
  put(name: string, body: Readable, signal: AbortSignal): Promise<number>
  /** The staged bytes, from where they lie. */
  get(name: string, signal: AbortSignal): Promise<Readable>
  /** Removes a staged artifact that will not be part of the set. An absent one succeeds. */
  discard(name: string): Promise<void>
  /** Writes `manifest.json` last, reads it back, and makes the set visible under its final name, durably. */
  publish(manifest: Uint8Array, signal: AbortSignal): Promise<void>
  abandon(): Promise<void>
}

export interface Destination {
  readonly kind: DestinationKind
  readonly id: string
  /** For people: a folder path, or a URL without credentials. */
  readonly place: string
  /** The marker as read when this destination was opened. */
  readonly marker: Marker
  put(key: string, body: Uint8Array | Readable, signal: AbortSignal): Promise<StoredObject>
  get(key: string, signal: AbortSignal): Promise<Readable>
  list(prefix: string, signal: AbortSignal): AsyncIterable<StoredObject>
  remove(key: string, signal: AbortSignal): Promise<void>
  /** Replaces the marker by one of a higher generation, higher than `above` too: an older disk that the user took over. */
  raiseGeneration(signal: AbortSignal, above?: number): Promise<Marker>
  /** `prefix` is `<job-slug>/<type>/<set-name>`. */
  beginSet(prefix: string, signal: AbortSignal): Promise<StagedSet>
  removeSet(prefix: string, signal: AbortSignal): Promise<void>
  /** Removes staged remains of runs that ended without publishing, older than `graceMs` (faults.md A06: 24 h). Returns how many. */
  sweep(graceMs: number, signal: AbortSignal): Promise<number>
  /** Appends to a plain-text log for people, rotated at 10 MB × 5. */
  appendLog(key: string, line: string, signal: AbortSignal): Promise<void>
  /** Bytes free and in all; undefined where the place cannot say. */
  space(): Promise<
    { readonly free: number; readonly total: number; readonly freeInodes: number | undefined } | undefined
  >
  close(): Promise<void>
}

/** Held while one Sitekeep writes at a destination (faults.md I21). `check` throws `destination-busy` once it was lost. */
export interface Lease {
  /** Rises with every holder: a later holder always has a higher one. */
  readonly token: number
  check(): Promise<void>
  release(): Promise<void>
}

export interface DestinationOpening {
  /** `create` makes the marker where there is none; `existing` demands it. */
  readonly mode: 'create' | 'existing'
  /** Lowest marker generation that is not a step back. */
  readonly minGeneration: number
}

export interface DestinationKindModule<K extends DestinationKind> {
  /** Opens the place: reachable, marker present and ours, generation not lower than known. Never creates the root folder in mode `existing`. */
  open(config: DestinationOf<K>, opening: DestinationOpening, world: World, signal: AbortSignal): Promise<Destination>
  /** The id in the marker that the place bears, whatever is configured. @throws BackupError destination-marker-missing */
  identify(config: DestinationOf<K>, world: World, signal: AbortSignal): Promise<string>
  /** Removes the marker of `config`'s own where nothing was ever stored, and nothing else; false where something was, or it is another's. */
  unmark(config: DestinationOf<K>, world: World, signal: AbortSignal): Promise<boolean>
  acquireLease(destination: Destination, holder: string, world: World, signal: AbortSignal): Promise<Lease>
  /**
   * Writes, lists, reads back and removes a probe object, and measures. Throws never: what went wrong is in the report.
   * @param known of a place that is ours already: nothing is written where `open` would refuse it
   */
  probe(
    config: DestinationOf<K>,
    world: World,
    signal: AbortSignal,
    known?: Pick<DestinationOpening, 'minGeneration'>,
  ): Promise<ProbeReport>
}
