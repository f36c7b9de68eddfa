/** Reads, judges and writes out `marker.json`, wherever it is kept (FORMAT.md §3). */
import type { Detail } from '../../contract/error.ts'
import { phrase } from '../../contract/phrases.ts'
import { markerSchema, type Marker } from '../../contract/destination.ts'
import { BackupError } from '../errors.ts'

/** A marker is some 150 bytes; anything much larger was not written by us. */
export const MAX_MARKER_BYTES = 64 * 1024

export function encodeMarker(marker: Marker): Buffer {
  return Buffer.from(`${JSON.stringify(marker, null, 2)}\n`, 'utf8')
}

/**
 * @param place for the message: the marker's own path or URL
 * @throws BackupError destination-marker-damaged. Not "missing": then a person would be told of an empty mount point, and a new
 *   marker would forget the generation, which alone tells this disk from an older copy of it.
 */
export function decodeMarker(bytes: Uint8Array, place: string): Marker {
  if (bytes.byteLength > MAX_MARKER_BYTES) throw damaged(place, { reason: phrase('too-large') })
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw damaged(place, { reason: phrase('not-json') }, error)
  }
  const parsed = markerSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const version = typeof value === 'object' && value !== null && 'format_version' in value ? value.format_version : 1
  const isNewer = typeof version === 'number' && version > 1
  throw damaged(place, isNewer ? { reason: phrase('newer-format'), version } : { reason: phrase('field-wrong') })
}

/**
 * Accepts the marker of the destination `id` with at least `minGeneration`.
 * @throws BackupError destination-marker-foreign, destination-rolled-back (faults.md B12)
 */
export function acceptMarker(marker: Marker, id: string, minGeneration: number, place: string): void {
  if (marker.id !== id)
    throw new BackupError('destination-marker-foreign', { path: place, found: marker.id, expected: id })
  if (marker.generation < minGeneration) {
    const detail = { path: place, found: marker.generation, expected: minGeneration }
    throw new BackupError('destination-rolled-back', detail)
  }
}

function damaged(path: string, why: Detail, cause?: unknown): BackupError {
  return new BackupError('destination-marker-damaged', { path, ...why }, { cause })
}
