/** The rail at the left: the places, and at its foot the settings and the state of the service. */
import { ArchiveRegular } from '@fluentui/react-icons/svg/archive'
import { ArrowCounterclockwiseRegular } from '@fluentui/react-icons/svg/arrow-counterclockwise'
import { HistoryRegular } from '@fluentui/react-icons/svg/history'
import { HomeRegular } from '@fluentui/react-icons/svg/home'
import { SettingsRegular } from '@fluentui/react-icons/svg/settings'
import { TaskListSquareLtrRegular } from '@fluentui/react-icons/svg/task-list-square-ltr'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../clock.ts'
import { useConnection } from '../connection.ts'
import { useFormat } from '../format.ts'
import { useStatus } from '../queries.ts'
import { linkTo, type Place, type Route } from '../route.ts'
import { StateMark } from './state-mark.tsx'

const icons: Readonly<Record<Place, ReactElement>> = {
  overview: <HomeRegular fontSize={20} />,
  jobs: <TaskListSquareLtrRegular fontSize={20} />,
  backups: <ArchiveRegular fontSize={20} />,
  restore: <ArrowCounterclockwiseRegular fontSize={20} />,
  history: <HistoryRegular fontSize={20} />,
  settings: <SettingsRegular fontSize={20} />,
}

function NavLink({ place, current }: { readonly place: Place; readonly current: Place }): ReactElement {
  const { t } = useTranslation()
  return (
    <a href={linkTo(place)} {...(place === current ? { 'aria-current': 'page' } : {})}>
      {icons[place]}
      {t(`shell.nav.${place}`)}
    </a>
  )
}

const serviceWords = {
  'connecting': 'shell.agent.connecting',
  'live': 'shell.agent.running',
  'silent': 'shell.agent.silent',
  'signed-out': 'shell.agent.signedOut',
} as const

function ServiceState(): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const connection = useConnection()
  const hostname = useStatus().data?.agent.hostname ?? ''
  const { state, lastHeard, wasHeard } = connection
  const since = wasHeard ? t('shell.agent.since', { when: format.moment(lastHeard, now) }) : ''
  const below = state === 'live' ? hostname : state === 'silent' ? since : ''
  return (
    <div className="agent" role="status">
      <StateMark state={state === 'live' ? 'good' : 'unknown'} />
      <div className="grow cut">
        {t(serviceWords[state])}
        <div className="faint cut" title={below}>
          {below}
        </div>
      </div>
    </div>
  )
}

export function Nav({ route }: { readonly route: Route }): ReactElement {
  const { t } = useTranslation()
  return (
    <nav className="nav" aria-label={t('shell.nav.label')}>
      {(['overview', 'jobs', 'backups', 'restore', 'history'] as const).map((place) => (
        <NavLink key={place} place={place} current={route.place} />
      ))}
      <div className="spacer" />
      <NavLink place="settings" current={route.place} />
      <hr />
      <ServiceState />
    </nav>
  )
}
