/** What lies in a set, file by file, as a restore would name it: read from the indexes, so no archive is unpacked for it. */
import { isTree, type Artifact, type Content, type Manifest } from '../contract/manifest.ts'
import { restoredName } from './artifact-names.ts'
import { readIndex } from './archive/index-line.ts'
import { Roots } from './archive/roots.ts'
import { lineMatcher } from './archive/selection.ts'
import type { EngineDeps, ListedFiles, SetLocation } from './engine-api.ts'
import { BackupError } from './errors.ts'
import { openDecoded } from './proof/prove-artifact.ts'
import { indexOf } from './proof/prove-set.ts'
import type { SetStore } from './proof/set-store.ts'
import { openSet } from './set-reading.ts'

type Row = ListedFiles['files'][number]

export interface FilesAsked {
  /** As a restore's `only`. */
  readonly only: string | undefined
  readonly offset: number
  readonly limit: number
}

/** @throws BackupError as `openSet`; artifact-missing, artifact-damaged of an index */
export async function listFiles(
  from: SetLocation,
  { only, offset, limit }: FilesAsked,
  deps: EngineDeps,
  signal: AbortSignal,
): Promise<ListedFiles> {
  const set = await openSet(from, deps, signal)
  try {
    const files: Row[] = []
    let passed = 0
    let isMore = false
    for await (const row of rowsOf(set.manifest, set.store, only, deps, signal)) {
      isMore = files.length === limit
      if (isMore) break
      if (passed >= offset) files.push(row)
      passed += 1
    }
    return { set: set.manifest.set, at: set.manifest.backup_date, files, isMore }
  } finally {
    await set.close()
  }
}

async function* rowsOf(
  manifest: Manifest,
  store: SetStore,
  only: string | undefined,
  { world }: EngineDeps,
  signal: AbortSignal,
): AsyncGenerator<Row, void> {
  for (const artifact of manifest.files) {
    const { content, source, plain_bytes: bytes } = artifact
    if (content.kind === 'index') continue
    if (!isTree(content)) {
      const path = restoredName(artifact)
      if (only === undefined || [source.name, path, databaseIn(content)].includes(only))
        yield { source: source.name, path, bytes }
    } else {
      const isWanted = lineMatcher(content, only === source.name ? undefined : only, world.host.platform)
      const roots = new Roots(content)
      for await (const line of readIndex(await openDecoded(indexIn(artifact, manifest), store, signal))) {
        if (line.type === 'directory' || !isWanted(line.path)) continue
        yield { source: source.name, path: (roots.dest(line.path) ?? line.path).toString('utf8'), bytes: line.size }
      }
    }
  }
}

function databaseIn(content: Content): string | undefined {
  return content.kind === 'postgres' ? content.database : undefined
}

function indexIn(artifact: Artifact, manifest: Manifest): Artifact {
  const index = indexOf(artifact, manifest.files)
  if (index === undefined) throw new BackupError('artifact-missing', { file: artifact.file })
  return index
}
