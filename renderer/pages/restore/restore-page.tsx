/** Restore: choose, see the plan in words, watch it, see the counts compared. A new place is the default. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Waiting } from '../../components/page.tsx'
import { useAsk, useRun } from '../../queries.ts'
import { ChooseStep } from './choose-step.tsx'
import { PlanStep } from './plan-step.tsx'
import { ResultStep } from './result-step.tsx'
import { RunningStep } from './running-step.tsx'

interface Props {
  readonly query: Readonly<Record<string, string>>
}

function ByRun({ run }: { readonly run: string }): ReactElement {
  const { t } = useTranslation()
  const query = useRun(run)
  if (query.data === undefined) {
    return (
      <div className="scroll">
        <h1 className="sr">{t('restore.title')}</h1>
        <Waiting query={query} />
      </div>
    )
  }
  return query.data.outcome === undefined ? <RunningStep run={query.data} /> : <ResultStep run={query.data} />
}

/** Absolute, on any system: the folder of a backup, which no list knows. */
const absolute = /^([/\\]|[a-z]:[/\\])/i

/** `JOB/latest` is a name that only the agent can read: it says which backup is meant. */
function BySet({ set }: { readonly set: string }): ReactElement {
  const { t } = useTranslation()
  const isFolder = absolute.test(set)
  const detail = useAsk('set.show', isFolder ? undefined : { set })
  if (isFolder) return <PlanStep reference={set} info={undefined} />
  if (detail.data === undefined) {
    return (
      <div className="scroll">
        <h1 className="sr">{t('restore.title')}</h1>
        <Waiting query={detail} />
      </div>
    )
  }
  return <PlanStep reference={set} info={detail.data.info} />
}

export function RestorePage({ query }: Props): ReactElement {
  const { run, set, job } = query
  if (run !== undefined) return <ByRun run={run} />
  if (set !== undefined) return <BySet set={set} />
  return <ChooseStep job={job} />
}
