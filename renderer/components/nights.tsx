/** Twelve weeks of nights: solid where proven, half where stored only, crossed where failed, dashed where missed. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobSummary } from '../../electron/contract/summary.ts'
import { useFormat } from '../format.ts'

export type Night = JobSummary['nights'][number]

const shapes = { restored: 'p5', matched: 'p', stored: 's', failed: 'f', missed: 'm0', none: 'x' } as const
/** A night is as good as the worst job in it. */
const worstFirst: readonly Night['state'][] = ['failed', 'missed', 'stored', 'matched', 'restored', 'none']

/** One night per day over all jobs, each as bad as its worst job. */
export function mergeNights(jobs: readonly JobSummary[]): readonly Night[] {
  const days = new Map<string, Night['state']>()
  for (const { day, state } of jobs.flatMap((job) => job.nights)) {
    const known = days.get(day) ?? 'none'
    days.set(day, worstFirst.indexOf(state) < worstFirst.indexOf(known) ? state : known)
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, state]) => ({ day, state }))
}

/** Monday is row 0. */
function weekday(day: string): number {
  return (new Date(`${day}T12:00:00`).getDay() + 6) % 7
}

function Square({ night, column, isLast }: { night: Night; column: number; isLast: boolean }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const title = t('overview.nights.day', {
    date: format.date(`${night.day}T12:00:00`),
    state: t(`state.night.${night.state}`),
  })
  return (
    <span
      className={`n ${shapes[night.state]}${isLast ? ' today' : ''}`}
      style={{ gridArea: `${weekday(night.day) + 2} / ${column + 2}` }}
      title={title}
    />
  )
}

export function Nights({ nights }: { readonly nights: readonly Night[] }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const offset = nights[0] === undefined ? 0 : weekday(nights[0].day)
  const column = (index: number): number => Math.floor((index + offset) / 7)
  const count = (...states: readonly Night['state'][]): number => nights.filter((n) => states.includes(n.state)).length
  const counts = {
    restorable: count('matched', 'restored'),
    stored: count('stored'),
    failed: count('failed'),
    missed: count('missed'),
  }
  const months = nights.flatMap((night, index) =>
    night.day.endsWith('-01') ? [{ day: night.day, column: column(index) }] : [],
  )
  return (
    <>
      <div className="nights" role="img" aria-label={t('overview.nights.label', counts)}>
        {[0, 2, 4, 6].map((row) => (
          <span key={row} className="d" style={{ gridRow: row + 2 }}>
            {format.weekday(row)}
          </span>
        ))}
        {months.map((month) => (
          <span key={month.day} className="m" style={{ gridColumn: `${month.column + 2} / span 3` }}>
            {format.month(`${month.day}T12:00:00`)}
          </span>
        ))}
        {nights.map((night, index) => (
          <Square key={night.day} night={night} column={column(index)} isLast={index === nights.length - 1} />
        ))}
      </div>
      <div className="legend" aria-hidden="true">
        {(['restorable', 'stored', 'failed', 'missed'] as const).map((name) => (
          <span key={name}>
            <span className={`n ${{ restorable: 'p', stored: 's', failed: 'f', missed: 'm0' }[name]}`} />
            {t(`overview.nights.${name}`)} {format.number(counts[name])}
          </span>
        ))}
      </div>
    </>
  )
}
