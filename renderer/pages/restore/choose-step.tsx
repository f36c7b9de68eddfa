/** Step 1: the newest backup of each job, another date, or a backup from elsewhere. */
import { Button } from '@fluentui/react-components'
import { ArrowCounterclockwiseRegular } from '@fluentui/react-icons/svg/arrow-counterclockwise'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobSummary } from '../../../electron/contract/summary.ts'
import { useNow } from '../../clock.ts'
import { SourceIcon } from '../../components/icons.tsx'
import { Waiting } from '../../components/page.tsx'
import { PathField } from '../../components/path-field.tsx'
import { Proof } from '../../components/proof.tsx'
import { useFormat } from '../../format.ts'
import { useStatus } from '../../queries.ts'
import { goTo, linkTo } from '../../route.ts'
import { RestoreHead } from './steps.tsx'

function JobChoice({ job }: { readonly job: JobSummary }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const { newest } = job
  return (
    <li className="row choice">
      <SourceIcon kind={job.kinds[0] ?? 'files'} />
      <div className="two grow">
        <b className="cut">{job.name}</b>
        {newest === undefined ? (
          <span className="small faint">{t('restore.choose.none')}</span>
        ) : (
          <span className="row small dim">
            {format.beside(format.age(newest.at, now), format.moment(newest.at, now))} <Proof level={newest.proof} />
          </span>
        )}
      </div>
      <Button onClick={() => goTo(linkTo('backups', undefined, { job: job.job }))}>{t('restore.choose.other')}</Button>
      <Button
        icon={<ArrowCounterclockwiseRegular />}
        disabled={newest === undefined}
        onClick={() => newest !== undefined && goTo(linkTo('restore', undefined, { set: `${job.slug}/latest` }))}
      >
        {t('restore.choose.pick')}
      </Button>
    </li>
  )
}

function FromFolder(): ReactElement {
  const { t } = useTranslation()
  const [path, setPath] = useState('')
  return (
    <form
      className="card step"
      onSubmit={(event) => {
        event.preventDefault()
        goTo(linkTo('restore', undefined, { set: path.trim() }))
      }}
    >
      <header>
        <h2>{t('restore.choose.folder')}</h2>
      </header>
      <p className="dim">{t('restore.choose.folderText')}</p>
      <PathField label={t('restore.choose.folderPath')} value={path} pick="folder" onChange={setPath} />
      <div>
        <Button type="submit" disabled={path.trim() === ''}>
          {t('restore.choose.use')}
        </Button>
      </div>
    </form>
  )
}

export function ChooseStep({ job }: { readonly job: string | undefined }): ReactElement {
  const { t } = useTranslation()
  const status = useStatus()
  const jobs = status.data?.jobs.filter((known) => job === undefined || known.job === job)
  return (
    <div className="scroll">
      <RestoreHead title={t('restore.title')} step="choose" />
      {jobs === undefined && <Waiting query={status} />}
      {jobs !== undefined && jobs.length > 0 && (
        <section className="card" aria-labelledby="choose-title">
          <header>
            <h2 id="choose-title">{t('restore.choose.title')}</h2>
          </header>
          <ul className="body">
            {jobs.map((known) => (
              <JobChoice key={known.job} job={known} />
            ))}
          </ul>
        </section>
      )}
      <FromFolder />
    </div>
  )
}
