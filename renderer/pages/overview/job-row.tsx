/** One job in the overview's table. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobSummary } from '../../../electron/contract/summary.ts'
import { runKinds } from '../../../electron/contract/run.ts'
import { AgeBar } from '../../components/age-bar.tsx'
import { SourceIcon } from '../../components/icons.tsx'
import { JobMenu } from '../../components/job-menu.tsx'
import { Proof } from '../../components/proof.tsx'
import { RunProgress } from '../../components/run-progress.tsx'
import { Spark } from '../../components/spark.tsx'
import { StateMark, markOfLight, markOfOutcome, type MarkState } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { useProgress, useRun } from '../../queries.ts'
import { linkTo } from '../../route.ts'

interface CellProps {
  readonly job: JobSummary
  readonly now: number
}

function NewestCell({ job, now, state }: CellProps & { readonly state: MarkState }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const promise = t('state.promised', { duration: format.duration(job.rpo.promisedMinutes * 60) })
  const { newest } = job
  if (newest === undefined) return <Two first={t('overview.table.none')} second={promise} />
  const age = job.rpo.ageMinutes ?? 0
  const late = age - job.rpo.promisedMinutes
  const isLate = late > 0
  return (
    <div className="two">
      <div className="row">
        <b>{format.age(newest.at, now)}</b>
        <Proof level={newest.proof} />
      </div>
      <AgeBar
        ageMinutes={age}
        promisedMinutes={job.rpo.promisedMinutes}
        state={isLate && state !== 'unknown' ? 'failed' : state}
      />
      <span className={`small cut ${isLate ? 'failed' : 'faint'}`}>
        {isLate ? t('overview.table.late', { late: format.duration(late * 60), promise }) : promise}
      </span>
    </div>
  )
}

function Two({ first, second }: { readonly first: string; readonly second: string }): ReactElement {
  return (
    <div className="two">
      <span className="cut">{first}</span>
      <span className="small faint cut">{second}</span>
    </div>
  )
}

function RestoreTimeCell({ job }: { readonly job: JobSummary }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const measured = job.rto.measuredSeconds
  return (
    <Two
      first={measured === undefined ? t('overview.table.notMeasured') : format.duration(measured)}
      second={t('state.promised', { duration: format.duration(job.rto.promisedMinutes * 60) })}
    />
  )
}

function LastRunCell({ job, now, isLive }: CellProps & { readonly isLive: boolean }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const live = useProgress(job.running?.run)
  if (job.running !== undefined) {
    const kind = runKinds.find((known) => known === job.running?.kind) ?? 'backup'
    return <RunProgress kind={kind} progress={live ?? job.running.progress} />
  }
  const { lastRun } = job
  if (lastRun === undefined) return <span className="faint">{t('overview.table.neverRun')}</span>
  const words = t(`state.outcome.${lastRun.outcome}`)
  return (
    <div className="two">
      <span className="row" style={{ gap: 6 }}>
        <StateMark state={isLive ? markOfOutcome(lastRun.outcome) : 'unknown'} label="" />
        <a className="plain cut" href={linkTo('history', lastRun.run)}>
          {lastRun.outcome === 'failed' ? <b className="failed">{words}</b> : words}
        </a>
      </span>
      <span className="small faint cut">
        {format.beside(format.moment(lastRun.at, now), format.duration(lastRun.seconds))}
      </span>
    </div>
  )
}

function SizeCell({ job }: { readonly job: JobSummary }): ReactElement | null {
  const { t } = useTranslation()
  const format = useFormat()
  const last = job.sizes.at(-1)
  if (last === undefined) return null
  const size = format.size(last)
  return (
    <div className="two">
      <Spark sizes={job.sizes} label={t('overview.table.sizeLabel', { count: job.sizes.length, size })} />
      <span className="small faint">{size}</span>
    </div>
  )
}

function NextCell({ job, now }: CellProps): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  if (!job.enabled) return <span className="faint">{t('overview.table.paused')}</span>
  if (job.nextRun === undefined) return <span className="faint">{t('overview.table.byHand')}</span>
  return <Two first={format.time(job.nextRun)} second={format.until(job.nextRun, now)} />
}

/** Told quietly: the backup restores, but one broken disk would take it together with the data. */
function SameDisk({ job }: { readonly job: JobSummary }): ReactElement | null {
  const { t } = useTranslation()
  const last = useRun(job.lastRun?.run).data
  if (last?.findings.some(({ code }) => code === 'same-volume') !== true) return null
  return (
    <span className="row small faint" style={{ gap: 4 }} title={t('overview.table.sameDiskTitle')}>
      <StateMark state="info" size={12} />
      <span className="wraps">{t('overview.table.sameDisk')}</span>
    </span>
  )
}

export function JobRow({ job, now, isLive }: CellProps & { readonly isLive: boolean }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const state = markOfLight(job.light, isLive)
  const kinds = format.list([...new Set(job.kinds)].map((kind) => t(`state.source.${kind}`)))
  return (
    <tr className={state === 'failed' ? 'is-failed' : ''}>
      <td>
        <div className="row gap3 top">
          <span className="kind">
            <SourceIcon kind={job.kinds[0] ?? 'files'} />
          </span>
          <div className="two">
            <a className="plain cut" href={linkTo('jobs', job.job)} title={job.name}>
              <b>{job.name}</b>
            </a>
            <span className="row small faint" style={{ gap: 4 }}>
              <StateMark state={state} size={12} />
              <span className="wraps">{kinds}</span>
            </span>
            <SameDisk job={job} />
          </div>
        </div>
      </td>
      <td>
        <NewestCell job={job} now={now} state={state} />
      </td>
      <td>
        <RestoreTimeCell job={job} />
      </td>
      <td>
        <LastRunCell job={job} now={now} isLive={isLive} />
      </td>
      <td className="hide-narrow">
        <SizeCell job={job} />
      </td>
      <td>
        <NextCell job={job} now={now} />
      </td>
      <td className="num">
        <JobMenu job={job.job} name={job.name} isRunning={job.running !== undefined} />
      </td>
    </tr>
  )
}
