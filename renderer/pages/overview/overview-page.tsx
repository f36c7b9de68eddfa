/** The overview: one honest light, every job against its promise, twelve weeks of nights, the space that is left. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Summary } from '../../../electron/contract/summary.ts'
import { isErrorCode, wordsOf } from '../../../electron/contract/words.ts'
import { useNow } from '../../clock.ts'
import { Nights, mergeNights } from '../../components/nights.tsx'
import { Note } from '../../components/note.tsx'
import { useLanguage } from '../../components/words.ts'
import { Waiting } from '../../components/page.tsx'
import { useConnection } from '../../connection.ts'
import { useStatus } from '../../queries.ts'
import { AlarmCard } from './alarm-card.tsx'
import { EmptyOverview } from './empty-overview.tsx'
import { worstJob } from './headline.ts'
import { HeroCard } from './hero-card.tsx'
import { JobTable } from './job-table.tsx'
import { SpaceCard } from './space-card.tsx'

function Notices({ summary }: { readonly summary: Summary }): ReactElement {
  const { t } = useTranslation()
  const language = useLanguage()
  const words = ({ code, detail }: Summary['notices'][number]): string => {
    if (isErrorCode(code)) {
      const { message, hint } = wordsOf(code, detail, language)
      return `${message} ${hint}`
    }
    if (code.includes('catalog')) return t('overview.notice.catalogRebuilt')
    if (code.includes('settings') || code.includes('config')) return t('overview.notice.settingsMended')
    return code
  }
  return (
    <>
      {summary.notices.map((notice) => (
        <Note key={notice.code} state="attention">
          {words(notice)}
        </Note>
      ))}
    </>
  )
}

export function OverviewPage(): ReactElement {
  const { t } = useTranslation()
  const status = useStatus()
  const connection = useConnection()
  const now = useNow()
  const summary = status.data
  if (summary === undefined) {
    return (
      <div className="scroll">
        <h1 className="sr">{t('overview.title')}</h1>
        <Waiting query={status} />
      </div>
    )
  }
  if (summary.jobs.length === 0) return <EmptyOverview />
  const silentSince = connection.state === 'live' ? undefined : connection.lastHeard
  const worst = worstJob(summary)
  const view = { summary, now, silentSince }
  return (
    <div className="scroll">
      <h1 className="sr">{t('overview.title')}</h1>
      <Notices summary={summary} />
      {summary.light === 'failed' && worst !== undefined && silentSince === undefined ? (
        <AlarmCard {...view} job={worst} />
      ) : (
        <HeroCard {...view} />
      )}
      <JobTable {...view} />
      <div className="thirds">
        <section className="card" aria-labelledby="nights-title">
          <header>
            <h2 id="nights-title">{t('overview.nights.title')}</h2>
          </header>
          <div className="body col gap3">
            <Nights nights={mergeNights(summary.jobs)} />
          </div>
        </section>
        <SpaceCard summary={summary} />
      </div>
    </div>
  )
}
