/** The main job through the window: a backup with live progress, its proof, and a restore to a new place. */
import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { contentHash } from '../helpers/sqlite.ts'
import {
  clientOf,
  eventually,
  needDesktop,
  openDesktop,
  pressTray,
  recordedCalls,
  screenshot,
  trayOf,
  type Desktop,
  type DesktopWindow,
} from './desktop.ts'
import { addSite } from './site.ts'

beforeEach(needDesktop)

async function goTo({ page }: Desktop, route: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, route)
}

/** The shell keeps the choice, and tells page and tray. */
async function dress({ page }: Desktop, language: 'en' | 'zh-CN', theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate(
    async (chosen) => {
      await (window as unknown as DesktopWindow).sitekeep.shell.preferences.set(chosen)
    },
    { language, theme },
  )
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language)
}

async function waitForService(desktop: Desktop): Promise<void> {
  await eventually(() =>
    desktop.page.evaluate(async () => (await (window as unknown as DesktopWindow).sitekeep.shell.link.state()).state),
  ).toBe('connected')
}

describe('the main job, in the window', { timeout: 180_000 }, () => {
  it('backs up with live progress, shows the proof, and restores to a new folder', async () => {
    const desktop = await openDesktop()
    const { page } = desktop
    await waitForService(desktop)
    const client = await clientOf(desktop.home)
    const site = await addSite(client, 96)
    await goTo(desktop, '#/overview')
    await page.getByText('Shop').first().waitFor()

    const progress = page.getByRole('progressbar').first().waitFor()
    await page.getByRole('button', { name: 'Back up now' }).first().click()
    await page.getByRole('menuitem', { name: 'Shop' }).click()
    await progress
    await screenshot(desktop, 'overview-running-en-light')
    await eventually(() => recordedCalls(desktop, 'tray.setImage')).toContainEqual([
      expect.stringMatching(/running-on-light/),
    ])

    await eventually(async () => (await client.call('status', {})).jobs[0]?.lastRun?.outcome).toBe('good')
    await page.getByText('data matched').first().waitFor()
    await eventually(async () => (await trayOf(desktop)).tip).toMatch(
      /^Sitekeep: Good\n(data matched|test-restored) .+ · next /,
    )
    await pictures(desktop, ['overview', 'backups', 'history', 'jobs'])

    const target = join(site.dir, 'restored')
    await goTo(desktop, '#/restore')
    await page.getByRole('button', { name: 'Restore the newest…' }).first().click()
    await page.getByLabel('Empty or new folder').fill(target)
    await page.getByRole('button', { name: 'Restore', exact: true }).click()
    await page.getByText('Shop is restored').waitFor({ timeout: 60_000 })
    await screenshot(desktop, 'restore-result-en-light')

    const restored = readdirSync(target, { recursive: true, encoding: 'utf8' })
    const database = restored.find((name) => name.endsWith('shop.sqlite'))!
    expect(contentHash(join(target, database))).toBe(contentHash(site.database))
    const photo = restored.find((name) => name.endsWith('photo-7.jpg'))!
    expect(readFileSync(join(target, photo)).equals(readFileSync(join(site.uploads, 'photo-7.jpg')))).toBe(true)
    expect(desktop.errors).toEqual([])
  })

  it('backs up from the tray, and tells a failure by a toast that leads to the run', async () => {
    const desktop = await openDesktop()
    await waitForService(desktop)
    const client = await clientOf(desktop.home)
    const site = await addSite(client)
    renameSync(site.database, `${site.database}.away`)
    await pressTray(desktop, `backup:${site.job.id}`)

    await eventually(() => toasts(desktop)).toEqual([expect.stringContaining('The backup of Shop failed')])
    await eventually(async () => (await trayOf(desktop)).icon).toMatch(/failed-/)
    await desktop.app.evaluate((electron) => {
      const { notifications } = (
        electron as unknown as { __standin: { notifications: { emit(name: string): void }[] } }
      ).__standin
      notifications[0]!.emit('click')
    })
    await eventually(() => desktop.page.evaluate(() => location.hash)).toMatch(/^#\/history\/run_/)

    renameSync(`${site.database}.away`, site.database)
    const { run } = await client.call('backup.start', { job: site.job.id })
    await client.call('run.wait', { run })
    await eventually(() => toasts(desktop)).toContainEqual(expect.stringContaining('Shop is good again'))
  })
})

async function toasts({ app }: Desktop): Promise<string[]> {
  return app.evaluate((electron) =>
    (
      electron as unknown as { __standin: { notifications: { title: string; body: string }[] } }
    ).__standin.notifications.map(({ title, body }) => `${title}: ${body}`),
  )
}

async function pictures(desktop: Desktop, places: readonly string[]): Promise<void> {
  for (const language of ['en', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      await dress(desktop, language, theme)
      for (const place of places) {
        await goTo(desktop, `#/${place}`)
        await desktop.page.locator('h1').first().waitFor()
        await screenshot(desktop, `${place}-${language}-${theme}`)
      }
    }
  }
  await dress(desktop, 'en', 'light')
}
