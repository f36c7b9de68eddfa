/** What the pages say when the agent is silent, or lets this browser in no more. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../clock.ts'
import { useFormat } from '../format.ts'
import type { Connection } from '../connection.ts'
import { Button } from '@fluentui/react-components'
import { desktop } from '../api.ts'
import type { Language } from '../../electron/contract/words.ts'
import type { ErrorData } from '../../electron/contract/error.ts'
import { Note } from './note.tsx'
import { useLanguage, wordsOfError } from './words.ts'

export function Stale({ connection }: { readonly connection: Connection }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const words = wordsOfStale(connection.error, useLanguage())
  return (
    <div className="banner">
      <Note state="unknown" urgent>
        <strong>
          {connection.wasHeard
            ? t('shell.stale.title', { when: format.moment(connection.lastHeard, now) })
            : t('shell.stale.never')}
        </strong>
        <p>{t(connection.wasHeard ? 'shell.stale.text' : 'shell.stale.neverText')}</p>
        {words !== undefined && <p className="mt1">{words}</p>}
        {desktop !== undefined && (
          <Button size="small" className="mt2" onClick={() => void desktop?.link.retry()}>
            {t('shell.retry')}
          </Button>
        )}
      </Note>
    </div>
  )
}

/** That nobody answers is said already; another reason is worth its words. */
function wordsOfStale(error: ErrorData | undefined, language: Language): string | undefined {
  if (error === undefined || error.code === 'agent-unreachable') return undefined
  const words = wordsOfError(error, language)
  return `${words.message} ${words.hint}`
}

export function SignedOut(): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="blank">
      <h1>{t('shell.signIn.title')}</h1>
      <p className="dim prose">{t('shell.signIn.text')}</p>
      <p className="mono mt1">{t('shell.signIn.command')}</p>
      <p className="dim prose mt1">{t('shell.signIn.checkout', { command: 'npm run -s sitekeep -- open' })}</p>
    </div>
  )
}
