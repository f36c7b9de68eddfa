/** Debian's Chromium for the pages' tests, without the services that look for a network. */
import { chromium, type Browser, type Page } from 'playwright-core'
import { NOW } from './fixture.ts'

export const CHROMIUM = process.env['SITEKEEP_CHROMIUM'] ?? '/usr/bin/chromium'

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface Look {
  readonly language?: 'zh-CN' | 'en'
  readonly theme?: 'light' | 'dark'
  readonly width?: number
  readonly height?: number
  /** Moves on from the fixture's moment; needed where a test waits for the page's own timers. */
  readonly isTicking?: boolean
  /** The pages come, but behind them nobody answers at once, or at all. */
  readonly service?: 'slow' | 'absent'
}

export interface OpenPage {
  readonly page: Page
  /** What the page said that it should not: errors, refused content. */
  readonly troubles: readonly string[]
}

/** A new window with its own storage, whose clock stands at the fixture's moment. */
export async function openPage(browser: Browser, url: string, look: Look = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1180, height: look.height ?? 760 },
    locale: look.language ?? 'zh-CN',
    colorScheme: look.theme ?? 'light',
    reducedMotion: 'reduce',
  })
  if (look.service !== undefined)
    await context.route('**/api/**', (route) => (look.service === 'absent' ? route.abort() : undefined))
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text())
  })
  if (look.isTicking === true) await page.clock.install({ time: NOW })
  else await page.clock.setFixedTime(NOW)
  await page.goto(url)
  return { page, troubles }
}
