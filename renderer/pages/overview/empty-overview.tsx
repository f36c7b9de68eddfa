/** The overview before the first job: what to do, with presets that leave three questions. */
import { Button } from '@fluentui/react-components'
import { ShieldCheckmarkRegular } from '@fluentui/react-icons/svg/shield-checkmark'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Blank } from '../../components/page.tsx'
import { goTo, linkTo } from '../../route.ts'

export function EmptyOverview(): ReactElement {
  const { t } = useTranslation()
  return (
    <div className="scroll">
      <h1 className="sr">{t('overview.title')}</h1>
      <Blank
        icon={<ShieldCheckmarkRegular fontSize={48} />}
        title={t('overview.empty.title')}
        text={t('overview.empty.text')}
      >
        <Button appearance="primary" onClick={() => goTo(linkTo('jobs', 'new', { preset: 'sqlite' }))}>
          {t('overview.empty.sqlite')}
        </Button>
        {(['postgres', 'folder'] as const).map((preset) => (
          <Button key={preset} onClick={() => goTo(linkTo('jobs', 'new', { preset }))}>
            {t(`overview.empty.${preset}`)}
          </Button>
        ))}
      </Blank>
    </div>
  )
}
