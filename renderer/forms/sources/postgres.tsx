/** The form of a PostgreSQL source: the server, which of its databases, how, and where restores are tested. */
import { Checkbox } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { postgresFormats } from '../../../electron/contract/source.ts'
import { Choice } from '../../components/choice.tsx'
import { Folded } from '../folded.tsx'
import { Lines } from '../lines.tsx'
import { NumberField } from '../number-field.tsx'
import type { SourceFormProps } from './form.ts'
import { ScratchFields } from './postgres-scratch.tsx'
import { ServerFields } from './postgres-server.tsx'

export function PostgresForm({ source, onChange }: SourceFormProps<'postgres'>): ReactElement {
  return (
    <>
      <ServerFields server={source.server} onChange={(server) => onChange({ ...source, server })} />
      <Databases source={source} onChange={onChange} />
      <ScratchFields source={source} onChange={onChange} />
      <Details source={source} onChange={onChange} />
    </>
  )
}

function Databases({ source, onChange }: SourceFormProps<'postgres'>): ReactElement {
  const { t } = useTranslation()
  const { databases } = source
  return (
    <div className="field-grid">
      <Choice
        label={t('postgres.databases.label')}
        value={databases === 'all' ? 'all' : 'named'}
        options={(['all', 'named'] as const).map((known) => [known, t(`postgres.databases.${known}`)] as const)}
        onChange={(chosen) => onChange({ ...source, databases: chosen === 'all' ? 'all' : [] })}
      />
      {databases !== 'all' && (
        <Lines
          label={t('postgres.databases.names')}
          value={databases}
          onChange={(names) => onChange({ ...source, databases: names })}
        />
      )}
    </div>
  )
}

function Details({ source, onChange }: SourceFormProps<'postgres'>): ReactElement {
  const { t } = useTranslation()
  return (
    <Folded title={t('postgres.more')}>
      <div className="field-grid">
        <Choice
          label={t('postgres.format')}
          value={source.format ?? 'sql'}
          options={postgresFormats.map((format) => [format, t(`postgres.formats.${format}`)] as const)}
          onChange={(format) => onChange({ ...source, format })}
        />
        <NumberField
          label={t('jobs.source.lockWait')}
          min={0}
          max={3600}
          value={source.lockWaitSeconds ?? 60}
          onChange={(lockWaitSeconds) => onChange({ ...source, lockWaitSeconds })}
        />
      </div>
      <div className="col">
        <Checkbox
          label={t('postgres.globals')}
          checked={source.globals ?? true}
          onChange={(_, data) => onChange({ ...source, globals: data.checked === true })}
        />
        <Checkbox
          label={t('postgres.digests')}
          checked={source.digests ?? false}
          onChange={(_, data) => onChange({ ...source, digests: data.checked === true })}
        />
      </div>
    </Folded>
  )
}
