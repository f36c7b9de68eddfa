/** Catches what a page throws while it is drawn, and says that the backups themselves go on. */
import { Button } from '@fluentui/react-components'
import { Component, type ReactElement, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { loadAgain } from '../api.ts'
import { Note } from './note.tsx'

interface Props {
  readonly children: ReactNode
}

function Stumbled({ error }: { readonly error: Error }): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="scroll">
      <Note state="failed" urgent>
        <h1 className="t16">{t('shell.pageError.title')}</h1>
        <p className="mt1">{t('shell.pageError.text')}</p>
        <p className="mono mt2">{error.message}</p>
        <Button className="mt2" onClick={loadAgain}>
          {t('shell.pageError.reload')}
        </Button>
      </Note>
    </div>
  )
}

export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override readonly state: { readonly error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error }
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <Stumbled error={this.state.error} />
  }
}
