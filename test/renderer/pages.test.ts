/** The pages in real Chromium, under the strictest policy: what they show in each state, what they ask, that everybody can use them. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { showsFocus, tabTo, violations, violationsByTheme } from './accessibility.ts'
import { CHROMIUM, launchBrowser, openPage, type Look } from './browser.ts'
import { refused } from './fake-answers.ts'
import { pages, startFakeAgent, type FakeAgent } from './fake-agent.ts'
import { checkSameDisk, checkTimeBar } from './layout.ts'
import { places } from './places.ts'
import { postgresChecks } from './postgres-form.ts'
import { scheduleChecks } from './schedule-form.ts'
import { HOSTILE, progressAt, type Scenario } from './fixture.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const hasChromium = existsSync(CHROMIUM)
if (!hasChromium && process.env['CI'] === 'true') throw new Error(`no Chromium at ${CHROMIUM}`)

let browser: Browser

/** Polls as long as a slow machine may need. */
const within = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 20_000 })

beforeAll(async () => {
  execFileSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '-c', 'build/vite.renderer.config.ts', '--outDir', pages],
    { cwd: root, stdio: 'ignore' },
  )
  if (hasChromium) browser = await launchBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
})

interface Opened {
  readonly agent: FakeAgent
  readonly page: Page
  readonly troubles: readonly string[]
}

async function open(scenario: Scenario, hash = '', look: Look = {}): Promise<Opened> {
  const agent = await startFakeAgent(scenario)
  const opened = await openPage(browser, agent.url + hash, { language: 'en', ...look })
  onTestFinished(async () => {
    await opened.page.context().close()
    await agent.close()
  })
  await opened.page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
  await opened.page.locator('.blank .fui-Spinner').first().waitFor({ state: 'detached' })
  return { agent, ...opened }
}

const firstSet = (agent: FakeAgent): string => agent.site.sets.find((set) => set.job === 'job_wms001')!.id

describe.skipIf(!hasChromium)('every page', () => {
  it.each(places)('%s: no accessibility violation and no refused content, light and dark', async (_, ...place) => {
    const { page, troubles } = await open(...place)
    expect(await violationsByTheme(page)).toEqual({ light: [], dark: [] })
    expect(troubles).toEqual([])
  })

  it('is drawn within a second of being asked for', async () => {
    const { page } = await open('good')
    const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)
    // The promise is 1 s on an idle machine; tests share two cores with others.
    expect(paint).toBeLessThan(5_000)
  })

  it('fits 1024×700 without scrolling sideways', async () => {
    const { page } = await open('good', '', { width: 1024, height: 700 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1024)
  })
})

describe.skipIf(!hasChromium)('overview', () => {
  it('says the one light in words, in both languages', async () => {
    expect(await (await open('good')).page.locator('.light').textContent()).toContain('All 3 jobs')
    const chinese = await open('good', '', { language: 'zh-CN' })
    expect(await chinese.page.locator('.light').textContent()).toBe('3 个任务都有可恢复的备份')
  })

  it('says of a failure what happened, what it means and what to do, and starts the backup from there', async () => {
    const { page, agent } = await open('red')
    await page.getByText('is full: 1.2 GB free, 2.3 GB needed').waitFor()
    await page.getByText('Free space there or choose another place').waitFor()
    await page.locator('.alarm').getByRole('button', { name: 'Back up now' }).click()
    await within(() => agent.calls.find((call) => call.method === 'backup.start')?.params).toEqual({
      job: 'job_erp001',
    })
  })

  it('follows live progress from events', async () => {
    const { page, agent } = await open('running')
    await page.getByRole('progressbar').waitFor()
    await within(async () => {
      agent.tell({ type: 'run.progress', progress: progressAt(0.73) })
      return await page.getByRole('progressbar').getAttribute('aria-valuenow')
    }).toBe('73')
  })

  it('lays no words over a stage or out of the bar, be the bar short, long, or at the end', async () =>
    await checkTimeBar(await open('good')))

  it('says quietly, job by job, that a backup lies on the disk of its data', async () =>
    await checkSameDisk(await open('good')))

  it('U02: turns to unknown when the service falls silent, and back when it answers', async () => {
    const { page, agent } = await open('good', '', { isTicking: true })
    await agent.fallSilent()
    await page.getByText('The state is unknown').waitFor()
    await page.getByText(/has not answered since/).waitFor()
    expect(await page.locator('main .st.good').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Back up now' }).isDisabled()).toBe(true)
    expect(await page.getByText('(last known)').count()).toBeGreaterThan(0)
    await agent.start()
    await page.clock.runFor(20_000)
    await page.getByText('All 3 jobs have a backup that restores').waitFor()
    expect(await page.getByText(/has not answered since/).count()).toBe(0)
  })
})

describe.skipIf(!hasChromium)('first load (U02)', () => {
  it('U02: shows no green as long as nothing was heard from the service', async () => {
    const agent = await startFakeAgent('good')
    const { page } = await openPage(browser, agent.url, { language: 'en', service: 'slow' })
    await page.locator('.agent').getByText('Asking the service').waitFor()
    expect(await page.locator('.st.good').count()).toBe(0)
    await page.context().close()
    await agent.close()
  })

  it('U02: says that the service does not answer, not since when', async () => {
    const agent = await startFakeAgent('good')
    const { page } = await openPage(browser, agent.url, { language: 'en', service: 'absent' })
    await page.getByText('The service does not answer').first().waitFor()
    expect(await page.getByText(/since/).count()).toBe(0)
    expect(await page.locator('.st.good').count()).toBe(0)
    await page.context().close()
    await agent.close()
  })
})

describe.skipIf(!hasChromium)('hostile names (U05)', () => {
  it.each(['', '#/jobs', '#/jobs/job_wms001', '#/backups?job=job_wms001', '#/history', '#/history/run_warn001'])(
    'U05: stay text at %s',
    async (hash) => {
      const { page } = await open('hostile', hash)
      await within(async () => (await page.content()).includes('onerror')).toBe(true)
      expect(await page.locator('img').count()).toBe(0)
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
      expect(HOSTILE).toContain('onerror')
    },
  )
})

describe.skipIf(!hasChromium)('job editor', () => {
  it('makes a job from a preset: test inline, add a place, save', async () => {
    const { page, agent } = await open('empty', '#/jobs/new?preset=sqlite')
    await page.getByLabel('Database file').fill('D:\\GreaterWMS\\db.sqlite3')
    await page.getByRole('button', { name: 'Test', exact: true }).first().click()
    await page.getByText('Read as a test: 48 tables, 1,204,518 rows').waitFor()
    await page.getByRole('button', { name: 'Add a folder' }).click()
    await page.getByLabel('Folder', { exact: true }).fill('E:\\backup')
    await page.locator('#part-where form').getByRole('button', { name: 'Add' }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Everything is saved').waitFor()
    const added = agent.calls.find((call) => call.method === 'job.add')?.params as { draft: { sources: unknown[] } }
    // What the preset left empty is not sent.
    expect(added.draft.sources).toHaveLength(1)
  })

  it('says what is not saved, and an error of the agent in words', async () => {
    const { page, agent } = await open('good', '#/jobs/job_erp001')
    agent.answers['job.edit'] = () => refused('duplicate-name', { what: 'job', name: 'ERP 2' })
    await page.getByLabel('Name of the job').fill('ERP 2')
    await page.getByText('1 change not saved: What to back up').waitFor()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('There is already a job named "ERP 2"').waitFor()
  })

  it('deletes only after the name was typed, and says that backups stay', async () => {
    const { page, agent } = await open('good', '#/jobs/job_erp001')
    await page.getByRole('button', { name: 'Delete job…' }).click()
    await page.getByText('Its backups stay where they are').waitFor()
    const button = page.getByRole('button', { name: 'Delete the job' })
    expect(await button.isDisabled()).toBe(true)
    await page.getByLabel(/Type the job’s name/).fill('ERP')
    await button.click()
    await within(() => agent.calls.some((call) => call.method === 'job.remove')).toBe(true)
  })
})

describe.skipIf(!hasChromium)('a PostgreSQL source', () => {
  it.each(postgresChecks)('%s', async (_, scenario, hash, check) => await check(await open(scenario, hash)))
})

describe.skipIf(!hasChromium)('a schedule', () => {
  it.each(scheduleChecks)('%s', async (_, scenario, hash, check) => await check(await open(scenario, hash)))
})

describe.skipIf(!hasChromium)('restore', () => {
  it('shows the plan before anything is done, then the counts', async () => {
    const { page, agent } = await open('good')
    await page.goto(`${agent.url}#/restore?set=${encodeURIComponent(firstSet(agent))}`)
    const start = page.getByRole('button', { name: 'Restore', exact: true })
    await page.getByLabel('Empty or new folder').fill('D:\\restored')
    await page.getByText('Write db.sqlite3').waitFor()
    expect(agent.calls.some((call) => call.method === 'restore.start')).toBe(false)
    await start.click()
    await page.getByText('仓库 WMS is restored').waitFor()
    await page.getByRole('row', { name: /Rows 57,431 57,431/ }).waitFor()
  })
})

describe.skipIf(!hasChromium)('by keyboard alone', () => {
  it('adds a job, with the focus in sight on every stop', async () => {
    const { page, agent } = await open('good', '#/jobs/new?preset=sqlite')
    const unseen: string[] = []
    for (let n = 0; n < 30; n += 1) {
      await page.keyboard.press('Tab')
      if (!(await showsFocus(page))) unseen.push(await page.evaluate(() => document.activeElement?.outerHTML ?? ''))
    }
    expect(
      unseen.filter((html) => html.includes('<') && !html.startsWith('<body') && !html.includes('tabster')),
    ).toEqual([])
    await page.locator('#content').focus()
    await tabTo(page, /^Database file/)
    await page.keyboard.type('D:\\shop.db')
    await tabTo(page, /E: 备份盘/)
    await page.keyboard.press('Space')
    await tabTo(page, /^Save$/)
    await page.keyboard.press('Enter')
    await within(() => agent.calls.some((call) => call.method === 'job.add')).toBe(true)
  })

  it('starts a backup from the menu, and Escape leaves the menu with the focus where it was', async () => {
    const { page, agent } = await open('good')
    await tabTo(page, /^Back up now/)
    await page.keyboard.press('Enter')
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await within(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Back up now')
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'ERP' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await within(() => agent.calls.some((call) => call.method === 'backup.start')).toBe(true)
  })

  it('restores to a new folder; the plan has no accessibility violation', async () => {
    const { page, agent } = await open('good')
    await page.goto(`${agent.url}#/restore?set=${encodeURIComponent(firstSet(agent))}`)
    await page.getByLabel('Empty or new folder').waitFor()
    await page.locator('#content').focus()
    await tabTo(page, /^Empty or new folder/)
    await page.keyboard.type('D:\\restored')
    await page.getByText('Write db.sqlite3').waitFor()
    expect(await violations(page)).toEqual([])
    await tabTo(page, /^Restore$/)
    await page.keyboard.press('Enter')
    await within(() => agent.calls.some((call) => call.method === 'restore.start')).toBe(true)
  })
})

describe.skipIf(!hasChromium)('history', () => {
  it('draws only the rows in sight of 10,000 runs, and reaches the last', async () => {
    const { page } = await open('many', '#/history')
    await page.getByText(/10,0\d\d runs/).waitFor()
    expect(await page.locator('.vrow').count()).toBeLessThan(60)
    await page.locator('.vlist').evaluate((list) => {
      list.scrollTop = list.scrollHeight
    })
    await within(async () => await page.locator('.vrow a').last().getAttribute('href')).toBe('#/history/run_many009999')
  })
})

describe.skipIf(!hasChromium)('signing in', () => {
  it('trades the one-time code for a session that outlives a reload, and takes it out of the address', async () => {
    const agent = await startFakeAgent('good', 'once-only')
    const { page } = await openPage(browser, `${agent.url}#code=once-only`, { language: 'en' })
    await page.getByText('All 3 jobs').waitFor()
    expect(page.url()).not.toContain('code')
    await page.reload()
    await page.getByText('All 3 jobs').waitFor()
    // Events come by the token too.
    await within(() => agent.streams()).toBe(1)
    await page.context().close()
    const stranger = await openPage(browser, agent.url, { language: 'en' })
    await stranger.page.getByText('Open this page through its link').waitFor()
    await stranger.page.context().close()
    await agent.close()
  })
})
