/** What a set holds, source by source, as its manifest says (pure). */
import { isTree, type Content, type Manifest } from '../../contract/manifest.ts'
import type { SetInfo } from '../../contract/set.ts'

type SetSource = SetInfo['sources'][number]

/** One entry per data artifact; an index counts as part of the artifact it lists and is left out. */
export function sourcesOf(manifest: Manifest): readonly SetSource[] {
  return manifest.files.flatMap((file): SetSource[] => {
    const { content } = file
    if (content.kind === 'index') return []
    return [
      {
        name: file.source.name,
        kind: file.source.kind,
        file: file.file,
        bytes: file.bytes,
        plainBytes: file.plain_bytes,
        ...contentsOf(content),
      },
    ]
  })
}

function contentsOf(content: Content): Pick<SetSource, 'database' | 'tables' | 'files'> {
  if (isTree(content)) return { files: content.files }
  if (content.kind === 'sqlite') return { tables: content.tables }
  if (content.kind !== 'postgres') return {}
  return { database: content.database, tables: content.tables.map(({ name, rows }) => ({ name, rows })) }
}
