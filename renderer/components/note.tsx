/** Notes in the page: a state with words, and an error said as what happened, what it means, what to do. */
import type { ReactElement, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CallError } from '../../electron/contract/protocol.ts'
import { errorOf } from '../api.ts'
import { StateMark, type MarkState } from './state-mark.tsx'
import { useLanguage, wordsOfError } from './words.ts'

interface NoteProps {
  readonly state: MarkState
  readonly children: ReactNode
  /** Announced by screen readers when it appears. */
  readonly urgent?: boolean
}

export function Note({ state, children, urgent = false }: NoteProps): ReactElement {
  return (
    <div className={`note ${state}`} {...(urgent ? { role: 'alert' } : {})}>
      <StateMark state={state} />
      <div className="grow breakable">{children}</div>
    </div>
  )
}

/** The person answered the shell's own question with no: what was asked for did not happen, and nothing went wrong. */
export function isDeclined(error: unknown): boolean {
  return error instanceof CallError && error.data.code === 'cancelled'
}

/** Nothing where there is no error. */
export function ErrorNote({
  error,
  children,
}: {
  readonly error: unknown
  readonly children?: ReactNode
}): ReactElement | null {
  const { t } = useTranslation()
  const language = useLanguage()
  if (error === null || error === undefined || isDeclined(error)) return null
  const data = errorOf(error)
  const words = wordsOfError(data, language)
  return (
    <Note state="failed" urgent>
      <p>{words.message}</p>
      {words.hint !== '' && <p className="dim mt1">{words.hint}</p>}
      <p className="small faint mono mt1">{t('shell.error.code', { code: data.code })}</p>
      {children}
    </Note>
  )
}
