/** The icons of kinds, in one place: what a source, a place and a page look like. */
import { DatabaseRegular } from '@fluentui/react-icons/svg/database'
import { DocumentTextRegular } from '@fluentui/react-icons/svg/document-text'
import { DatabaseMultipleRegular } from '@fluentui/react-icons/svg/database-multiple'
import { FolderRegular } from '@fluentui/react-icons/svg/folder'
import { HardDriveRegular } from '@fluentui/react-icons/svg/hard-drive'
import type { ReactElement } from 'react'
import type { SourceKind } from '../../electron/contract/source.ts'

const sources: Readonly<Record<SourceKind, ReactElement>> = {
  sqlite: <DatabaseRegular fontSize={20} />,
  postgres: <DatabaseMultipleRegular fontSize={20} />,
  files: <FolderRegular fontSize={20} />,
  config: <DocumentTextRegular fontSize={20} />,
}

export function SourceIcon({ kind }: { readonly kind: SourceKind }): ReactElement {
  return sources[kind]
}

export function PlaceIcon(): ReactElement {
  return <HardDriveRegular fontSize={20} />
}
