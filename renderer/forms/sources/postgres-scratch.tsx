/** Where restores of a PostgreSQL source are tested: nowhere, on its own server, or on another. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Choice } from '../../components/choice.tsx'
import { Note } from '../../components/note.tsx'
import type { SourceFormProps } from './form.ts'
import { serverBy } from './postgres-draft.ts'
import { ServerFields } from './postgres-server.tsx'

const places = ['none', 'same', 'other'] as const
type Place = (typeof places)[number]

export function ScratchFields({ source, onChange }: SourceFormProps<'postgres'>): ReactElement {
  const { t } = useTranslation()
  const { scratch, ...others } = source
  const place: Place = scratch === undefined ? 'none' : scratch === 'same' ? 'same' : 'other'
  const choose = (chosen: Place): void => {
    if (chosen === 'none') onChange(others)
    else onChange({ ...others, scratch: chosen === 'same' ? 'same' : serverBy('host') })
  }
  return (
    <>
      <div className="field-grid">
        <Choice
          label={t('postgres.scratch.label')}
          value={place}
          options={places.map((known) => [known, t(`postgres.scratch.${known}`)] as const)}
          onChange={choose}
        />
        {place !== 'same' && <p className="small faint beside-field words">{t(`postgres.scratch.${place}Text`)}</p>}
      </div>
      {place === 'same' && <Note state="attention">{t('postgres.scratch.sameText')}</Note>}
      {scratch !== undefined && scratch !== 'same' && (
        <div className="col gap3 inner" role="group" aria-label={t('postgres.scratch.label')}>
          <ServerFields server={scratch} onChange={(server) => onChange({ ...source, scratch: server })} />
        </div>
      )}
    </>
  )
}
