/** The plan in words: what is done in which order, what it needs, and what stays as it is. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactElement, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RestorePlan, RestoreRequest } from '../../../electron/contract/restore.ts'
import { useNow } from '../../clock.ts'
import { FindingNotes } from '../../components/finding-notes.tsx'
import { Note } from '../../components/note.tsx'
import { Waiting } from '../../components/page.tsx'
import { useFormat } from '../../format.ts'

interface StepLine {
  readonly text: string
  readonly below?: ReactNode
  readonly right?: string
}

function useLines(plan: RestorePlan | undefined, place: string, isTest: boolean): readonly StepLine[] {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(60_000)
  if (plan === undefined) return []
  const counts = (item: RestorePlan['items'][number]): string =>
    format.beside(
      item.tables === undefined ? '' : t('restore.plan.tables', { count: item.tables }),
      item.files === undefined
        ? ''
        : t('restore.plan.files', { count: item.files, formatted: format.number(item.files) }),
      format.size(item.bytes),
    )
  return [
    {
      text: t('restore.plan.fetch', { when: format.moment(plan.set.at, now), place }),
      below: t('restore.plan.fetchText'),
    },
    ...plan.items.map((item) => ({
      text: t('restore.plan.write', { name: item.source }),
      below: isTest ? undefined : <span className="mono breakable">{item.to}</span>,
      right: counts(item),
    })),
    { text: t('restore.plan.check'), below: t('restore.plan.checkText') },
    ...(isTest ? [{ text: t('restore.plan.remove') }] : []),
  ]
}

interface Props {
  readonly request: RestoreRequest | undefined
  readonly query: UseQueryResult<RestorePlan>
  /** What is said while something is missing. */
  readonly waiting: string
  /** Where the backup lies, in words. */
  readonly place: string
}

function Sides({ plan, isTest }: { readonly plan: RestorePlan; readonly isTest: boolean }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const { bytesNeeded, bytesFree } = plan
  const fits = bytesFree === undefined || bytesNeeded <= bytesFree
  return (
    <div className="col gap3">
      <section className="card" aria-labelledby="stays-title">
        <header>
          <h2 id="stays-title">{t('restore.plan.where')}</h2>
        </header>
        <div className="body prose breakable">
          {isTest ? t('restore.plan.untouchedTest') : t('restore.plan.untouched', { path: plan.target })}
        </div>
      </section>
      {bytesFree !== undefined && (
        <Note state={fits ? 'good' : 'failed'}>
          {t(fits ? 'restore.plan.space' : 'restore.plan.noSpace', {
            needed: format.size(bytesNeeded),
            free: format.size(bytesFree),
          })}
        </Note>
      )}
      <FindingNotes findings={plan.warnings} />
    </div>
  )
}

export function Plan({ request, query, place, waiting }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const isTest = request?.testMode === true
  const plan = query.data
  const lines = useLines(plan, place, isTest)
  if (request === undefined) return <p className="faint">{waiting}</p>
  if (plan === undefined) return <Waiting query={query} />
  return (
    <div className="cols">
      <section className="card" aria-labelledby="plan-title">
        <header>
          <h2 id="plan-title">{t('restore.plan.title')}</h2>
          <span className="end small faint">
            {plan.estimatedSeconds === undefined
              ? t('restore.plan.noTime')
              : t('restore.plan.time', { duration: format.duration(plan.estimatedSeconds) })}
          </span>
        </header>
        <ol className="plan">
          {lines.map((line, index) => (
            <li key={`${index} ${line.text}`}>
              <span className="k">{format.number(index + 1)}</span>
              <span className="breakable">{line.text}</span>
              <span className="t">{line.right}</span>
              {line.below !== undefined && <span className="small faint">{line.below}</span>}
            </li>
          ))}
        </ol>
      </section>
      <Sides plan={plan} isTest={isTest} />
    </div>
  )
}
