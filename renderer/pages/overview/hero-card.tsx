/** The light with its sentence, the two main buttons, and the facts it stands on. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { ArrowCounterclockwiseRegular } from '@fluentui/react-icons/svg/arrow-counterclockwise'
import { ChevronDownRegular } from '@fluentui/react-icons/svg/chevron-down'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { Summary } from '../../../electron/contract/summary.ts'
import { Facts } from '../../components/facts.tsx'
import { ErrorDialog } from '../../components/error-dialog.tsx'
import { StateMark, markOfLight } from '../../components/state-mark.tsx'
import { useFormat } from '../../format.ts'
import { useAct } from '../../queries.ts'
import { goTo, linkTo } from '../../route.ts'
import { headline, nextRunWords, subline } from './headline.ts'
import { factsOf } from './overview-facts.ts'

export interface OverviewView {
  readonly summary: Summary
  readonly now: number
  /** When the agent was last heard, where it is silent now. */
  readonly silentSince: number | undefined
}

function BackUpButton({ summary, isLive }: { readonly summary: Summary; readonly isLive: boolean }): ReactElement {
  const { t } = useTranslation()
  const start = useAct('backup.start')
  const idle = summary.jobs.filter((job) => job.running === undefined)
  return (
    <>
      <Menu positioning="below-end">
        <MenuTrigger disableButtonEnhancement>
          <Button
            appearance="primary"
            iconPosition="after"
            icon={<ChevronDownRegular />}
            disabled={!isLive || idle.length === 0 || start.isPending}
          >
            {t('overview.backUpNow')}
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {idle.length > 1 && (
              <MenuItem onClick={() => idle.forEach((job) => start.mutate({ job: job.job }))}>
                {t('overview.backUpAll')}
              </MenuItem>
            )}
            {idle.map((job) => (
              <MenuItem key={job.job} onClick={() => start.mutate({ job: job.job })}>
                {job.name}
              </MenuItem>
            ))}
          </MenuList>
        </MenuPopover>
      </Menu>
      <ErrorDialog action={start} />
    </>
  )
}

export function HeroCard({ summary, now, silentSince }: OverviewView): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const isLive = silentSince === undefined
  const sub = subline(summary, t, format, now)
  return (
    <section className="card" aria-label={t('overview.light')}>
      <div className="hero">
        <StateMark state={markOfLight(summary.light, isLive)} size={40} />
        <div className="grow" role="status">
          <h2 className="light">{isLive ? headline(summary, t, format, now) : t('overview.unknown')}</h2>
          {isLive ? (
            sub !== undefined && <p className="dim">{sub}</p>
          ) : (
            <p className="dim">{t('overview.unknownText', { when: format.moment(silentSince, now) })}</p>
          )}
          <p className="small faint">
            {format.date(now)} {format.time(now)}
            {isLive && ` · ${nextRunWords(summary, t, format, now)}`}
          </p>
        </div>
        <div className="actions">
          <Button icon={<ArrowCounterclockwiseRegular />} onClick={() => goTo(linkTo('restore'))}>
            {t('overview.restore')}
          </Button>
          <BackUpButton summary={summary} isLive={isLive} />
        </div>
      </div>
      <Facts facts={factsOf(summary, t, format, now, silentSince)} />
    </section>
  )
}
