/** The job as parts at the left and forms at the right, with a bar that says what is not saved. */
import { Switch } from '@fluentui/react-components'
import { useEffect, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../../../electron/contract/job.ts'
import { PageHead } from '../../components/page.tsx'
import { linkTo, setLeaveGuard } from '../../route.ts'
import { changedParts, type Draft, type Part, type Preset } from './draft.ts'
import { KeepPart, PromisePart, ProtectPart } from './keep-parts.tsx'
import { useKeepPreview } from './keep-preview.tsx'
import { Outline } from './outline.tsx'
import { SaveBar } from './save-bar.tsx'
import { WhatPart } from './what-part.tsx'
import { WhenPart } from './when-part.tsx'
import { WherePart } from './where-part.tsx'

interface Props {
  readonly saved: Draft
  readonly job?: Job
  readonly preset?: Preset
  readonly startAt?: string | undefined
}

export interface PartProps {
  readonly draft: Draft
  readonly change: (change: Partial<Draft>) => void
}

/** Asks before unsaved changes are left behind, inside the page and when the window closes. */
function useLeaveQuestion(isDirty: boolean, question: string): void {
  useEffect(() => {
    if (!isDirty) return undefined
    const beforeUnload = (event: BeforeUnloadEvent): void => event.preventDefault()
    setLeaveGuard(() => window.confirm(question))
    window.addEventListener('beforeunload', beforeUnload)
    return () => {
      setLeaveGuard(undefined)
      window.removeEventListener('beforeunload', beforeUnload)
    }
  }, [isDirty, question])
}

export function Editor({ saved, job, preset, startAt }: Props): ReactElement {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(saved)
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }))
  const changed: readonly Part[] = changedParts(saved, draft)
  useLeaveQuestion(changed.length > 0, t('jobs.editor.leave'))
  useEffect(() => {
    if (startAt !== undefined) document.getElementById(`part-${startAt}`)?.scrollIntoView()
  }, [startAt])
  const part = { draft, change }
  const preview = useKeepPreview(job, saved, draft)
  return (
    <>
      <div className="scroll">
        <PageHead
          title={job?.name ?? t('jobs.editor.newTitle')}
          above={{ title: t('jobs.title'), link: linkTo('jobs') }}
        >
          {preset !== undefined && preset !== 'blank' && (
            <span className="tag">{t('jobs.editor.preset', { name: t(`jobs.presets.${preset}`) })}</span>
          )}
          <Switch
            className="end"
            labelPosition="before"
            label={t('jobs.editor.enabled')}
            checked={draft.enabled}
            onChange={(_, data) => change({ enabled: data.checked })}
          />
        </PageHead>
        <div className="editor">
          <Outline draft={draft} />
          <div className="col gap3">
            <WhatPart {...part} />
            <WhenPart {...part} />
            <WherePart {...part} />
            <KeepPart {...part} preview={preview} />
            <ProtectPart {...part} />
            <PromisePart {...part} />
          </div>
        </div>
      </div>
      <SaveBar
        job={job}
        draft={draft}
        changed={changed}
        isHeld={preview.isHeld}
        onDraft={setDraft}
        onDiscard={() => setDraft(saved)}
      />
    </>
  )
}
