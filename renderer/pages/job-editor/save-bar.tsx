/** The bar below the editor: what is not saved, what is missing, saving, and deleting. */
import { Button } from '@fluentui/react-components'
import { PlayRegular } from '@fluentui/react-icons/svg/play'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../../../electron/contract/job.ts'
import { ErrorNote } from '../../components/note.tsx'
import { useFormat } from '../../format.ts'
import { useAct } from '../../queries.ts'
import { goTo, linkTo, setLeaveGuard } from '../../route.ts'
import { DeleteJob } from './delete-job.tsx'
import { draftOfJob, filledOnly, missingParts, type Draft, type Part } from './draft.ts'

interface Props {
  readonly job: Job | undefined
  readonly draft: Draft
  readonly changed: readonly Part[]
  /** Something would be removed that nobody has agreed to yet. */
  readonly isHeld: boolean
  readonly onDraft: (draft: Draft) => void
  readonly onDiscard: () => void
}

/** Saves as a new job or over the known one; `onSaved` gets the job as the agent keeps it. */
function useSave(job: Job | undefined, onDraft: (draft: Draft) => void) {
  const add = useAct('job.add')
  const edit = useAct('job.edit')
  const start = useAct('backup.start', ({ run }) => goTo(linkTo('history', run)))
  const save = (draft: Draft, andRun: boolean): void => {
    const onSuccess = (saved: Job): void => {
      // The page moves on by itself: what is on it is saved now.
      setLeaveGuard(undefined)
      onDraft(draftOfJob(saved))
      if (andRun) start.mutate({ job: saved.id })
      else if (job === undefined) goTo(linkTo('jobs', saved.id))
    }
    const wanted = filledOnly(draft)
    if (job === undefined) add.mutate({ draft: wanted }, { onSuccess })
    else edit.mutate({ job: job.id, draft: wanted }, { onSuccess })
  }
  return {
    save,
    isBusy: add.isPending || edit.isPending || start.isPending,
    error: add.error ?? edit.error ?? start.error,
  }
}

export function SaveBar({ job, draft, changed, isHeld, onDraft, onDiscard }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const { save, isBusy, error } = useSave(job, onDraft)
  const isBlocked = isBusy || isHeld
  const missing = missingParts(draft)
  const isNew = job === undefined
  const names = (list: readonly Part[]): string => format.list(list.map((part) => t(`jobs.editor.part.${part}`)))
  const state =
    missing.length > 0
      ? t('jobs.editor.incomplete', { parts: names(missing) })
      : changed.length > 0
        ? t('jobs.editor.unsaved', { count: changed.length, parts: names(changed) })
        : isNew
          ? ''
          : t('jobs.editor.saved')
  const canSave = missing.length === 0 && !isBlocked && (isNew || changed.length > 0)
  return (
    <>
      {error !== null && (
        <div className="foot">
          <ErrorNote error={error} />
        </div>
      )}
      <div className="foot">
        <Button appearance="primary" disabled={!canSave} onClick={() => save(draft, false)}>
          {t('jobs.editor.save')}
        </Button>
        <Button disabled={changed.length === 0 || isBusy} onClick={onDiscard}>
          {t('jobs.editor.discard')}
        </Button>
        <span className="dim cut grow" role="status">
          {state}
        </span>
        {job !== undefined && <DeleteJob job={job} />}
        <Button
          appearance="subtle"
          icon={<PlayRegular />}
          disabled={missing.length > 0 || isBlocked}
          onClick={() => save(draft, true)}
        >
          {t('jobs.editor.saveAndRun')}
        </Button>
      </div>
    </>
  )
}
