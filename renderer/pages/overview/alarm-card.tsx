/** The red state: what happened, what it means for the data, what to do — with the button that does it. */
import { Button } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobSummary } from '../../../electron/contract/summary.ts'
import { errorRows } from '../../../electron/contract/error.ts'
import { Facts } from '../../components/facts.tsx'
import { ErrorNote } from '../../components/note.tsx'
import { Proof } from '../../components/proof.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useLanguage, wordsOfError } from '../../components/words.ts'
import { useFormat } from '../../format.ts'
import { useAct, useRun } from '../../queries.ts'
import { goTo, linkTo } from '../../route.ts'
import { headline, reasonWords, subline } from './headline.ts'
import type { OverviewView } from './hero-card.tsx'
import { factsOf } from './overview-facts.ts'

interface JobProps {
  readonly job: JobSummary
}

/** The error of the run that failed, where a failed run is what the light is about. */
function useFailure(job: JobSummary) {
  const reason = job.reasons[0]?.code
  const isRun = reason === 'last-run-failed' || job.lastRun?.outcome === 'failed'
  return useRun(isRun ? job.lastRun?.run : undefined).data?.error
}

function Happened({ job }: JobProps): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const language = useLanguage()
  const failure = useFailure(job)
  const reason = job.reasons[0]?.code
  const promise = format.duration(job.rpo.promisedMinutes * 60)
  const known = {
    'overdue': t('overview.alarm.overdue', { name: job.name, promise }),
    'never-proven': t('overview.alarm.neverProven', { name: job.name }),
    'damaged': t('overview.alarm.damaged', { name: job.name }),
  }
  const words =
    failure !== undefined
      ? wordsOfError(failure, language).message
      : reason !== undefined && Object.hasOwn(known, reason)
        ? known[reason as keyof typeof known]
        : reasonWords(job, t)
  return (
    <div>
      <h3>{t('overview.alarm.happened')}</h3>
      <p className="prose breakable">{words}</p>
      <p className="mono faint">{failure?.code ?? reason}</p>
    </div>
  )
}

function Means({ job, now }: JobProps & { readonly now: number }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const { newest } = job
  const late = (job.rpo.ageMinutes ?? 0) - job.rpo.promisedMinutes
  return (
    <div>
      <h3>{t('overview.alarm.means')}</h3>
      {newest === undefined ? (
        <p className="prose">{t('overview.alarm.none')}</p>
      ) : (
        <>
          <p className="prose">
            {t('overview.alarm.newest', { when: format.moment(newest.at, now) })}{' '}
            {late > 0
              ? t('overview.alarm.newestLate', { late: format.duration(late * 60) })
              : t('overview.alarm.since')}
          </p>
          <Proof level={newest.proof} />
          <a href={linkTo('backups', undefined, { job: job.job, set: newest.set })}>{t('overview.alarm.showSet')}</a>
        </>
      )}
    </div>
  )
}

function ToDo({ job }: JobProps): ReactElement {
  const { t } = useTranslation()
  const language = useLanguage()
  const failure = useFailure(job)
  const start = useAct('backup.start')
  const run = job.lastRun?.run
  const aboutPlace = failure?.code.startsWith('destination-') ?? false
  const isDamaged = job.reasons[0]?.code === 'damaged'
  return (
    <div>
      <h3>{t('overview.alarm.todo')}</h3>
      {failure !== undefined && (
        <p className="prose">
          {wordsOfError(failure, language).hint} {!errorRows[failure.code].retryable && t('overview.alarm.noRetry')}
        </p>
      )}
      <div className="row wrap">
        <Button
          appearance="primary"
          disabled={start.isPending || job.running !== undefined}
          onClick={() => start.mutate({ job: job.job })}
        >
          {t('overview.alarm.tryNow')}
        </Button>
        {run !== undefined && <Button onClick={() => goTo(linkTo('history', run))}>{t('overview.showRun')}</Button>}
        {isDamaged && (
          <Button onClick={() => goTo(linkTo('backups', undefined, { job: job.job }))}>
            {t('overview.alarm.verify')}
          </Button>
        )}
      </div>
      {aboutPlace && <a href={linkTo('jobs', job.job, { part: 'where' })}>{t('overview.alarm.editPlaces')}</a>}
      <ErrorNote error={start.error} />
    </div>
  )
}

export function AlarmCard({ summary, now, silentSince, job }: OverviewView & JobProps): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const sub = subline(summary, t, format, now)
  return (
    <section className="card alarm" aria-label={t('overview.light')}>
      <div className="hero">
        <StateMark state="failed" size={40} />
        <div className="grow" role="status">
          <h2 className="light">{headline(summary, t, format, now)}</h2>
          {sub !== undefined && <p className="dim">{sub}</p>}
        </div>
        <span className="small faint nowrap">
          {format.date(now)} {format.time(now)}
        </span>
      </div>
      <div className="three">
        <Happened job={job} />
        <Means job={job} now={now} />
        <ToDo job={job} />
      </div>
      <Facts facts={factsOf(summary, t, format, now, silentSince)} />
    </section>
  )
}
