/** One backup: what can be done with it, its proof per place, and what lies in it. */
import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Tab,
  TabList,
  ToggleButton,
} from '@fluentui/react-components'
import { ArrowCounterclockwiseRegular } from '@fluentui/react-icons/svg/arrow-counterclockwise'
import { PinRegular } from '@fluentui/react-icons/svg/pin'
import { OpenRegular } from '@fluentui/react-icons/svg/open'
import { useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { verifyLevels } from '../../../electron/contract/proof.ts'
import { desktop } from '../../api.ts'
import { useNow } from '../../clock.ts'
import { ErrorDialog } from '../../components/error-dialog.tsx'
import { Note } from '../../components/note.tsx'
import { Waiting } from '../../components/page.tsx'
import { useFormat } from '../../format.ts'
import { useAct, useAsk } from '../../queries.ts'
import { goTo, linkTo } from '../../route.ts'
import { Contents } from './contents.tsx'
import type { SetGroup } from './group-sets.ts'
import { Ladder } from './ladder.tsx'

interface Props {
  readonly group: SetGroup
}

function VerifyMenu({ group }: Props): ReactElement {
  const { t } = useTranslation()
  const verify = useAct('verify.start', ({ run }) => goTo(linkTo('history', run)))
  return (
    <>
      <Menu positioning="below-end">
        <MenuTrigger disableButtonEnhancement>
          <Button disabled={verify.isPending}>{t('backups.verify')}</Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {verifyLevels.map((level) => (
              <MenuItem key={level} onClick={() => verify.mutate({ set: group.id, level })}>
                {t(`backups.verifyLevel.${level}`)}
              </MenuItem>
            ))}
          </MenuList>
        </MenuPopover>
      </Menu>
      <ErrorDialog action={verify} />
    </>
  )
}

function Actions({ group }: Props): ReactElement {
  const { t } = useTranslation()
  const pin = useAct('set.pin')
  const { pinned, path } = group.first
  return (
    <>
      <ToggleButton
        icon={<PinRegular />}
        checked={pinned}
        aria-label={t(pinned ? 'backups.unpin' : 'backups.pin')}
        title={t(pinned ? 'backups.unpin' : 'backups.pin')}
        onClick={() => pin.mutate({ set: group.id, pinned: !pinned })}
      />
      {desktop !== undefined && (
        <Button
          icon={<OpenRegular />}
          aria-label={t('backups.open')}
          title={t('backups.open')}
          onClick={() => void desktop?.openPath(path)}
        />
      )}
      <VerifyMenu group={group} />
      <Button
        appearance="primary"
        icon={<ArrowCounterclockwiseRegular />}
        onClick={() => goTo(linkTo('restore', undefined, { set: group.id }))}
      >
        {t('backups.restore')}
      </Button>
      <ErrorDialog action={pin} />
    </>
  )
}

/** The manifest as it lies beside the data, for those who want to read it. */
function Manifest({ group }: Props): ReactElement {
  const { t } = useTranslation()
  const detail = useAsk('set.show', { set: group.id, destination: group.first.destination })
  if (detail.data === undefined) return <Waiting query={detail} />
  const { manifest } = detail.data
  if (manifest === undefined) return <Note state="failed">{t('backups.noManifest')}</Note>
  return (
    <pre className="manifest" tabIndex={0} aria-label={t('backups.tabs.manifest')}>
      {JSON.stringify(manifest, null, 2)}
    </pre>
  )
}

export function SetDetailPane({ group }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(60_000)
  const [tab, setTab] = useState<'contents' | 'manifest'>('contents')
  const { first } = group
  return (
    <section className="detail" aria-label={t('backups.detail')}>
      <div className="row top wrap">
        <div className="grow">
          <h2 className="t16 cut">{`${first.jobName} · ${t(`state.type.${first.type}`)} · ${format.moment(group.at, now)}`}</h2>
          <p className="small faint cut" title={first.path}>
            {group.id}
          </p>
        </div>
        <Actions group={group} />
      </div>
      {first.suspicious && <Note state="attention">{t('state.reason.suspicious')}</Note>}
      <Ladder group={group} />
      <div className="card col">
        <TabList
          selectedValue={tab}
          onTabSelect={(_, data) => setTab(data.value === 'manifest' ? 'manifest' : 'contents')}
        >
          <Tab value="contents">{t('backups.tabs.contents')}</Tab>
          <Tab value="manifest">{t('backups.tabs.manifest')}</Tab>
        </TabList>
        {tab === 'contents' ? <Contents sources={first.sources} /> : <Manifest group={group} />}
      </div>
    </section>
  )
}
