/** The frame of a page, and its three designed states besides the normal one: loading, error, empty. */
import { Button, Spinner } from '@fluentui/react-components'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactElement, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from './note.tsx'

interface HeadProps {
  readonly title: string
  /** The page above this one. */
  readonly above?: { readonly title: string; readonly link: string }
  readonly children?: ReactNode
}

export function PageHead({ title, above, children }: HeadProps): ReactElement {
  return (
    <div className="head">
      <div className="crumbs cut">
        {above !== undefined && (
          <>
            <a href={above.link}>{above.title}</a>
            <span className="sep" aria-hidden="true">
              {'›'}
            </span>
          </>
        )}
        <h1 className="cut">{title}</h1>
      </div>
      {children}
    </div>
  )
}

export function Loading(): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="blank">
      <Spinner size="small" label={t('shell.loading')} />
    </div>
  )
}

/** What stands in the place of data that is not there: loading, or the error with a way to try again. */
export function Waiting({ query }: { readonly query: Pick<UseQueryResult, 'error' | 'refetch'> }): ReactElement {
  const { t } = useTranslation()
  if (query.error === null) return <Loading />
  return (
    <ErrorNote error={query.error}>
      <Button className="mt2" size="small" onClick={() => void query.refetch()}>
        {t('shell.retry')}
      </Button>
    </ErrorNote>
  )
}

interface BlankProps {
  readonly icon: ReactElement
  readonly title: string
  readonly text: string
  readonly children?: ReactNode
}

export function Blank({ icon, title, text, children }: BlankProps): ReactElement {
  return (
    <div className="blank">
      {icon}
      <h2 className="t16">{title}</h2>
      <p className="dim prose">{text}</p>
      {children !== undefined && <div className="row wrap">{children}</div>}
    </div>
  )
}
