/** What each source form gets: its part of the draft, and a way to change it. */
import type { SourceDraft, SourceKind } from '../../../electron/contract/source.ts'

export type DraftOf<K extends SourceKind> = Extract<SourceDraft, { kind: K }>

export interface SourceFormProps<K extends SourceKind> {
  readonly source: DraftOf<K>
  readonly onChange: (source: DraftOf<K>) => void
}
