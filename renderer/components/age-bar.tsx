/** The age of the newest proven backup against its promise: the mark at 80 % is the promise, past it is late. */
import type { CSSProperties, ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../format.ts'
import type { MarkState } from './state-mark.tsx'

interface Props {
  readonly ageMinutes: number
  readonly promisedMinutes: number
  readonly state: MarkState
}

const MARK = 0.8

export function AgeBar({ ageMinutes, promisedMinutes, state }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const share = ageMinutes / promisedMinutes
  const width = Math.min(1, Math.max(0.02, share * MARK))
  const label = t('overview.table.ageLabel', {
    age: format.duration(ageMinutes * 60),
    percent: format.percent(share),
  })
  return (
    <div
      className={`age ${state}`}
      style={{ '--v': `${width * 100}%` } as CSSProperties}
      role="img"
      aria-label={label}
      title={label}
    />
  )
}
