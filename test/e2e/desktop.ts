/** Starts the built desktop on the stand-in, or on a real Electron where ELECTRON_EXEC names one, and ends all it started. */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { expect, onTestFinished, type TestContext } from 'vitest'
import { connectAgent, type AgentClient } from '../../electron/client/client.ts'
import type { SitekeepBridge } from '../../electron/contract/ipc.ts'
import { makeTempDir } from '../helpers/temp.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')
export const standIn = join(root, 'test', 'electron-standin', 'electron')
const artifacts = join(root, 'test', '.artifacts')

/** A script that ends at once: an agent that cannot be started. */
const noAgent = join(root, 'test', 'e2e', 'no-agent.mjs')

export interface DesktopOptions {
  /** `SITEKEEP_HOME`; a new one where it is not given. */
  readonly home?: string
  readonly userData?: string
  /** `none`: the service cannot be started, as on a broken installation. */
  readonly agent?: 'real' | 'none'
  readonly locale?: 'en-US' | 'zh-CN'
  /** The program to start; a packaged one brings its own application along. */
  readonly packaged?: string
}

/** The bridge as the contract has it, whatever the pages themselves use of it. */
export interface DesktopWindow {
  readonly sitekeep: SitekeepBridge
}

export interface Desktop {
  readonly app: ElectronApplication
  readonly page: Page
  readonly home: string
  readonly userData: string
  /** What the page complained about. */
  readonly errors: string[]
}

/** Skips with a reason where this machine lacks what the stand-in needs. */
export function needDesktop({ skip }: TestContext): void {
  const program = process.env['ELECTRON_EXEC']
  const hasChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some(existsSync)
  if (program === undefined && process.platform !== 'linux') skip('the stand-in runs on Linux only; set ELECTRON_EXEC')
  if (program === undefined && !hasChromium) skip('no Chromium is installed')
  if (!existsSync(join(root, 'out', 'main', 'shell.js'))) throw new Error('out/ is not built: npm run build')
}

export async function openDesktop(options: DesktopOptions = {}): Promise<Desktop> {
  const home = options.home ?? join(makeTempDir(), 'home')
  const userData = options.userData ?? makeTempDir()
  const app = await _electron.launch({
    executablePath: options.packaged ?? process.env['ELECTRON_EXEC'] ?? standIn,
    args: [...(options.packaged === undefined ? [root] : []), `--user-data-dir=${userData}`],
    env: environment(home, options),
    timeout: 30_000,
  })
  const shell = app.process()
  onTestFinished(async () => {
    if (shell.exitCode === null && shell.signalCode === null) await app.close()
    await endAgent(home)
  })
  const page = await app.firstWindow()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.waitForFunction(() => 'sitekeep' in window)
  await page.waitForLoadState('load')
  return { app, page, home, userData, errors }
}

export function environment(
  home: string,
  { agent = 'real', locale = 'en-US' }: DesktopOptions,
): Record<string, string> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    SITEKEEP_HOME: home,
    SITEKEEP_NODE: process.execPath,
    STANDIN_LOCALE: locale,
    ...(agent === 'none' ? { SITEKEEP_AGENT: noAgent } : {}),
  }
}

/** A client of the desktop's agent, for looking behind the window. */
export async function clientOf(home: string): Promise<AgentClient> {
  const client = await connectAgent({ home, client: 'test' })
  onTestFinished(() => client.close())
  return client
}

export async function agentPid(home: string): Promise<number> {
  const client = await connectAgent({ home, client: 'test' })
  try {
    return (await client.call('agent.info', {})).pid
  } finally {
    client.close()
  }
}

/** The agent outlives the shell by design, so each test ends its own. */
async function endAgent(home: string): Promise<void> {
  const pid = await agentPid(home).catch(() => undefined)
  if (pid === undefined) return
  process.kill(pid, 'SIGKILL')
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // No such process.
    return false
  }
}

/** What the stand-in has recorded of the tray; a real Electron tells nobody. */
export async function trayOf({ app }: Desktop): Promise<{ tip: string; icon: string; labels: string[] }> {
  return app.evaluate((electron) => {
    const tray = (electron as unknown as StandIn).__standin.trays[0]!
    return { tip: tray.toolTip, icon: tray.image.path, labels: tray.menu.items.map((item) => item.label) }
  })
}

/** Waits for the item: the menu follows what the agent says. */
export async function pressTray({ app }: Desktop, id: string): Promise<void> {
  await eventually(() =>
    app.evaluate(
      (electron, wanted) => (electron as unknown as StandIn).__standin.trays[0]!.menu.getMenuItemById(wanted) !== null,
      id,
    ),
  ).toBe(true)
  await app.evaluate((electron, wanted) => {
    ;(electron as unknown as StandIn).__standin.trays[0]!.menu.getMenuItemById(wanted)!.click()
  }, id)
}

export async function recordedCalls({ app }: Desktop, name: string): Promise<unknown[][]> {
  return app.evaluate(
    (electron, wanted) =>
      (electron as unknown as StandIn).__standin.calls.filter((call) => call.name === wanted).map((call) => call.args),
    name,
  )
}

export async function isWindowVisible({ app }: Desktop): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false)
}

export async function screenshot({ page }: Desktop, name: string): Promise<void> {
  const path = join(artifacts, `${name}.png`)
  mkdirSync(dirname(path), { recursive: true })
  await page.screenshot({ path })
}

/** Polls for as long as a loaded machine may need. */
export function eventually<T>(read: () => Promise<T> | T): ReturnType<typeof expect.poll> {
  return expect.poll(read, { timeout: 30_000, interval: 50 })
}

/** The part of `test/electron-standin/state.mjs` that specs read. */
interface StandIn {
  readonly __standin: {
    readonly calls: { name: string; args: unknown[] }[]
    readonly notifications: { title: string; body: string; emit(name: string): void }[]
    readonly trays: {
      toolTip: string
      image: { path: string }
      menu: { items: { label: string }[]; getMenuItemById(id: string): { click(): void } | null }
    }[]
  }
}
export type { StandIn }
