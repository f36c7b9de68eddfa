/** One part of the editor: a card with a heading that the outline can jump to. */
import type { ReactElement, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Part as PartName } from './draft.ts'

interface Props {
  readonly part: PartName
  /** Buttons at the right of the heading. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function Part({ part, actions, children }: Props): ReactElement {
  const { t } = useTranslation()
  return (
    <section className="card step" id={`part-${part}`} tabIndex={-1} aria-labelledby={`part-${part}-title`}>
      <header>
        <h2 id={`part-${part}-title`} className="grow">
          {t(`jobs.editor.part.${part}`)}
        </h2>
        {actions}
      </header>
      {children}
    </section>
  )
}
