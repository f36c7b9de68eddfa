/** All jobs: what, when, where to, and their state; new ones begin here. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { TaskListSquareLtrRegular } from '@fluentui/react-icons/svg/task-list-square-ltr'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Blank, PageHead, Waiting } from '../../components/page.tsx'
import { useAsk } from '../../queries.ts'
import { goTo, linkTo } from '../../route.ts'
import { presets } from '../job-editor/draft.ts'
import { JobList } from './job-list.tsx'

function NewJob(): ReactElement {
  const { t } = useTranslation()
  return (
    <Menu positioning="below-end">
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="primary" icon={<AddRegular />}>
          {t('jobs.add')}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {presets.map((preset) => (
            <MenuItem key={preset} onClick={() => goTo(linkTo('jobs', 'new', { preset }))}>
              {t(`jobs.presets.${preset}`)}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}

export function JobsPage(): ReactElement {
  const { t } = useTranslation()
  const jobs = useAsk('job.list', {})
  return (
    <div className="scroll">
      <PageHead title={t('jobs.title')}>
        <span className="end">{(jobs.data?.length ?? 0) > 0 && <NewJob />}</span>
      </PageHead>
      {jobs.data === undefined && <Waiting query={jobs} />}
      {jobs.data?.length === 0 && (
        <Blank
          icon={<TaskListSquareLtrRegular fontSize={48} />}
          title={t('jobs.empty.title')}
          text={t('jobs.empty.text')}
        >
          <NewJob />
        </Blank>
      )}
      {jobs.data !== undefined && jobs.data.length > 0 && <JobList jobs={jobs.data} />}
    </div>
  )
}
