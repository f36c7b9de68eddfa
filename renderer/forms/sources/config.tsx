/** The form of a configuration source: globs to take, and globs to leave out. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Lines } from '../lines.tsx'
import type { SourceFormProps } from './form.ts'

export function ConfigForm({ source, onChange }: SourceFormProps<'config'>): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="field-grid">
      <Lines
        label={t('jobs.source.globs')}
        hint={t('jobs.source.globsHint')}
        value={source.globs}
        onChange={(globs) => onChange({ ...source, globs })}
      />
      <Lines
        label={t('jobs.source.exclude')}
        value={source.exclude ?? []}
        onChange={(exclude) => onChange({ ...source, exclude })}
      />
    </div>
  )
}
