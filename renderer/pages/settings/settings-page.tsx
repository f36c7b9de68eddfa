/** Settings: language and theme of this window, and what the service says of itself. */
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { languageChoices, themeChoices } from '../../../electron/contract/shell.ts'
import { useNow } from '../../clock.ts'
import { Choice } from '../../components/choice.tsx'
import { PageHead, Waiting } from '../../components/page.tsx'
import { useFormat } from '../../format.ts'
import { setPreferences, usePreferences } from '../../preferences.ts'
import { useAsk, useStatus } from '../../queries.ts'

function Look(): ReactElement {
  const { t } = useTranslation()
  const { language, theme } = usePreferences()
  return (
    <section className="card step" aria-labelledby="look-title">
      <header>
        <h2 id="look-title">{t('settings.look')}</h2>
      </header>
      <div className="row wrap gap4">
        <Choice
          label={t('settings.language')}
          value={language}
          options={languageChoices.map((name) => [name, t(`settings.languages.${name}`)] as const)}
          onChange={(chosen) => void setPreferences({ language: chosen })}
        />
        <Choice
          label={t('settings.theme')}
          value={theme}
          options={themeChoices.map((name) => [name, t(`settings.themes.${name}`)] as const)}
          onChange={(chosen) => void setPreferences({ theme: chosen })}
        />
      </div>
    </section>
  )
}

function Service(): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const info = useAsk('agent.info', {})
  const status = useStatus()
  const agent = status.data?.agent
  if (info.data === undefined || agent === undefined) return <Waiting query={info.error === null ? status : info} />
  const rows = [
    ['version', agent.version],
    ['host', agent.hostname],
    ['home', agent.home],
    ['mode', t(`settings.modes.${agent.mode}`)],
    ['since', `${format.moment(agent.startedAt, now)} (${format.age(agent.startedAt, now)})`],
    ['process', String(info.data.pid)],
    ...(info.data.http === undefined ? [] : ([['address', info.data.http]] as const)),
  ] as const
  return (
    <dl className="kv">
      {rows.map(([name, value]) => (
        <div key={name} className="kv-row">
          <dt>{t(`settings.${name}`)}</dt>
          <dd className="breakable">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

export function SettingsPage(): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="scroll">
      <PageHead title={t('settings.title')} />
      <Look />
      <section className="card step" aria-labelledby="service-title">
        <header>
          <h2 id="service-title">{t('settings.service')}</h2>
        </header>
        <Service />
      </section>
    </div>
  )
}
