/** The job as six lines at the left: each part, what it says now, and whether it is filled in. */
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { StateMark } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { useAsk } from '../../queries.ts'
import { scheduleInWords } from '../../schedule.ts'
import { missingParts, parts, isFilled, type Draft, type Part } from './draft.ts'

function useSummaries(draft: Draft): Readonly<Record<Part, string>> {
  const { t } = useTranslation()
  const format = useFormat()
  const places = useAsk('destination.list', {}).data ?? []
  const nothing = t('jobs.editor.nothing')
  const cron = draft.schedule.full
  const named = draft.destinations.map((id) => places.find((place) => place.id === id)?.name ?? '')
  const promise = (minutes: number): string => t('state.promised', { duration: format.duration(minutes * 60) })
  return {
    what: format.list(draft.sources.filter(isFilled).map((source) => source.name)) || nothing,
    when: scheduleInWords(cron, t, format.language) ?? cron ?? '',
    where: format.list(named) || nothing,
    keep: t('jobs.keep.summary', { full: draft.keep.full }),
    protect: t(draft.prove === 'matched' ? 'state.proof.matched' : 'state.proof.restored'),
    promise: promise(draft.rpoMinutes),
  }
}

export function Outline({ draft }: { readonly draft: Draft }): ReactElement {
  const { t } = useTranslation()
  const summaries = useSummaries(draft)
  const [current, setCurrent] = useState<Part>('what')
  const missing = missingParts(draft)
  const show = (part: Part): void => {
    setCurrent(part)
    const section = document.getElementById(`part-${part}`)
    section?.scrollIntoView({ block: 'start' })
    section?.focus({ preventScroll: true })
  }
  return (
    <nav className="outline" aria-label={t('jobs.editor.parts')}>
      {parts.map((part) => {
        const isMissing = missing.includes(part)
        return (
          <button
            key={part}
            type="button"
            className={part === current ? 'on' : ''}
            onClick={() => show(part)}
            {...(part === current ? { 'aria-current': 'true' } : {})}
          >
            <span className="n0">
              <StateMark
                state={isMissing ? 'unknown' : 'good'}
                label={t(isMissing ? 'jobs.editor.open' : 'jobs.editor.done')}
              />
            </span>
            <b>{t(`jobs.editor.part.${part}`)}</b>
            <span className="cut">{summaries[part]}</span>
          </button>
        )
      })}
    </nav>
  )
}
