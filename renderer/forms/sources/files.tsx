/** The form of a folder source: roots, and what to take and to leave out. */
import { Button } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { desktop } from '../../api.ts'
import { Lines } from '../lines.tsx'
import type { SourceFormProps } from './form.ts'

export function FilesForm({ source, onChange }: SourceFormProps<'files'>): ReactElement {
  const { t } = useTranslation()
  const browse = async (): Promise<void> => {
    const path = await desktop?.pickFolder()
    if (typeof path === 'string') onChange({ ...source, roots: [...source.roots, path] })
  }
  return (
    <>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <Lines
          label={t('jobs.source.roots')}
          value={source.roots}
          onChange={(roots) => onChange({ ...source, roots })}
        />
        {desktop !== undefined && <Button onClick={() => void browse()}>{t('shell.browse')}</Button>}
      </div>
      <div className="field-grid">
        <Lines
          label={t('jobs.source.include')}
          value={source.include ?? []}
          onChange={(include) => onChange({ ...source, include })}
        />
        <Lines
          label={t('jobs.source.exclude')}
          hint={t('jobs.source.patternHint')}
          value={source.exclude ?? []}
          onChange={(exclude) => onChange({ ...source, exclude })}
        />
      </div>
    </>
  )
}
