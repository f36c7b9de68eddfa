/** Step 4: what came of it, with the counts compared. */
import { Button } from '@fluentui/react-components'
import { OpenRegular } from '@fluentui/react-icons/svg/open'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunRecord } from '../../../electron/contract/run.ts'
import { desktop } from '../../api.ts'
import { Compared } from '../../components/compared.tsx'
import { FindingNotes } from '../../components/finding-notes.tsx'
import { ErrorNote } from '../../components/note.tsx'
import { StateMark, markOfOutcome } from '../../components/state-mark.tsx'
import { CallError } from '../../../electron/contract/protocol.ts'
import { useFormat } from '../../format.ts'
import { goTo, linkTo } from '../../route.ts'
import { RestoreHead } from './steps.tsx'

function useSentence(run: RunRecord): string {
  const { t } = useTranslation()
  const name = run.jobName
  switch (run.outcome) {
    case 'failed':
      return t('restore.result.failed', { name })
    case 'cancelled':
      return t('restore.result.cancelled', { name })
    case 'good':
    case 'warning':
    case undefined:
      return t(run.target === undefined ? 'restore.result.goodTest' : 'restore.result.good', { name })
  }
}

function Outcome({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence(run)
  const seconds = run.finishedAt === undefined ? 0 : (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000
  const target = run.outcome === 'good' || run.outcome === 'warning' ? run.target : undefined
  const words = [
    t('restore.result.took', { duration: format.duration(seconds) }),
    ...(target !== undefined ? [t('restore.result.to', { path: target })] : []),
    t('restore.result.untouched'),
  ]
  return (
    <section className="card">
      <div className="hero">
        <StateMark state={markOfOutcome(run.outcome)} size={40} />
        <div className="grow breakable" role="status">
          <h2 className="light">{sentence}</h2>
          <p className="dim">{words.join(format.language === 'en' ? ' ' : '')}</p>
        </div>
        {desktop !== undefined && target !== undefined && (
          <Button icon={<OpenRegular />} onClick={() => void desktop?.openPath(target)}>
            {t('restore.result.open')}
          </Button>
        )}
      </div>
    </section>
  )
}

export function ResultStep({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  return (
    <>
      <div className="scroll">
        <RestoreHead title={t('restore.titleOf', { name: run.jobName })} step="result" />
        <Outcome run={run} />
        {run.error !== undefined && <ErrorNote error={new CallError(run.error)} />}
        <FindingNotes findings={run.findings.filter(({ weight }) => weight !== 'note')} />
        {run.compared !== undefined && <Compared compared={run.compared} />}
      </div>
      <div className="foot">
        <Button appearance="primary" onClick={() => goTo(linkTo('overview'))}>
          {t('restore.result.done')}
        </Button>
        <Button onClick={() => goTo(linkTo('restore'))}>{t('restore.result.again')}</Button>
        <Button className="end" appearance="subtle" onClick={() => goTo(linkTo('history', run.id))}>
          {t('restore.result.history')}
        </Button>
      </div>
    </>
  )
}
