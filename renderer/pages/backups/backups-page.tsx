/** Backups: a timeline of sets with their proof, gaps included, and one set in detail beside it. */
import { ArchiveRegular } from '@fluentui/react-icons/svg/archive'
import { Button } from '@fluentui/react-components'
import { useMemo, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../clock.ts'
import { Choice } from '../../components/choice.tsx'
import { Blank, Loading, Waiting } from '../../components/page.tsx'
import { useFormat } from '../../format.ts'
import { useAsk } from '../../queries.ts'
import { goTo, linkTo, replaceTo } from '../../route.ts'
import { SetDetailPane } from './set-detail.tsx'
import { Timeline } from './timeline.tsx'
import { groupSets, timelineOf, type SetGroup } from './group-sets.ts'

interface Props {
  readonly query: Readonly<Record<string, string>>
}

const PAGE = 500
const MOST = 1000
const NONE = 'all'

function Head({ query, groups }: Props & { readonly groups: readonly SetGroup[] }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const jobs = useAsk('job.list', {}).data ?? []
  const oldest = groups.at(-1)
  const bytes = groups.reduce((sum, group) => sum + group.copies.reduce((all, copy) => all + copy.bytes, 0), 0)
  const options = [[NONE, t('backups.allJobs')] as const, ...jobs.map((job) => [job.id, job.name] as const)]
  return (
    <div className="head page-head">
      <h1>{t('backups.title')}</h1>
      <Choice
        quiet
        label={t('backups.job')}
        value={query['job'] ?? NONE}
        options={options}
        onChange={(job) => goTo(linkTo('backups', undefined, { job: job === NONE ? undefined : job }))}
      />
      <span className="small faint hide-narrow">
        {t('backups.count', { count: groups.length, size: format.size(bytes) })}
        {oldest !== undefined && ` · ${t('backups.oldest', { when: format.age(oldest.at, now) })}`}
      </span>
    </div>
  )
}

function useTimeline(job: string | undefined, limit: number) {
  const only = job === undefined ? {} : { job }
  const sets = useAsk('set.list', { ...only, limit }, { keep: true })
  const failed = useAsk('run.list', { ...only, kind: 'backup', outcome: 'failed', limit: 200 })
  const groups = useMemo(() => groupSets(sets.data?.sets ?? []), [sets.data])
  const days = useMemo(() => timelineOf(groups, failed.data?.runs ?? []), [groups, failed.data])
  return { sets, groups, days }
}

function Empty(): ReactElement {
  const { t } = useTranslation()
  return (
    <Blank icon={<ArchiveRegular fontSize={48} />} title={t('backups.empty.title')} text={t('backups.empty.text')}>
      <Button appearance="primary" onClick={() => goTo(linkTo('jobs'))}>
        {t('backups.empty.action')}
      </Button>
    </Blank>
  )
}

export function BackupsPage({ query }: Props): ReactElement {
  const { t } = useTranslation()
  const [limit, setLimit] = useState(PAGE)
  const { sets, groups, days } = useTimeline(query['job'], limit)
  const chosen = groups.find((group) => group.id === query['set']) ?? groups[0]
  if (sets.data === undefined) {
    return (
      <div className="scroll">
        <h1 className="sr">{t('backups.title')}</h1>
        {sets.error === null ? <Loading /> : <Waiting query={sets} />}
      </div>
    )
  }
  const hasMore = sets.data.total > sets.data.sets.length && limit < MOST
  return (
    <div className="fill">
      <Head query={query} groups={groups} />
      {chosen === undefined ? (
        <Empty />
      ) : (
        <div className="panes">
          <Timeline
            days={days}
            chosen={chosen.id}
            showJob={query['job'] === undefined}
            onChoose={(set) => replaceTo(linkTo('backups', undefined, { job: query['job'], set }))}
            onOlder={hasMore ? () => setLimit(MOST) : undefined}
          />
          <SetDetailPane key={chosen.id} group={chosen} />
        </div>
      )}
    </div>
  )
}
