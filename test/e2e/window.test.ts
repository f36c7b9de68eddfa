/** The window and the tray as a person handles them: hide, show again, quit, one instance, same place next time. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeTempDir } from '../helpers/temp.ts'
import {
  clientOf,
  environment,
  eventually,
  isWindowVisible,
  needDesktop,
  openDesktop,
  pressTray,
  recordedCalls,
  root,
  standIn,
  trayOf,
  type Desktop,
  type DesktopWindow,
} from './desktop.ts'
import { addSite } from './site.ts'

beforeEach(needDesktop)

async function closeWindow({ app }: Desktop): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close())
}

describe('window', () => {
  it('hides when it is closed, and comes back from the tray', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    await closeWindow(desktop)
    await eventually(() => isWindowVisible(desktop)).toBe(false)
    await pressTray(desktop, 'open')
    expect(await isWindowVisible(desktop)).toBe(true)
  })

  it('is brought to the front by a second start, which ends by itself', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    await closeWindow(desktop)
    const second = spawn(
      process.env['ELECTRON_EXEC'] ?? standIn,
      [root, '--no-sandbox', `--user-data-dir=${desktop.userData}`],
      { env: environment(desktop.home, { agent: 'none' }), stdio: 'ignore' },
    )
    const [code] = (await once(second, 'exit')) as [number]
    expect(code).toBe(0)
    await eventually(() => isWindowVisible(desktop)).toBe(true)
  })

  it('stands where it stood', async () => {
    const userData = makeTempDir()
    const bounds = { x: 120, y: 60, width: 1240, height: 800 }
    const first = await openDesktop({ agent: 'none', userData })
    await first.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]!.setBounds(to), bounds)
    await first.app.close()
    const second = await openDesktop({ agent: 'none', userData })
    const found = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getNormalBounds())
    expect(found).toEqual(bounds)
  })

  it('comes back on a screen where its old one is gone', async () => {
    const userData = makeTempDir()
    const first = await openDesktop({ agent: 'none', userData })
    await first.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.setBounds({ x: 9000, y: 60, width: 1240, height: 800 }),
    )
    await first.app.close()
    const second = await openDesktop({ agent: 'none', userData })
    const { x } = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getNormalBounds())
    expect(x).toBeLessThan(1920)
  })

  it('quits from the tray', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    const ended = once(desktop.app.process(), 'exit')
    await pressTray(desktop, 'quit')
    expect((await ended)[0]).toBe(0)
  })
})

describe('page and shell', { timeout: 120_000 }, () => {
  it('loads again where a page may not navigate by itself', async () => {
    const { page } = await openDesktop({ agent: 'none' })
    await page.evaluate(() => {
      ;(window as unknown as Record<string, unknown>)['before'] = true
      location.hash = '#/settings'
    })
    await page.evaluate(() => void (window as unknown as DesktopWindow).sitekeep.shell.reload())
    await page.waitForFunction(() => !('before' in window))
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' })
    expect(await page.evaluate(() => location.hash)).toBe('#/settings')
  })

  it('follows the language chosen on the settings page, and the tray with it', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    const { page } = desktop
    await page.evaluate(() => {
      location.hash = '#/settings'
    })
    await page.getByRole('combobox').first().selectOption('zh-CN')
    await page.getByRole('heading', { name: '设置' }).waitFor()
    await eventually(async () => (await trayOf(desktop)).tip).toContain('服务没在运行')
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
  })

  it('U05: deletes a job by one question, the shell’s own, which names the job', async () => {
    const desktop = await openDesktop()
    await eventually(() =>
      desktop.page.evaluate(async () => (await (window as unknown as DesktopWindow).sitekeep.shell.link.state()).state),
    ).toBe('connected')
    const client = await clientOf(desktop.home)
    const { job } = await addSite(client)
    await desktop.page.evaluate((id) => {
      location.hash = `#/jobs/${id}`
    }, job.id)
    await desktop.page.getByRole('button', { name: 'Delete job…' }).click()
    await eventually(async () => (await recordedCalls(desktop, 'dialog.showMessageBox')).length).toBe(1)
    expect(JSON.stringify(await recordedCalls(desktop, 'dialog.showMessageBox'))).toContain(job.name)
    // The stand-in's person says no: nothing is removed, nothing is called an error, and no second question is asked.
    expect(await desktop.page.getByRole('dialog').count()).toBe(0)
    expect(await client.call('job.list', {})).toHaveLength(1)
  })
})

describe('tray', () => {
  it('says that the service is not running, by a shape of its own', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    await eventually(async () => (await trayOf(desktop)).tip).toContain('Service not running')
    expect((await trayOf(desktop)).icon).toMatch(/stopped-on-light\.png$/)
  })

  it('speaks the language that the person chose, at once', async () => {
    const desktop = await openDesktop({ agent: 'none', locale: 'zh-CN' })
    expect((await trayOf(desktop)).tip).toContain('服务没在运行')
    await desktop.page.evaluate(() =>
      (window as unknown as DesktopWindow).sitekeep.shell.preferences.set({ language: 'en' }),
    )
    expect((await trayOf(desktop)).tip).toContain('Service not running')
  })
})
