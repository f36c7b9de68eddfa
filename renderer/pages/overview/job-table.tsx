/** Every job against its promises: newest backup that restores, restore time, last run, size, next run. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { JobRow } from './job-row.tsx'
import type { OverviewView } from './hero-card.tsx'

const columns = [
  { key: 'job', width: '21%' },
  { key: 'newest', width: '27%' },
  { key: 'restoreTime', width: '13%' },
  { key: 'lastRun', width: '17%' },
  { key: 'size', width: '11%', narrow: true },
  { key: 'next', width: '11%' },
] as const

export function JobTable({ summary, now, silentSince }: OverviewView): ReactElement {
  const { t } = useTranslation()
  const narrow = (column: (typeof columns)[number]): string => ('narrow' in column ? 'hide-narrow' : '')
  return (
    <section className="card jobs" aria-label={t('overview.table.label')}>
      <table style={{ tableLayout: 'fixed' }}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} className={narrow(column)} style={{ width: column.width }} />
          ))}
          <col style={{ width: 44 }} />
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} className={narrow(column)} scope="col">
                {t(`overview.table.${column.key}`)}
              </th>
            ))}
            <th scope="col">
              <span className="sr">{t('shell.more')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {summary.jobs.map((job) => (
            <JobRow key={job.job} job={job} now={now} isLive={silentSince === undefined} />
          ))}
        </tbody>
      </table>
    </section>
  )
}
