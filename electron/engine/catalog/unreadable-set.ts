/** The catalog's row of a set whose manifest cannot be read, and was never entered (pure). */
import type { UnreadableSet } from './catalog.ts'
import { millisOf, type Row } from './database.ts'

/** What stands where the manifest would. */
export const NO_MANIFEST = ''

export function unreadableRow(set: UnreadableSet): Row {
  const { destination, id, job, jobName, type, sequence, at, run, path } = set
  const none = { damaged: 0, proof: 0, proven_at: null, bytes: 0, plain_bytes: 0, suspicious: 0, sources: '[]' }
  return {
    ...{ destination, id, job, job_name: jobName, type, sequence, position: millisOf(at), at, at_ms: millisOf(at) },
    ...{ run: run ?? '', path, found: 'damaged', ...none, manifest: NO_MANIFEST, manifest_sha256: '' },
  }
}
