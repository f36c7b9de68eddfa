/** Every run, filterable; only the rows in sight are drawn, and only their pages are asked for. */
import { HistoryRegular } from '@fluentui/react-icons/svg/history'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { outcomes, runKinds } from '../../../electron/contract/run.ts'
import type { ParamsIn } from '../../../electron/contract/rpc.ts'
import { Choice } from '../../components/choice.tsx'
import { Blank, Waiting } from '../../components/page.tsx'
import { useFormat } from '../../format.ts'
import { useAsk } from '../../queries.ts'
import { linkTo, replaceTo } from '../../route.ts'
import { RunList } from './run-list.tsx'

interface Props {
  readonly query: Readonly<Record<string, string>>
}

export type RunFilter = Pick<ParamsIn<'run.list'>, 'job' | 'kind' | 'outcome'>
const ALL = 'all'

function filterOf(query: Props['query']): RunFilter {
  const kind = runKinds.find((known) => known === query['kind'])
  const outcome = outcomes.find((known) => known === query['outcome'])
  return {
    ...(query['job'] === undefined ? {} : { job: query['job'] }),
    ...(kind === undefined ? {} : { kind }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

function Filters({ query }: Props): ReactElement {
  const { t } = useTranslation()
  const jobs = useAsk('job.list', {}).data ?? []
  const set = (name: string, value: string): void =>
    replaceTo(linkTo('history', undefined, { ...query, [name]: value === ALL ? undefined : value }))
  const allKinds = [ALL, t('history.filters.allKinds')] as const
  const allOutcomes = [ALL, t('history.filters.allOutcomes')] as const
  const choices = [
    ['job', [[ALL, t('history.filters.allJobs')] as const, ...jobs.map((job) => [job.id, job.name] as const)]],
    ['kind', [allKinds, ...runKinds.map((kind) => [kind as string, t(`state.run.${kind}`)] as const)]],
    [
      'outcome',
      [allOutcomes, ...outcomes.map((outcome) => [outcome as string, t(`state.outcome.${outcome}`)] as const)],
    ],
  ] as const
  return (
    <div className="row end">
      {choices.map(([name, options]) => (
        <Choice
          key={name}
          quiet
          label={t(`history.filters.${name}`)}
          value={query[name] ?? ALL}
          options={options}
          onChange={(value) => set(name, value)}
        />
      ))}
    </div>
  )
}

export function HistoryPage({ query }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const filter = filterOf(query)
  const first = useAsk('run.list', { ...filter, limit: 1 }, { keep: true })
  const total = first.data?.total
  return (
    <div className="fill">
      <div className="head page-head">
        <h1>{t('history.title')}</h1>
        {total !== undefined && (
          <span className="small faint">{t('history.count', { count: total, formatted: format.number(total) })}</span>
        )}
        <Filters query={query} />
      </div>
      {total === undefined && <Waiting query={first} />}
      {total === 0 && (
        <Blank
          icon={<HistoryRegular fontSize={48} />}
          title={t('history.empty.title')}
          text={t('history.empty.text')}
        />
      )}
      {total !== undefined && total > 0 && <RunList key={JSON.stringify(filter)} filter={filter} total={total} />}
    </div>
  )
}
