/** Says the error of an action that has no place of its own on the page, such as one from a menu. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, isDeclined } from './note.tsx'

interface Props {
  readonly action: { readonly error: unknown; reset(): void }
}

export function ErrorDialog({ action }: Props): ReactElement {
  const { t } = useTranslation()
  return (
    <Dialog open={action.error !== null && !isDeclined(action.error)} onOpenChange={() => action.reset()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('shell.error.failed')}</DialogTitle>
          <DialogContent>
            <ErrorNote error={action.error} />
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={() => action.reset()}>
              {t('shell.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
