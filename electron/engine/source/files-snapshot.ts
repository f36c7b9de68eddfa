/** The two artifacts of a tree — the archive, and the index that was spooled while it was written — as a snapshot. */
import { Readable } from 'node:stream'
import type { Finding } from '../../contract/finding.ts'
import type { Content } from '../../contract/manifest.ts'
import type { TreeContent } from '../archive/roots.ts'
import { toBackupError } from '../errors.ts'
import type { IndexSpool } from './files-spool.ts'
import type { Snapshot, SnapshotArtifact } from './source.ts'

export interface TreeParts {
  readonly kind: TreeContent['kind']
  readonly origin: string
  readonly roots: TreeContent['roots']
  readonly spool: IndexSpool
  /** The archive's bytes, once. */
  bytes(signal: AbortSignal): AsyncGenerator<Buffer, void>
  findings(): readonly Finding[]
  masked(): TreeContent['masked']
  release(): Promise<void>
}

export function treeSnapshot(parts: TreeParts): Snapshot {
  const artifacts: readonly SnapshotArtifact[] = [
    {
      role: 'data',
      extension: 'tar',
      open: (signal) => Promise.resolve(Readable.from(withTypedErrors(parts.bytes(signal)), { objectMode: false })),
      evidence: (names) => dataContent(parts, names),
    },
    {
      role: 'index',
      extension: 'index',
      open: (signal) => parts.spool.open(signal),
      evidence: (names): Content => ({ kind: 'index', of: names[0] ?? '', entries: parts.spool.counts.entries }),
    },
  ]
  return {
    origin: parts.origin.slice(0, 8192),
    artifacts,
    findings: () => parts.findings(),
    release: () => parts.release(),
  }
}

function dataContent(parts: TreeParts, names: readonly string[]): Content {
  const { kind, roots, spool } = parts
  return { kind, roots, ...spool.counts, index: names[1] ?? '', masked: parts.masked() }
}

async function* withTypedErrors(bytes: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  try {
    yield* bytes
  } catch (error) {
    throw toBackupError(error)
  }
}
