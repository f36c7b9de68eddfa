/** Where to: the known places, each with a test that really writes and reads, and a form for a new one. */
import { Button, Checkbox } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { DestinationConfig, ProbeReport } from '../../../electron/contract/destination.ts'
import { PlaceIcon } from '../../components/icons.tsx'
import { ErrorNote, Note } from '../../components/note.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useLanguage, wordsOfError } from '../../components/words.ts'
import { useFormat } from '../../format.ts'
import { FolderForm } from '../../forms/destinations/folder.tsx'
import { useAct, useAsk } from '../../queries.ts'
import type { PartProps } from './editor.tsx'
import { Part } from './part.tsx'

function Passed({ report }: { readonly report: ProbeReport }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const { writeRate, readRate, freeBytes } = report
  const words = [
    t('jobs.places.ok'),
    writeRate !== undefined && readRate !== undefined
      ? t('jobs.places.rates', { write: format.rate(writeRate), read: format.rate(readRate) })
      : '',
    freeBytes === undefined ? '' : t('jobs.places.free', { size: format.size(freeBytes) }),
  ].filter((part) => part !== '')
  return (
    <div className="col gap1 small" role="status">
      <span className="row top" style={{ gap: 6 }}>
        <StateMark state="good" />
        <span className="dim">{words.join(format.language === 'en' ? ' ' : '')}</span>
      </span>
      {report.sameVolume === true && (
        <span className="row top attention" style={{ gap: 6 }}>
          <StateMark state="attention" />
          {t('jobs.places.sameVolume')}
        </span>
      )}
    </div>
  )
}

function Adopt({ place }: { readonly place: DestinationConfig }): ReactElement {
  const { t } = useTranslation()
  const adopt = useAct('destination.adopt')
  if (adopt.data !== undefined) return <Note state="good">{t('jobs.places.adopted', { count: adopt.data.sets })}</Note>
  return (
    <>
      <p className="mt2">{t('jobs.places.adoptText')}</p>
      <Button
        className="mt1"
        size="small"
        disabled={adopt.isPending}
        onClick={() => adopt.mutate({ destination: place.id })}
      >
        {t('jobs.places.adopt')}
      </Button>
      <ErrorNote error={adopt.error} />
    </>
  )
}

function Failed({ report, place }: { readonly report: ProbeReport; readonly place: DestinationConfig }): ReactElement {
  const { t } = useTranslation()
  const language = useLanguage()
  const words = report.error === undefined ? undefined : wordsOfError({ detail: undefined, ...report.error }, language)
  const isMarker = report.error?.code.startsWith('destination-marker') ?? report.state === 'foreign'
  return (
    <Note state="failed" urgent>
      <p>{words?.message ?? t('overview.space.unreachable')}</p>
      <p className="dim">{words?.hint}</p>
      {isMarker && <Adopt place={place} />}
    </Note>
  )
}

interface PlaceProps {
  readonly place: DestinationConfig
  readonly isUsed: boolean
  readonly onUse: (isUsed: boolean) => void
}

function PlaceItem({ place, isUsed, onUse }: PlaceProps): ReactElement {
  const { t } = useTranslation()
  const test = useAct('destination.test')
  return (
    <div className="source-item">
      <div className="row">
        <Checkbox
          checked={isUsed}
          aria-label={t('jobs.places.use', { name: place.name })}
          onChange={(_, data) => onUse(data.checked === true)}
        />
        <PlaceIcon />
        <b className="nowrap">{place.name}</b>
        <span className="faint cut grow" title={place.path}>
          {place.path}
        </span>
        <Button
          size="small"
          appearance="subtle"
          disabled={test.isPending}
          aria-label={t('jobs.places.testOf', { name: place.name })}
          onClick={() => test.mutate({ destination: place.id })}
        >
          {t(`jobs.places.${test.isPending ? 'testing' : test.data === undefined ? 'test' : 'testAgain'}`)}
        </Button>
      </div>
      {test.data !== undefined &&
        (test.data.ok ? <Passed report={test.data} /> : <Failed report={test.data} place={place} />)}
      <ErrorNote error={test.error} />
    </div>
  )
}

export function WherePart({ draft, change }: PartProps): ReactElement {
  const { t } = useTranslation()
  const places = useAsk('destination.list', {})
  const [isAdding, setAdding] = useState(false)
  const others = (id: string): string[] => draft.destinations.filter((used) => used !== id)
  return (
    <Part
      part="where"
      actions={
        <Button size="small" icon={<AddRegular />} disabled={isAdding} onClick={() => setAdding(true)}>
          {t('jobs.places.add')}
        </Button>
      }
    >
      {places.data?.length === 0 && !isAdding && <p className="dim">{t('jobs.places.empty')}</p>}
      {places.data?.map((place) => (
        <PlaceItem
          key={place.id}
          place={place}
          isUsed={draft.destinations.includes(place.id)}
          onUse={(use) => change({ destinations: use ? [...others(place.id), place.id] : others(place.id) })}
        />
      ))}
      <ErrorNote error={places.error} />
      {isAdding && (
        <FolderForm
          onAdded={(place) => change({ destinations: [...others(place.id), place.id] })}
          onClose={() => setAdding(false)}
        />
      )}
    </Part>
  )
}
