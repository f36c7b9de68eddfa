/**
 * Makes the pictures of README in build/screenshots: the built pages (`npm run build`) in real Chromium on a real agent.
 * Run it again after a change of the pages: `node test/screenshots/make.ts [NAME …]`. It takes some minutes.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../renderer/browser.ts'
import { names } from './names.ts'
import { openPictureSite, type PictureSite } from './site.ts'

type Language = 'zh-CN' | 'en'

interface Picture {
  readonly name: string
  readonly language: Language
  readonly theme: 'light' | 'dark'
  /** Brings the page into the state to be pictured. */
  readonly pose: (page: Page, site: PictureSite) => Promise<void>
}

const FOLDER = join(import.meta.dirname, '../../build/screenshots')
/** README is read over slow lines too. */
const MAX_BYTES = 150_000
// A shop opens at nine; the nightly backups are some hours old then.
process.env['TZ'] = 'Asia/Shanghai'
const MORNING = new Date(2026, 10, 19, 9, 5)

const pictures: readonly Picture[] = [
  { name: 'overview-zh', language: 'zh-CN', theme: 'light', pose: async (page) => await settled(page) },
  { name: 'overview-en-dark', language: 'en', theme: 'dark', pose: async (page) => await settled(page) },
  { name: 'backups', language: 'en', theme: 'light', pose: showBackups },
  { name: 'restore', language: 'en', theme: 'light', pose: restore },
]

await makeAll(process.argv.slice(2))

async function makeAll(wanted: readonly string[]): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  const chosen = pictures.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const browser = await launchBrowser()
  for (const language of ['zh-CN', 'en'] as const) {
    const own = chosen.filter((picture) => picture.language === language)
    if (own.length > 0) await makeInOneLanguage(browser, language, own)
  }
  await browser.close()
}

async function makeInOneLanguage(browser: Browser, language: Language, own: readonly Picture[]): Promise<void> {
  // A short, plain folder: its name is seen in the pictures.
  const folder = language === 'en' ? '/srv/shop-server' : '/srv/门店'
  rmSync(folder, { recursive: true, force: true })
  const site = await openPictureSite(folder, names[language], MORNING)
  try {
    for (const picture of own) await make(browser, picture, site)
  } finally {
    site.client.close()
    await site.agent.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function make(browser: Browser, { name, language, theme, pose }: Picture, site: PictureSite): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1180, height: 760 },
    locale: language,
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: 'Asia/Shanghai',
  })
  const page = await context.newPage()
  await page.clock.setFixedTime(MORNING)
  await page.goto((await site.client.call('agent.webLink', {})).url)
  await pose(page, site)
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path })
  await context.close()
  const { size } = statSync(path)
  if (size > MAX_BYTES) throw new Error(`${path} has ${size} bytes`)
  process.stdout.write(`${path} ${size} bytes\n`)
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.locator('.agent').getByText('SHUNDA-SRV').waitFor()
  await page.locator('.fui-Spinner').first().waitFor({ state: 'detached' })
}

async function showBackups(page: Page): Promise<void> {
  await settled(page)
  await page.getByRole('link', { name: 'Backups' }).click()
  await page
    .getByRole('combobox')
    .first()
    .selectOption({ label: names.en.jobs[0] ?? '' })
  await page.getByRole('cell', { name: 'sale_items' }).waitFor()
  await settled(page)
}

async function restore(page: Page, { folder }: PictureSite): Promise<void> {
  await showBackups(page)
  await page.getByRole('button', { name: 'Restore…' }).click()
  await page.getByLabel('Empty or new folder').fill(join(folder, names.en.restored))
  await page.getByRole('button', { name: 'Restore', exact: true }).click()
  await page.getByText('is restored').waitFor({ timeout: 60_000 })
  await settled(page)
}
