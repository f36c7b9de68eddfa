/** Step 3: how far the restore is, what happens if the power fails, and how to stop it. */
import { Button } from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunRecord } from '../../../electron/contract/run.ts'
import { useNow } from '../../clock.ts'
import { ProgressLine } from '../../components/bar.tsx'
import { ErrorNote } from '../../components/note.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { useAct, useProgress } from '../../queries.ts'
import { RestoreHead } from './steps.tsx'

function Figures({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(1_000)
  const progress = useProgress(run.id)
  const begun = t('restore.running.begun', {
    when: format.timeWithSeconds(run.startedAt),
    duration: format.duration(Math.max(0, Math.floor((now - Date.parse(run.startedAt)) / 1000))),
  })
  return (
    <div className="row small dim mt2 gap3">
      {progress !== undefined && (
        <>
          <span>{format.percent(progress.fraction)}</span>
          <span>
            {format.size(progress.bytes)}
            {progress.totalBytes !== undefined && ` / ${format.size(progress.totalBytes)}`}
          </span>
          <span>{format.rate(progress.rate)}</span>
        </>
      )}
      <span className="end">{begun}</span>
    </div>
  )
}

export function RunningStep({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const progress = useProgress(run.id)
  const cancel = useAct('run.cancel')
  const stage = progress === undefined ? t('overview.starting') : t(`state.stage.${progress.stage}`)
  const left = progress?.secondsLeft
  return (
    <div className="scroll">
      <RestoreHead title={t('restore.titleOf', { name: run.jobName })} step="run" />
      <section className="card pad">
        <div className="row gap4 top">
          <StateMark state="running" size={40} />
          <div className="grow">
            <h2 className="light">{t('restore.running.title', { stage })}</h2>
            <p className="dim">
              {left !== undefined && `${t('restore.running.left', { duration: format.duration(left) })} `}
              {t('restore.running.text')}
            </p>
          </div>
          <Button disabled={cancel.isPending || cancel.isSuccess} onClick={() => cancel.mutate({ run: run.id })}>
            {t('restore.running.stop')}
          </Button>
        </div>
        <div className="mt3">
          <ProgressLine thick fraction={progress?.fraction ?? 0} label={t('restore.running.progress')} />
        </div>
        <Figures run={run} />
        <ErrorNote error={cancel.error} />
      </section>
      <section className="card" aria-labelledby="power-title">
        <header>
          <h2 id="power-title">{t('restore.running.power')}</h2>
        </header>
        <div className="body prose">{t('restore.running.powerText')}</div>
      </section>
    </div>
  )
}
