/** The only file that names the source kinds. */
import type { SourceConfig, SourceKind } from '../../contract/source.ts'
import type { World } from '../world.ts'
import { configKind } from './config.ts'
import { filesKind } from './files.ts'
import { postgresKind } from './postgres/kind.ts'
import type { Source, SourceKindModule, SourceReader } from './source.ts'
import { sqliteKind } from './sqlite.ts'

const kinds: { readonly [K in SourceKind]: SourceKindModule<K> } = {
  sqlite: sqliteKind,
  postgres: postgresKind,
  files: filesKind,
  config: configKind,
}

export function createSource(config: SourceConfig, world: World): Source {
  switch (config.kind) {
    case 'sqlite':
      return kinds.sqlite.create(config, world)
    case 'postgres':
      return kinds.postgres.create(config, world)
    case 'files':
      return kinds.files.create(config, world)
    case 'config':
      return kinds.config.create(config, world)
  }
}

export function sourceReader(kind: SourceKind, world: World): SourceReader {
  return kinds[kind].reader(world)
}
