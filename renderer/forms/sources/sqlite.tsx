/** The form of a SQLite source. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { PathField } from '../../components/path-field.tsx'
import type { SourceFormProps } from './form.ts'

export function SqliteForm({ source, onChange }: SourceFormProps<'sqlite'>): ReactElement {
  const { t } = useTranslation()
  return (
    <PathField
      label={t('jobs.source.sqlitePath')}
      hint={t('jobs.source.sqliteHint')}
      value={source.path}
      pick="file"
      onChange={(path) => onChange({ ...source, path })}
    />
  )
}
