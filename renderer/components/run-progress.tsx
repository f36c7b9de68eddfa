/** What a run is doing now, in words: kind, stage, share, rate and time left. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Progress, RunKind } from '../../electron/contract/run.ts'
import { useFormat } from '../format.ts'
import { ProgressLine } from './bar.tsx'

interface Props {
  readonly kind: RunKind
  readonly progress: Progress | undefined
}

/** Two lines for a table cell. */
export function RunProgress({ kind, progress }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const stage = progress === undefined ? t('overview.starting') : t(`state.stage.${progress.stage}`)
  const words = t('overview.running', { kind: t(`state.run.${kind}`), stage })
  const left = progress?.secondsLeft
  const isOpen = progress?.openEnded === true
  return (
    <div className="two">
      <span className="running wraps">{words}</span>
      <ProgressLine fraction={isOpen ? undefined : (progress?.fraction ?? 0)} label={words} />
      <span className="small faint wraps">
        {isOpen
          ? t('overview.openEnded', { size: format.size(progress.bytes) })
          : format.percent(progress?.fraction ?? 0)}
        {left !== undefined && ` · ${t('overview.left', { duration: format.duration(left) })}`}
      </span>
    </div>
  )
}
