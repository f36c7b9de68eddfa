/** The window and the service die apart from each other: neither takes the other along, and the window says what is true. */
import { once } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  agentPid,
  clientOf,
  eventually,
  isAlive,
  needDesktop,
  openDesktop,
  screenshot,
  trayOf,
  type Desktop,
  type DesktopWindow,
} from './desktop.ts'
import { addSite } from './site.ts'

beforeEach(needDesktop)

async function linkState({ page }: Desktop): Promise<string> {
  return page.evaluate(async () => (await (window as unknown as DesktopWindow).sitekeep.shell.link.state()).state)
}

describe('recovery', { timeout: 180_000 }, () => {
  it('U01: a run goes on and ends well when the window and its shell are killed', async () => {
    const desktop = await openDesktop()
    await eventually(() => linkState(desktop)).toBe('connected')
    const client = await clientOf(desktop.home)
    const { job } = await addSite(client, 64)
    const { run } = await client.call('backup.start', { job: job.id })
    const ended = once(desktop.app.process(), 'exit')
    desktop.app.process().kill('SIGKILL')
    await ended
    expect(await client.call('run.wait', { run })).toMatchObject({ outcome: 'good' })
    expect((await client.call('status', {})).light).toBe('good')
  })

  it('U02: says that the service has gone, shows no old green, and recovers with a single new agent', async () => {
    const desktop = await openDesktop()
    await eventually(() => linkState(desktop)).toBe('connected')
    const client = await clientOf(desktop.home)
    const { job } = await addSite(client)
    const { run } = await client.call('backup.start', { job: job.id })
    await client.call('run.wait', { run })
    await eventually(async () => (await trayOf(desktop)).icon).toMatch(/good-/)

    const states = await desktop.page.evaluateHandle(() => {
      const seen: string[] = []
      ;(window as unknown as DesktopWindow).sitekeep.shell.link.onChange(({ state }) => seen.push(state))
      return seen
    })
    const first = await agentPid(desktop.home)
    process.kill(first, 'SIGKILL')
    await eventually(async () => (await states.jsonValue())[0]).toBe('down')
    await eventually(async () => (await states.jsonValue()).at(-1)).toBe('connected')
    await eventually(async () => (await trayOf(desktop)).icon).toMatch(/good-/)
    const second = await agentPid(desktop.home)
    expect(second).not.toBe(first)
    expect(isAlive(first)).toBe(false)
  })

  it('U02: as long as no service can be started, tray and page say so', async () => {
    const desktop = await openDesktop({ agent: 'none' })
    await eventually(() => linkState(desktop)).toBe('down')
    await eventually(async () => (await trayOf(desktop)).tip).toMatch(
      /Service not running\nNo backups since \d\d:\d\d$/,
    )
    await desktop.page.getByText('Service silent').first().waitFor({ timeout: 60_000 })
    await screenshot(desktop, 'service-not-running-en-light')
  })
})
