/** Checks of the job editor's "how long": what a shorter policy would remove is shown, and agreed to, before it is saved. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { violations } from './accessibility.ts'
import type { FakeAgent } from './fake-agent.ts'
import type { Scenario } from './fixture.ts'

interface Opened {
  readonly page: Page
  readonly agent: FakeAgent
}

const editor = '#/jobs/job_wms001'

async function days(page: Page, count: number): Promise<void> {
  const field = page.getByRole('spinbutton', { name: /^Full/ })
  await field.fill(String(count))
  await field.press('Enter')
}

/** R04: from 30 days to 1. */
async function asksBeforeItRemoves({ page, agent }: Opened): Promise<void> {
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await days(page, 1)
  await page
    .getByText(/backups would go/)
    .first()
    .waitFor()
  expect(await save.isDisabled()).toBe(true)
  await page.getByText('Which ones, and why').first().click()
  await page
    .getByText(/days old, kept 1/)
    .first()
    .waitFor()
  expect(await violations(page)).toEqual([])
  const agree = page.getByLabel('Yes, remove these after the next backup')
  await agree.check()
  // Another policy has to be looked at again.
  await days(page, 2)
  await expect.poll(() => agree.isChecked(), { timeout: 20_000 }).toBe(false)
  expect(await save.isDisabled()).toBe(true)
  await agree.check()
  await save.click()
  await page.getByText('Everything is saved').waitFor()
  const edit = agent.calls.findLast(({ method }) => method === 'job.edit')
  expect(edit?.params).toMatchObject({ draft: { keep: { full: 2, incremental: 7, hot: 3 } } })
}

async function asksNothingWhereNothingGoes({ page, agent }: Opened): Promise<void> {
  expect(agent.calls.some(({ method }) => method === 'cleanup.preview')).toBe(false)
  await days(page, 3650)
  await page
    .getByText(/nothing would go/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved').waitFor()
}

/** What is checked, in which state of the site, and where. */
export const keepChecks: readonly (readonly [string, Scenario, string, (opened: Opened) => Promise<void>])[] = [
  ['R04: asks before a shorter time removes anything', 'good', editor, asksBeforeItRemoves],
  ['asks nothing where nothing goes', 'good', editor, asksNothingWhereNothingGoes],
]
