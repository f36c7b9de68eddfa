/** The destination's journal: immutable records, one object each, from which a catalog can be rebuilt (FORMAT.md §5). */
import { journalRecordSchema, type JournalRecord } from '../../contract/journal.ts'
import { BackupError } from '../errors.ts'
import { localIso } from '../time.ts'
import type { World } from '../world.ts'
import type { Destination } from './destination.ts'

const JOURNAL = '.sitekeep/journal'

/** A record is small; a larger object under its name is not ours. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024

type Stamped = 'sequence' | 'at' | 'destination'
/** A record without what the journal stamps on it. */
export type JournalEntry = JournalRecord extends infer R ? (R extends JournalRecord ? Omit<R, Stamped> : never) : never

/** Writes the records of one mutation, which all bear its sequence number. */
export class JournalWriter {
  readonly #destination: Destination
  readonly #world: World
  readonly #sequence: number
  #count = 0

  /** @param sequence the marker generation that this mutation raised the destination to */
  constructor(destination: Destination, world: World, sequence: number) {
    this.#destination = destination
    this.#world = world
    this.#sequence = sequence
  }

  /** Durable when it returns. @returns the moment that the record bears @throws BackupError what the destination reports */
  async append(entry: JournalEntry, signal: AbortSignal): Promise<string> {
    const now = this.#world.clock.now()
    const stamped = { ...entry, sequence: this.#sequence, at: localIso(now), destination: this.#destination.id }
    const record = journalRecordSchema.parse(stamped)
    this.#count += 1
    const name = `${String(this.#sequence).padStart(12, '0')}-${String(this.#count).padStart(2, '0')}-${entry.type}`
    const key = `${JOURNAL}/${now.getUTCFullYear()}/${name}.json`
    await this.#destination.put(key, Buffer.from(`${JSON.stringify(record)}\n`, 'utf8'), signal)
    return stamped.at
  }
}

/**
 * Every record that can be read, in order of sequence; damaged ones are counted, never guessed at.
 * @throws BackupError where the journal could not be listed or read
 */
export async function readJournal(
  destination: Destination,
  signal: AbortSignal,
): Promise<{ readonly records: readonly JournalRecord[]; readonly damaged: number }> {
  const keys: string[] = []
  for await (const object of destination.list(`${JOURNAL}/`, signal)) {
    if (object.key.endsWith('.json') && object.bytes <= MAX_RECORD_BYTES) keys.push(object.key)
  }
  const records: JournalRecord[] = []
  let damaged = 0
  for (const key of keys.sort(bySequence)) {
    const record = await readRecord(destination, key, signal)
    if (record === undefined) damaged += 1
    else records.push(record)
  }
  return { records, damaged }
}

/** By name, not by path: the year in the path follows the clock, the sequence in the name does not. */
function bySequence(a: string, b: string): number {
  const nameA = a.slice(a.lastIndexOf('/') + 1)
  const nameB = b.slice(b.lastIndexOf('/') + 1)
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0
}

async function readRecord(
  destination: Destination,
  key: string,
  signal: AbortSignal,
): Promise<JournalRecord | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of (await destination.get(key, signal)) as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch (error) {
    // Removed between listing and reading by whoever cleans up: nothing to import. Anything else is a failure to read.
    if (error instanceof BackupError && error.code === 'destination-object-missing') return undefined
    throw error
  }
  try {
    const parsed = journalRecordSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Not JSON: a damaged record is counted by the caller, and the sets themselves remain the truth.
    return undefined
  }
}
