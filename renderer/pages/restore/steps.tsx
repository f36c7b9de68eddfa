/** The four steps at the head of the page. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { StateMark } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'

const steps = ['choose', 'plan', 'run', 'result'] as const
export type Step = (typeof steps)[number]

export function RestoreHead({ title, step }: { readonly title: string; readonly step: Step }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const at = steps.indexOf(step)
  return (
    <div className="head">
      <h1 className="cut grow">{title}</h1>
      <ol className="path" aria-label={t('restore.steps.label')}>
        {steps.map((name, index) => (
          <li key={name} {...(index === at ? { 'className': 'on', 'aria-current': 'step' } : {})}>
            {index < at ? (
              <StateMark state="good" label={t('restore.stepDone')} />
            ) : (
              <span className="dot">{format.number(index + 1)}</span>
            )}
            {t(`restore.steps.${name}`)}
          </li>
        ))}
      </ol>
    </div>
  )
}
