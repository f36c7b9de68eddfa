/** The job editor's page: fetches the job, or starts from a preset, and hands a draft to the form. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Waiting } from '../../components/page.tsx'
import { useAsk } from '../../queries.ts'
import { draftOf, draftOfJob, presets, sourceNames } from './draft.ts'
import { Editor } from './editor.tsx'

interface Props {
  /** A job's id, or `new`. */
  readonly id: string
  readonly query: Readonly<Record<string, string>>
}

export function EditorPage({ id, query }: Props): ReactElement {
  const { t } = useTranslation()
  const job = useAsk('job.show', id === 'new' ? undefined : { job: id })
  if (id === 'new') {
    const preset = presets.find((known) => known === query['preset']) ?? 'blank'
    const name = preset === 'blank' ? '' : t(`jobs.name.${preset}`)
    return <Editor key={preset} saved={draftOf(preset, name, sourceNames(t))} preset={preset} />
  }
  if (job.data === undefined) {
    return (
      <div className="scroll">
        <h1 className="sr">{t('jobs.title')}</h1>
        <Waiting query={job} />
      </div>
    )
  }
  return <Editor key={job.data.id} job={job.data} saved={draftOfJob(job.data)} startAt={query['part']} />
}
