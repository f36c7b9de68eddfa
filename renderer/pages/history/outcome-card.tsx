/** A run's outcome in one sentence with its facts; while it runs, its live progress. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { CallError } from '../../../electron/contract/protocol.ts'
import type { RunRecord } from '../../../electron/contract/run.ts'
import { useNow } from '../../clock.ts'
import { ProgressLine } from '../../components/bar.tsx'
import { Facts, type Fact } from '../../components/facts.tsx'
import { ErrorNote } from '../../components/note.tsx'
import { Proof } from '../../components/proof.tsx'
import { StateMark, markOfOutcome } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { useProgress } from '../../queries.ts'
import { meaningOf, outcomeSentence, proofOf, secondsOf } from './run-words.ts'

function useFacts(run: RunRecord): readonly Fact[] {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(run.outcome === undefined ? 1_000 : 60_000)
  const live = useProgress(run.id)
  const { bytesRead = run.bytesRead, bytesStored = run.bytesStored } = live ?? {}
  return [
    { name: t('history.facts.took'), value: format.duration(Math.round(secondsOf(run, now) * 10) / 10) },
    { name: t('history.facts.read'), value: format.size(bytesRead) },
    { name: t('history.facts.stored'), value: format.size(bytesStored) },
    { name: t('history.facts.by'), value: t(`state.trigger.${run.trigger}`) },
    { name: t('history.facts.run'), value: <span className="mono">{run.id}</span> },
  ]
}

function Live({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const progress = useProgress(run.id)
  const isOpen = progress?.openEnded === true
  return (
    <div className="col gap1 mt3">
      <ProgressLine thick fraction={isOpen ? undefined : (progress?.fraction ?? 0)} label={t('history.progress')} />
      {progress !== undefined && (
        <div className="row small dim gap3">
          {!isOpen && <span>{format.percent(progress.fraction)}</span>}
          <span>
            {format.size(progress.bytes)}
            {progress.totalBytes !== undefined && ` / ${format.size(progress.totalBytes)}`}
          </span>
          <span>{format.rate(progress.rate)}</span>
          {isOpen && <span className="end">{t('history.outcome.openEnded')}</span>}
          {progress.secondsLeft !== undefined && (
            <span className="end">{t('history.left', { duration: format.duration(progress.secondsLeft) })}</span>
          )}
        </div>
      )}
    </div>
  )
}

export function OutcomeCard({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const progress = useProgress(run.id)
  const meaning = meaningOf(run, t)
  const proof = proofOf(run)
  const facts = useFacts(run)
  return (
    <section className="card">
      <div className="hero">
        <StateMark state={markOfOutcome(run.outcome)} size={32} />
        <div className="grow breakable">
          <div role="status">
            <h2 className="t16">{outcomeSentence(run, progress, t)}</h2>
          </div>
          {meaning !== undefined && <p className="dim">{meaning}</p>}
          {run.error !== undefined && (
            <div className="mt2">
              <ErrorNote error={new CallError(run.error)} />
            </div>
          )}
          {run.outcome === undefined && <Live run={run} />}
        </div>
        {proof !== undefined && <Proof level={proof} />}
      </div>
      <Facts facts={facts} />
    </section>
  )
}
