/** What a page cannot do. On the stand-in this proves that the shell asks for it and obeys, not that Electron enforces it. */
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  eventually,
  needDesktop,
  openDesktop,
  recordedCalls,
  root,
  type DesktopWindow,
  type StandIn,
} from './desktop.ts'

beforeEach(needDesktop)

describe('the page', () => {
  it('sees a frozen bridge, and neither Node nor Electron', async () => {
    const { page, app } = await openDesktop({ agent: 'none' })
    const seen = await page.evaluate(() => ({
      require: typeof (globalThis as Record<string, unknown>)['require'],
      process: typeof (globalThis as Record<string, unknown>)['process'],
      isFrozen:
        Object.isFrozen((window as unknown as DesktopWindow).sitekeep) &&
        Object.isFrozen((window as unknown as DesktopWindow).sitekeep.shell),
      doors: Object.keys((window as unknown as DesktopWindow).sitekeep).sort(),
    }))
    expect(seen).toEqual({
      require: 'undefined',
      process: 'undefined',
      isFrozen: true,
      doors: ['call', 'onEvent', 'shell'],
    })
    expect(await app.evaluate(({ app }) => app.isPackaged)).toBe(false)
  })

  it('U05: markup that came as data runs no script', async () => {
    const { page } = await openDesktop({ agent: 'none' })
    await page.evaluate(async () => {
      document.body.insertAdjacentHTML('beforeend', '<img src="app://sitekeep/none.png" onerror="window.pwned = 1">')
      const script = document.createElement('script')
      script.textContent = 'window.pwned = 2'
      document.body.append(script)
      await new Promise((resolve) => setTimeout(resolve, 300))
    })
    expect(await page.evaluate(() => (window as unknown as Record<string, unknown>)['pwned'])).toBeUndefined()
  })

  it('U05: nothing destructive happens without a native question', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    const refused = await desktop.page.evaluate(() =>
      (window as unknown as DesktopWindow).sitekeep.call('job.remove', { job: 'shop' }),
    )
    expect(refused).toMatchObject({ ok: false, error: { code: 'cancelled' } })
    const [asked] = await recordedCalls(desktop, 'dialog.showMessageBox')
    expect(JSON.stringify(asked)).toContain('Remove this job?')
  })

  it('U03: unknown methods, wrong types and foreign keys are refused as data', async () => {
    const { page } = await openDesktop({ agent: 'none' })
    const answers = await page.evaluate(async () => {
      const call = (window as unknown as DesktopWindow).sitekeep.call as (
        method: string,
        params: unknown,
      ) => Promise<unknown>
      return Promise.all([
        call('toString', {}),
        call('__proto__', {}),
        call('job.show', { job: 5 }),
        call('backup.start', null),
        call('run.list', { limit: Number.NaN }),
      ])
    })
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
  })
})

describe('U04: a caller that is not our page in our window', () => {
  it.each(['app://sitekeep/index.html', 'about:blank'])('is rejected on every channel (%s)', async (url) => {
    const { app } = await openDesktop({ agent: 'none' })
    const answers = await app.evaluate(
      async ({ BrowserWindow }, { preload, address }) => {
        const stranger = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
        await Promise.race([stranger.loadURL(address), new Promise((resolve) => setTimeout(resolve, 1000))])
        const ask = (code: string): Promise<unknown> => stranger.webContents.executeJavaScript(code)
        const called = await ask(`window.sitekeep.call('status', {})`)
        const shell = await ask(`window.sitekeep.shell.preferences.get().then(() => 'heard', (error) => error.message)`)
        stranger.destroy()
        return [called, shell]
      },
      { preload: join(root, 'out', 'preload', 'preload.cjs'), address: url },
    )
    expect(answers[0]).toMatchObject({ ok: false, error: { code: 'not-allowed' } })
    expect(answers[1]).toContain('may look but not act')
  })
})

describe('U06: leaving the page', () => {
  it('does not navigate away', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    const { page } = desktop
    const before = page.url()
    await page.evaluate(() => {
      location.href = 'https://example.com/'
    })
    await eventually(() => recordedCalls(desktop, 'navigation-prevented')).toEqual([['https://example.com/']])
    expect(page.url()).toBe(before)
    expect(await page.evaluate(() => typeof (window as unknown as DesktopWindow).sitekeep)).toBe('object')
  })

  it('opens no window, and hands nothing to the system but the own loopback page', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    const urls = ['https://example.com/', 'file:///usr/bin/true', 'ms-msdt:/x', 'http://127.0.0.1:8710/#code=a']
    await desktop.page.evaluate((addresses) => addresses.forEach((address) => window.open(address)), urls)
    await desktop.page.evaluate(() => {
      const link = document.createElement('a')
      Object.assign(link, { href: 'https://example.com/link', target: '_blank' })
      document.body.append(link)
      link.click()
    })
    const denied = [...urls, 'https://example.com/link'].map((url) => [url, 'deny'])
    await eventually(() => recordedCalls(desktop, 'window-open')).toEqual(denied)
    expect(await recordedCalls(desktop, 'shell.openExternal')).toEqual([['http://127.0.0.1:8710/#code=a']])
    expect(desktop.app.windows()).toHaveLength(1)
  })

  it('gets no permission', async () => {
    const { page } = await openDesktop({ agent: 'none' })
    const answers = await page.evaluate(async () => {
      const place = new Promise<unknown>((resolve) =>
        navigator.geolocation.getCurrentPosition(resolve, (error) => resolve(error.code)),
      )
      return [await Notification.requestPermission(), await place]
    })
    expect(answers).toEqual(['denied', 1])
  })

  it('shows folders, and never starts a file', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    const open = (path: string) =>
      desktop.page.evaluate(
        (given) =>
          (window as unknown as DesktopWindow).sitekeep.shell.openPath(given).then(
            () => 'shown',
            () => 'refused',
          ),
        path,
      )
    expect(await open(root)).toBe('shown')
    expect(await open(join(root, 'package.json'))).toBe('shown')
    expect(await open('package.json')).toBe('refused')
    expect(await open('/nowhere')).toBe('refused')
    expect(await recordedCalls(desktop, 'shell.openPath')).toEqual([[root]])
    expect(await recordedCalls(desktop, 'shell.showItemInFolder')).toEqual([[join(root, 'package.json')]])
  })
})

describe('the shell', () => {
  it('sandboxes every renderer and registers its scheme before anything is loaded', async () => {
    const { app } = await openDesktop({ agent: 'none' })
    const names = await app.evaluate((electron) =>
      (electron as unknown as StandIn).__standin.calls.map(({ name }) => name),
    )
    expect(names).toEqual(expect.arrayContaining(['app.enableSandbox', 'protocol.registerSchemesAsPrivileged']))
  })
})
