/** Deleting a job: asks for its name, and says that the backups stay. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
  Field,
  Input,
} from '@fluentui/react-components'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../../../electron/contract/job.ts'
import { ErrorNote } from '../../components/note.tsx'
import { useAct } from '../../queries.ts'
import { goTo, linkTo, setLeaveGuard } from '../../route.ts'

export function DeleteJob({ job }: { readonly job: Job }): ReactElement {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const remove = useAct('job.remove', () => {
    setLeaveGuard(undefined)
    goTo(linkTo('jobs'))
  })
  return (
    <Dialog onOpenChange={() => setTyped('')}>
      <DialogTrigger disableButtonEnhancement>
        <Button appearance="subtle">{t('jobs.editor.delete')}</Button>
      </DialogTrigger>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('jobs.delete.title', { name: job.name })}</DialogTitle>
          <DialogContent className="col gap3">
            <p className="prose">{t('jobs.delete.text')}</p>
            <Field label={t('jobs.delete.confirm')} hint={job.name}>
              <Input value={typed} onChange={(_, data) => setTyped(data.value)} />
            </Field>
            <ErrorNote error={remove.error} />
          </DialogContent>
          <DialogActions>
            <DialogTrigger disableButtonEnhancement>
              <Button>{t('shell.cancel')}</Button>
            </DialogTrigger>
            <Button
              appearance="primary"
              disabled={typed.trim() !== job.name || remove.isPending}
              onClick={() => remove.mutate({ job: job.id })}
            >
              {t('jobs.delete.button')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
