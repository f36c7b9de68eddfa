/** What can be done with a job from any list: back up now, restore, edit. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { MoreHorizontalRegular } from '@fluentui/react-icons/svg/more-horizontal'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '../connection.ts'
import { useAct } from '../queries.ts'
import { ErrorDialog } from './error-dialog.tsx'
import { goTo, linkTo } from '../route.ts'

interface Props {
  readonly job: string
  readonly name: string
  readonly isRunning: boolean
}

export function JobMenu({ job, name, isRunning }: Props): ReactElement {
  const { t } = useTranslation()
  const isLive = useConnection().state === 'live'
  const start = useAct('backup.start', ({ run }) => goTo(linkTo('history', run)))
  return (
    <>
      <Menu positioning="below-end">
        <MenuTrigger disableButtonEnhancement>
          <Button
            appearance="subtle"
            size="small"
            icon={<MoreHorizontalRegular />}
            aria-label={t('shell.moreOf', { name })}
          />
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem disabled={isRunning || !isLive} onClick={() => start.mutate({ job })}>
              {t('overview.backUpNow')}
            </MenuItem>
            <MenuItem onClick={() => goTo(linkTo('restore', undefined, { job }))}>{t('overview.restore')}</MenuItem>
            <MenuItem onClick={() => goTo(linkTo('jobs', job))}>{t('overview.edit')}</MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      <ErrorDialog action={start} />
    </>
  )
}
