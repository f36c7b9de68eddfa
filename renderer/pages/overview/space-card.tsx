/** How full the places for backups are, and which of them cannot be used now. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { DestinationSummary, Summary } from '../../../electron/contract/summary.ts'
import { FillLine } from '../../components/bar.tsx'
import { PlaceIcon } from '../../components/icons.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'

function Place({ place }: { readonly place: DestinationSummary }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const { freeBytes: free, totalBytes: total } = place
  const used = free === undefined || total === undefined || total === 0 ? undefined : 1 - free / total
  const holds = t('overview.space.holds', { count: place.sets, size: format.size(place.bytes) })
  return (
    <li className="col gap1">
      <div className="row">
        <PlaceIcon />
        <span className="cut grow" title={place.path}>
          {place.name}
        </span>
        {place.reachable && free !== undefined && total !== undefined && (
          <span className="small dim nowrap">
            {t('overview.space.freeOf', { free: format.size(free), total: format.size(total) })}
          </span>
        )}
      </div>
      {place.reachable && used !== undefined && (
        <FillLine fraction={used} label={t('overview.space.used', { percent: format.percent(used) })} />
      )}
      {place.reachable ? (
        <span className="small faint cut">{holds}</span>
      ) : place.lookedAt === undefined ? (
        <span className="row small dim">
          <StateMark state="unknown" />
          {t('overview.space.unseen')}
        </span>
      ) : (
        <span className="row small failed">
          <StateMark state="failed" />
          {t('overview.space.unreachable')} <span className="mono">{place.errorCode}</span>
        </span>
      )}
    </li>
  )
}

export function SpaceCard({ summary }: { readonly summary: Summary }): ReactElement {
  const { t } = useTranslation()
  return (
    <section className="card" aria-labelledby="space-title">
      <header>
        <h2 id="space-title">{t('overview.space.title')}</h2>
      </header>
      <ul className="body col gap4">
        {summary.destinations.map((place) => (
          <Place key={place.id} place={place} />
        ))}
        {summary.destinations.length === 0 && <li className="dim">{t('overview.space.none')}</li>}
      </ul>
    </section>
  )
}
