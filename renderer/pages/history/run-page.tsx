/** One run: its outcome in one sentence, the facts, the stages on a time bar, what was found, and the log. */
import { Button } from '@fluentui/react-components'
import { CopyRegular } from '@fluentui/react-icons/svg/copy'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunRecord } from '../../../electron/contract/run.ts'
import { call } from '../../api.ts'
import { useNow } from '../../clock.ts'
import { Compared } from '../../components/compared.tsx'
import { ErrorDialog } from '../../components/error-dialog.tsx'
import { PageHead, Waiting } from '../../components/page.tsx'
import { useFormat } from '../../format.ts'
import { useAct, useRun } from '../../queries.ts'
import { goTo, linkTo } from '../../route.ts'
import { Findings } from './findings.tsx'
import { Log } from './log.tsx'
import { OutcomeCard } from './outcome-card.tsx'
import { Stages } from './stages.tsx'

/** Everything a helper asks for, as text; the agent redacts secrets before they are logged. */
async function diagnosticsOf(run: RunRecord): Promise<string> {
  const info = await call('agent.info', {})
  const log = await call('run.log', { run: run.id, limit: 2000 })
  const lines = log.lines.map((line) => `${line.at} ${line.level} ${line.text}`)
  return [JSON.stringify(info, null, 2), JSON.stringify(run, null, 2), ...lines].join('\n')
}

function CopyButton({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(await diagnosticsOf(run))
    setCopied(true)
  }
  return (
    <Button appearance="primary" icon={<CopyRegular />} onClick={() => void copy()}>
      <span role="status">{t(isCopied ? 'history.copied' : 'history.copy')}</span>
    </Button>
  )
}

function CancelButton({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const cancel = useAct('run.cancel')
  return (
    <>
      <Button
        title={t('history.cancelText')}
        disabled={cancel.isPending || cancel.isSuccess}
        onClick={() => cancel.mutate({ run: run.id })}
      >
        {t('history.cancel')}
      </Button>
      <ErrorDialog action={cancel} />
    </>
  )
}

function Head({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const set = run.sets[0]?.set ?? run.subject
  const kind = run.type === undefined ? t(`state.run.${run.kind}`) : t(`state.type.${run.type}`)
  return (
    <PageHead
      title={t('history.crumb', { name: run.jobName, kind })}
      above={{ title: t('history.title'), link: linkTo('history') }}
    >
      <span className="faint nowrap">{format.moment(run.startedAt, now)}</span>
      <div className="row end">
        {run.outcome === undefined && <CancelButton run={run} />}
        {set !== undefined && (
          <Button onClick={() => goTo(linkTo('backups', undefined, { job: run.job, set }))}>
            {t(run.kind === 'backup' && run.outcome === 'failed' ? 'history.openKept' : 'history.openSet')}
          </Button>
        )}
        <CopyButton run={run} />
      </div>
    </PageHead>
  )
}

export function RunPage({ run: id }: { readonly run: string }): ReactElement {
  const { t } = useTranslation()
  const query = useRun(id)
  const run = query.data
  if (run === undefined) {
    return (
      <div className="scroll">
        <PageHead title={id} above={{ title: t('history.title'), link: linkTo('history') }} />
        <Waiting query={query} />
      </div>
    )
  }
  return (
    <div className="scroll">
      <Head run={run} />
      <OutcomeCard run={run} />
      <Stages run={run} />
      {run.compared !== undefined && <Compared compared={run.compared} />}
      <div className="cols run-cols">
        <Findings findings={run.findings} />
        <Log run={run.id} isRunning={run.outcome === undefined} />
      </div>
    </div>
  )
}
