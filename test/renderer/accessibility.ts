/** Whether a page can be used by everybody: axe's rules, and the way through it by keyboard alone. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe objects to; empty is good. */
export async function violations(page: Page): Promise<unknown> {
  // Left out: Fluent's invisible stops that hand the focus on; they are hidden from readers and never keep it.
  // Through the debugger: the policy of the page does not let a script in.
  return await page.evaluate(`${axe}; axe.run({ exclude: ['[data-tabster-dummy]'] }).then((r) => r.violations.map((v) =>
    v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | ')))`)
}

/** In each theme, as the system changes it: the page follows at once. */
export async function violationsByTheme(page: Page): Promise<Record<'light' | 'dark', unknown>> {
  const found: Partial<Record<'light' | 'dark', unknown>> = {}
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.locator(`html[data-theme="${theme}"]`).waitFor({ state: 'attached' })
    // Colours that are still on their way are neither the one nor the other.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))
    found[theme] = await violations(page)
  }
  return { light: found.light, dark: found.dark }
}

/** Goes on by Tab until the focus is on what is named so, as a person does who has no mouse. */
export async function tabTo(page: Page, name: RegExp, limit = 60): Promise<void> {
  for (let n = 0; n < limit; n += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined
      return label ?? element?.getAttribute('aria-label') ?? element?.textContent ?? ''
    })
    if (name.test(focused.trim())) return
  }
  throw new Error(`Tab never reached ${String(name)}`)
}

/** Whether the focused control shows it: by an outline, a shadow or, as Fluent does, a border of its pseudo-element. */
export async function showsFocus(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return false
    const around = [element, element.parentElement ?? element]
    return around.some((one) =>
      [undefined, '::after'].some((part) => {
        const style = getComputedStyle(one, part)
        const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1
        const bordered = part === '::after' && Number.parseFloat(style.borderBottomWidth) >= 2
        return outlined || style.boxShadow !== 'none' || bordered
      }),
    )
  })
}
