/** The line of days: each backup with its proof, each failed run as a gap. */
import { Button } from '@fluentui/react-components'
import { PinRegular } from '@fluentui/react-icons/svg/pin'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { reaches } from '../../../electron/contract/proof.ts'
import type { RunRecord } from '../../../electron/contract/run.ts'
import { useNow } from '../../clock.ts'
import { Proof } from '../../components/proof.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useLanguage, wordsOfError } from '../../components/words.ts'
import { useFormat } from '../../format.ts'
import { linkTo } from '../../route.ts'
import type { Day, SetGroup } from './group-sets.ts'

const nodes = { full: 'full', incremental: 'inc', hot: 'hot' } as const

interface SetProps {
  readonly group: SetGroup
  readonly failed: RunRecord | undefined
  readonly isChosen: boolean
  readonly showJob: boolean
  readonly onChoose: (set: string) => void
}

function SetEntry({ group, failed, isChosen, showJob, onChoose }: SetProps): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const { first } = group
  const isWeak = !reaches(group.proof, 'matched')
  const node = group.isSound ? `${nodes[first.type]}${isWeak ? ' weak' : ''}` : 'fail'
  return (
    <li>
      <button
        type="button"
        className={`set${isChosen ? ' on' : ''}`}
        onClick={() => onChoose(group.id)}
        {...(isChosen ? { 'aria-current': 'true' } : {})}
      >
        <time dateTime={group.at}>{format.time(group.at)}</time>
        <span className={`node ${node}`}>{!group.isSound && <StateMark state="failed" />}</span>
        <span className="what">
          <span className="row" style={{ gap: 6 }}>
            <b className="cut">{showJob ? first.jobName : t(`state.type.${first.type}`)}</b>
            {first.pinned && <PinRegular aria-label={t('backups.pinned')} />}
            {first.suspicious && <StateMark state="attention" label={t('backups.suspicious')} />}
            <span className="num end">{format.size(first.bytes)}</span>
          </span>
          {group.isSound ? (
            <Proof level={group.proof} />
          ) : (
            <span className="small failed reason">{t(`backups.states.${first.state}`)}</span>
          )}
          {failed !== undefined && isWeak && <Why run={failed} />}
        </span>
      </button>
    </li>
  )
}

function Why({ run }: { readonly run: RunRecord }): ReactElement {
  const { t } = useTranslation()
  const language = useLanguage()
  const why = run.error === undefined ? t('state.outcome.failed') : wordsOfError(run.error, language).message
  return (
    <span className="small failed reason" title={why}>
      {t('backups.gap', { why })}
    </span>
  )
}

function Gap({ run, showJob }: { readonly run: RunRecord; readonly showJob: boolean }): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <li>
      <a className="set plain" href={linkTo('history', run.id)}>
        <time dateTime={run.startedAt}>{format.time(run.startedAt)}</time>
        <span className="node fail">
          <StateMark state="failed" />
        </span>
        <span className="what">
          <span className="cut">{showJob ? run.jobName : t('backups.noSet')}</span>
          <Why run={run} />
        </span>
      </a>
    </li>
  )
}

interface Props extends Pick<SetProps, 'showJob' | 'onChoose'> {
  readonly days: readonly Day[]
  readonly chosen: string
  readonly onOlder: (() => void) | undefined
}

export function Timeline({ days, chosen, showJob, onChoose, onOlder }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(60_000)
  return (
    <section className="list" aria-label={t('backups.timeline')}>
      <div className="sets">
        {days.map((day) => (
          <div key={day.day}>
            <h2>{format.dayHeading(day.entries[0]?.at ?? now, now)}</h2>
            <ol>
              {day.entries.map((entry) =>
                entry.kind === 'set' ? (
                  <SetEntry
                    key={entry.group.id}
                    group={entry.group}
                    failed={entry.failed}
                    isChosen={entry.group.id === chosen}
                    showJob={showJob}
                    onChoose={onChoose}
                  />
                ) : (
                  <Gap key={entry.run.id} run={entry.run} showJob={showJob} />
                ),
              )}
            </ol>
          </div>
        ))}
        {onOlder !== undefined && (
          <Button appearance="subtle" onClick={onOlder}>
            {t('backups.older')}
          </Button>
        )}
      </div>
    </section>
  )
}
