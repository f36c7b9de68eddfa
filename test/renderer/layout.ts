/** Checks of what lies where on a page, and of what it says beside. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { FakeAgent } from './fake-agent.ts'

interface Opened {
  readonly page: Page
  readonly agent: FakeAgent
}

/** A run whose stages leave room behind, before, or only on their bars. */
export async function checkTimeBar({ page, agent }: Opened): Promise<void> {
  const site = agent.site.runs.find(({ outcome }) => outcome === 'good')!
  const at = (startMs: number, endMs: number) =>
    ({ stage: 'encode', source: 'files', startMs, endMs, bytes: 36e6 }) as const
  Object.assign(site, { spans: [at(0, 200), at(200, 3_700), at(0, 5_000), at(3_700, 5_000), at(4_990, 5_000)] })
  await page.goto(`${page.url().split('#')[0]}#/history/${site.id}`)
  await page.locator('.gantt em').first().waitFor()
  for (const [index, lane] of (await page.locator('.gantt .lane').all()).entries()) {
    const [outer, words] = await Promise.all([lane.boundingBox(), lane.locator('em').boundingBox()])
    if (outer === null || words === null) throw new Error(`stage ${index} shows no words`)
    expect(words.x).toBeGreaterThanOrEqual(outer.x)
    expect(words.x + words.width).toBeLessThanOrEqual(outer.x + outer.width)
  }
}

export async function checkSameDisk({ page, agent }: Opened): Promise<void> {
  expect(await page.getByText('same disk as data').count()).toBe(0)
  const last = agent.site.runs.find(({ id }) => id === agent.site.summary.jobs[1]?.lastRun?.run)!
  last.findings.push({ code: 'same-volume', weight: 'note', message: '', hint: '', detail: {} })
  await page.reload()
  await page.getByText('same disk as data').waitFor()
  expect(await page.getByText('same disk as data').count()).toBe(1)
  expect(await page.getByText('All 3 jobs have a backup that restores').count()).toBe(1)
}
