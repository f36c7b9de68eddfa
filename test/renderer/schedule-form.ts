/** Checks of the job editor's schedule, and of how long backups are kept: what it sets, what it must leave as it was, and that all of it can be reached. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Job } from '../../electron/contract/job.ts'
import { violations } from './accessibility.ts'
import type { FakeAgent } from './fake-agent.ts'
import type { Scenario } from './fixture.ts'
import { keepChecks } from './keep-form.ts'

interface Opened {
  readonly page: Page
  readonly agent: FakeAgent
}

const editor = '#/jobs/job_erp001'

async function saved({ page, agent }: Opened): Promise<Job> {
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved').waitFor()
  return (agent.calls.findLast(({ method }) => method === 'job.edit')?.params as { draft: Job }).draft
}

async function keepsWhatItDoesNotShow({ page, agent }: Opened): Promise<void> {
  const schedule = {
    ...{ full: '0 3 * * *', hot: '30 12 * * *', zone: 'Asia/Shanghai' },
    ...{ catchUp: { olderThanMinutes: 720 }, retry: { everyMinutes: 5, forMinutes: 60 } },
  }
  const rest = { rpoFollows: 'schedule', paused: 'until-resumed' } as const
  agent.site.jobs[1] = { ...agent.site.jobs[1]!, schedule, ...rest }
  await page.reload()
  await page.getByText('made up for where the newest backup has become too old').waitFor()
  await page.getByLabel('At', { exact: true }).fill('04:15')
  expect(await saved({ page, agent })).toMatchObject({ schedule: { ...schedule, full: '15 4 * * *' }, ...rest })
}

async function setsTheDetails({ page, agent }: Opened): Promise<void> {
  await page.getByText('Missed runs, quiet hours, time zone').click()
  await page.getByLabel('Missed, because the computer was off').selectOption('older')
  await page.getByLabel('hours', { exact: true }).fill('12')
  await page.getByLabel('Failed', { exact: true }).selectOption('none')
  await page.getByLabel('Begin nothing during certain hours').check()
  const zone = page.getByLabel('Time zone', { exact: true })
  await zone.fill('Mars')
  await page.getByText('No time zone is called so.').waitFor()
  expect(await violations(page)).toEqual([])
  await zone.fill('Asia/Shanghai')
  await page.getByLabel('Counts only when runs are due').check()
  await page.setViewportSize({ width: 1024, height: 700 })
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect(width).toBe(0)
  expect(await saved({ page, agent })).toMatchObject({
    schedule: {
      ...{ catchUp: { olderThanMinutes: 720 }, retry: { forMinutes: 0 }, zone: 'Asia/Shanghai' },
      quiet: { from: '09:00', to: '18:00' },
    },
    rpoFollows: 'schedule',
  })
  const asked = agent.calls.findLast(({ method }) => method === 'job.preview')?.params
  expect(asked).toMatchObject({ zone: 'Asia/Shanghai' })
}

/** What is checked, in which state of the site, and where. */
export const scheduleChecks: readonly (readonly [string, Scenario, string, (opened: Opened) => Promise<void>])[] = [
  ['keeps what it does not show', 'good', editor, keepsWhatItDoesNotShow],
  ['says what becomes of missed and failed runs, of quiet hours and of zones', 'good', editor, setsTheDetails],
  ...keepChecks,
]
