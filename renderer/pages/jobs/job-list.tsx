/** The table of jobs. */
import { Switch } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../../../electron/contract/job.ts'
import type { JobSummary } from '../../../electron/contract/summary.ts'
import { ErrorDialog } from '../../components/error-dialog.tsx'
import { SourceIcon } from '../../components/icons.tsx'
import { JobMenu } from '../../components/job-menu.tsx'
import { StateMark, markOfLight } from '../../components/state-mark.tsx'
import { useConnection } from '../../connection.ts'
import { useFormat } from '../../format.ts'
import { useAct, useAsk, useStatus } from '../../queries.ts'
import { linkTo } from '../../route.ts'
import { scheduleInWords } from '../../schedule.ts'

function State({ summary, isLive }: { readonly summary: JobSummary; readonly isLive: boolean }): ReactElement {
  const { t } = useTranslation()
  const reason = summary.reasons[0]
  const mark = summary.running === undefined ? markOfLight(summary.light, isLive) : 'running'
  // What is good, or running, needs no sentence; what is neither says why.
  const isPlain = reason === undefined || mark === 'good' || mark === 'running'
  const said = isPlain ? t(`state.mark.${mark}`) : t(`state.reason.${reason.code}`)
  return (
    <span className="row" style={{ gap: 6 }}>
      <StateMark state={mark} label="" />
      <span className="cut" title={said}>
        {said}
      </span>
    </span>
  )
}

function JobItem({ job, places }: { readonly job: Job; readonly places: string }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const isLive = useConnection().state === 'live'
  const summary = useStatus().data?.jobs.find((known) => known.job === job.id)
  const enable = useAct('job.enable')
  const cron = job.schedule.full
  return (
    <tr>
      <td>
        <div className="row gap3">
          <span className="kind">
            <SourceIcon kind={job.sources[0]?.kind ?? 'files'} />
          </span>
          <a className="plain cut" href={linkTo('jobs', job.id)} title={job.name}>
            <b>{job.name}</b>
          </a>
        </div>
      </td>
      <td className="cut">{format.list(job.sources.map((source) => source.name))}</td>
      <td className="cut">{scheduleInWords(cron, t, format.language) ?? cron ?? ''}</td>
      <td className="cut">{places}</td>
      <td className="cut">{summary !== undefined && <State summary={summary} isLive={isLive} />}</td>
      <td>
        <Switch
          checked={job.enabled}
          disabled={enable.isPending}
          aria-label={t('jobs.enabledOf', { name: job.name })}
          onChange={(_, data) => enable.mutate({ job: job.id, enabled: data.checked })}
        />
        <ErrorDialog action={enable} />
      </td>
      <td className="num">
        <JobMenu job={job.id} name={job.name} isRunning={summary?.running !== undefined} />
      </td>
    </tr>
  )
}

const widths = ['18%', '16%', '21%', '17%', undefined, '76px', '48px']

export function JobList({ jobs }: { readonly jobs: readonly Job[] }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const places = useAsk('destination.list', {}).data ?? []
  const placesOf = (job: Job): string =>
    format.list(job.destinations.map((id) => places.find((place) => place.id === id)?.name ?? ''))
  return (
    <section className="card middle" aria-label={t('jobs.title')}>
      <table style={{ tableLayout: 'fixed' }}>
        <colgroup>
          {widths.map((width, index) => (
            <col key={index} {...(width === undefined ? {} : { style: { width } })} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {(['name', 'what', 'when', 'where', 'state', 'enabled'] as const).map((column) => (
              <th key={column} scope="col">
                {t(`jobs.table.${column}`)}
              </th>
            ))}
            <th scope="col">
              <span className="sr">{t('shell.more')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobItem key={job.id} job={job} places={placesOf(job)} />
          ))}
        </tbody>
      </table>
    </section>
  )
}
