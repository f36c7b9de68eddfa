/** What another policy would remove, shown before it is saved; where something would go, that has to be agreed to. */
import { Checkbox, Spinner } from '@fluentui/react-components'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../../../electron/contract/job.ts'
import type { RetentionPlan } from '../../../electron/contract/retention.ts'
import { phraseIn } from '../../../electron/contract/words.ts'
import { useNow } from '../../clock.ts'
import { ErrorNote, Note } from '../../components/note.tsx'
import { useLanguage } from '../../components/words.ts'
import { Folded } from '../../forms/folded.tsx'
import { useFormat } from '../../format.ts'
import { useAsk } from '../../queries.ts'
import type { Draft } from './draft.ts'

export interface KeepPreview {
  readonly plans: readonly RetentionPlan[]
  readonly error: unknown
  /** What is shown is of an earlier question, or of none yet. */
  readonly isAsking: boolean
  readonly isAgreed: boolean
  readonly agree: (isAgreed: boolean) => void
  /** The policy must not be saved: nobody knows yet what would go, or nobody has agreed to it. */
  readonly isHeld: boolean
}

/** Nothing is asked for a new job, or while the policy is the saved one. */
export function useKeepPreview(job: Job | undefined, saved: Draft, draft: Draft): KeepPreview {
  const policy = JSON.stringify(draft.keep)
  const isChanged = job !== undefined && JSON.stringify(saved.keep) !== policy
  const preview = useAsk('cleanup.preview', isChanged ? { job: job.id, keep: draft.keep } : undefined)
  // For this policy alone: whoever turns the wheel further has to look again.
  const [agreed, setAgreed] = useState<string>()
  const plans = isChanged ? (preview.data ?? []) : []
  const isAsking = isChanged && preview.isPending
  const isAgreed = agreed === policy
  const hasRemovals = plans.some(({ deletes }) => deletes > 0)
  return {
    plans,
    error: isChanged ? preview.error : null,
    isAsking,
    isAgreed,
    agree: (is) => setAgreed(is ? policy : undefined),
    isHeld: isAsking || (hasRemovals && !isAgreed),
  }
}

export function KeepPreviewNote({ preview }: { readonly preview: KeepPreview }): ReactElement | null {
  const { t } = useTranslation()
  const { plans, error, isAsking, isAgreed, agree } = preview
  if (isAsking) return <Spinner size="tiny" labelPosition="after" label={t('jobs.keep.preview.asking')} />
  if (plans.length === 0) return <ErrorNote error={error} />
  const hasRemovals = plans.some(({ deletes }) => deletes > 0)
  return (
    <Note state={hasRemovals ? 'attention' : 'good'}>
      {plans.map((plan) => (
        <PlanLine key={plan.destination} plan={plan} />
      ))}
      {hasRemovals && (
        <Checkbox
          label={t('jobs.keep.preview.agree')}
          checked={isAgreed}
          onChange={(_, data) => agree(data.checked === true)}
        />
      )}
    </Note>
  )
}

function PlanLine({ plan }: { readonly plan: RetentionPlan }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const language = useLanguage()
  const place = plan.destinationName
  const [freeze] = plan.frozen
  if (freeze !== undefined) {
    const reason = phraseIn(freeze.code, freeze.detail, language)
    return <p>{t('jobs.keep.preview.frozen', { place, reason })}</p>
  }
  if (plan.deletes === 0) return <p>{t('jobs.keep.preview.nothing', { place })}</p>
  const stay = plan.total - plan.deletes
  const going = plan.sets.filter(({ action }) => action === 'delete')
  return (
    <div>
      <p>{t('jobs.keep.preview.goes', { place, count: plan.deletes, size: format.size(plan.deletedBytes), stay })}</p>
      <Folded title={t('jobs.keep.preview.which')}>
        <ul className="small">
          {going.map(({ set, at, reasons }) => (
            <li key={set}>
              {format.list([
                format.moment(at, now),
                ...reasons.map(({ code, detail }) => phraseIn(code, detail, language)),
              ])}
            </li>
          ))}
        </ul>
      </Folded>
    </div>
  )
}
