/** Keeps answers and events within one frame: lists are cut to what fits, long records lose their longest parts. */
import type { RunRecord } from '../contract/run.ts'
import { MAX_FRAME_BYTES } from '../contract/protocol.ts'

/** Room for the frame's own words, and for what escaping and redaction may add. */
const ROOM = Math.floor(MAX_FRAME_BYTES * 0.8)

/** The first rows that fit into one frame; at least one, and callers go on from there. */
export function fitRows<T>(rows: readonly T[]): T[] {
  let bytes = 0
  const end = rows.findIndex((row) => {
    bytes += sizeOf(row)
    return bytes > ROOM
  })
  return end === -1 ? [...rows] : rows.slice(0, Math.max(1, end))
}

/** A run as lists show it: spans and paths are asked for with the single run. */
export function rowOfRun(run: RunRecord): RunRecord {
  return fitRun({ ...withoutPaths(run), spans: [] })
}

/** The whole record where it fits; otherwise without paths, then with the first findings and the last spans only. */
export function fitRun(run: RunRecord): RunRecord {
  if (sizeOf(run) <= ROOM) return run
  const plain = withoutPaths(run)
  if (sizeOf(plain) <= ROOM) return plain
  return { ...plain, findings: plain.findings.slice(0, 100), spans: plain.spans.slice(-500) }
}

function withoutPaths(run: RunRecord): RunRecord {
  return {
    ...run,
    findings: run.findings.map(({ paths: _, ...finding }) => finding),
  }
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
