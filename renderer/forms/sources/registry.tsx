/** The only place that names the source forms: one per kind. */
import type { ComponentType, ReactElement } from 'react'
import type { SourceDraft, SourceKind } from '../../../electron/contract/source.ts'
import { ConfigForm } from './config.tsx'
import { FilesForm } from './files.tsx'
import type { SourceFormProps } from './form.ts'
import { PostgresForm } from './postgres.tsx'
import { SqliteForm } from './sqlite.tsx'

const forms: { readonly [K in SourceKind]: ComponentType<SourceFormProps<K>> } = {
  sqlite: SqliteForm,
  postgres: PostgresForm,
  files: FilesForm,
  config: ConfigForm,
}

interface Props {
  readonly source: SourceDraft
  readonly onChange: (source: SourceDraft) => void
}

export function SourceForm({ source, onChange }: Props): ReactElement {
  // The table pairs each kind with its own form; the compiler cannot follow a union through a lookup.
  const Form = forms[source.kind] as ComponentType<Props>
  return <Form source={source} onChange={onChange} />
}
