/** Deleting a job: in a browser it asks for the job's name; in the desktop window the shell itself asks, and once is enough. */
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
import { desktop } from '../../api.ts'
import { ErrorDialog } from '../../components/error-dialog.tsx'
import { ErrorNote } from '../../components/note.tsx'
import { useAct } from '../../queries.ts'
import { goTo, linkTo, setLeaveGuard } from '../../route.ts'

interface Props {
  readonly job: Job
}

function useRemove() {
  return useAct('job.remove', () => {
    setLeaveGuard(undefined)
    goTo(linkTo('jobs'))
  })
}

export function DeleteJob({ job }: Props): ReactElement {
  return desktop === undefined ? <DeleteByName job={job} /> : <DeleteByShell job={job} />
}

function DeleteByShell({ job }: Props): ReactElement {
  const { t } = useTranslation()
  const remove = useRemove()
  return (
    <>
      <Button appearance="subtle" disabled={remove.isPending} onClick={() => remove.mutate({ job: job.id })}>
        {t('jobs.editor.delete')}
      </Button>
      <ErrorDialog action={remove} />
    </>
  )
}

function DeleteByName({ job }: Props): ReactElement {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const remove = useRemove()
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
