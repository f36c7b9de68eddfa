/** X07, X08: pages of other origins in a real Chromium that is, and is not, signed in to the agent. */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningAgent } from '../../electron/agent/agent.ts'
import { startAgent, withJob } from '../agent/real-agent.ts'
import { CHROMIUM } from '../renderer/browser.ts'

const hasChromium = existsSync(CHROMIUM)
if (!hasChromium && process.env['CI'] === 'true') throw new Error(`no Chromium at ${CHROMIUM}`)

/** A page of somebody else, on another port of this computer. */
async function startStranger(): Promise<{ port: number; cookies: string[] }> {
  const cookies: string[] = []
  const server = createServer((request, response) => {
    cookies.push(request.headers.cookie ?? '')
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, cookies }
}

/** Tries every way in which a page can send a request to `agent`; what came of each, as the page sees it. */
async function attack(page: Page, agent: string): Promise<Record<string, string>> {
  return await page.evaluate(async (origin) => {
    const patient = (work: Promise<string>): Promise<string> =>
      Promise.race([
        work.catch(() => 'refused'),
        new Promise<string>((resolve) => setTimeout(resolve, 5_000, 'silent')),
      ])
    const stop = `${origin}/api/backup.start`
    const body = JSON.stringify({ job: 'shop' })
    const send = (init: RequestInit) => fetch(stop, { method: 'POST', body, credentials: 'include', ...init })
    const seen = async (response: Promise<Response>) => `${(await response).type} ${(await response).status}`
    const json = { 'content-type': 'application/json' }
    const frame = document.createElement('iframe')
    frame.name = 'target'
    const form = Object.assign(document.createElement('form'), { method: 'POST', action: stop, target: 'target' })
    form.enctype = 'text/plain'
    form.append(Object.assign(document.createElement('input'), { name: '{"job":"shop","x":"', value: '"}' }))
    document.body.append(frame, form)
    form.submit()
    return {
      noCors: await patient(seen(send({ mode: 'no-cors' }))),
      cors: await patient(seen(send({ headers: json }))),
      withToken: await patient(seen(send({ headers: { ...json, 'x-sitekeep-token': '0'.repeat(64) } }))),
      beacon: String(navigator.sendBeacon(stop, new Blob([body], { type: 'text/plain' }))),
      image: await patient(
        new Promise((resolve) => {
          const image = new Image()
          image.onload = () => resolve('loaded')
          image.onerror = () => resolve('refused')
          image.src = `${origin}/api/status`
        }),
      ),
      events: await patient(
        new Promise((resolve) => {
          const source = new EventSource(`${origin}/api/events`, { withCredentials: true })
          source.onopen = () => resolve('open')
          source.onerror = () => {
            source.close()
            resolve('refused')
          }
        }),
      ),
      socket: await patient(
        new Promise((resolve) => {
          const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/events`)
          socket.onopen = () => resolve('open')
          socket.onerror = () => resolve('refused')
        }),
      ),
    }
  }, agent)
}

/** Nothing opened, nothing readable; `no-cors` and a beacon never tell the page what came of them. */
const nothing = {
  noCors: expect.stringMatching(/^(refused|opaque 0)$/) as string,
  cors: 'refused',
  withToken: 'refused',
  beacon: 'true',
  image: 'refused',
  events: 'refused',
  socket: 'refused',
}

async function expectUntouched(agent: RunningAgent): Promise<void> {
  expect((await agent.call('run.list', {})).total).toBe(0)
  expect((await agent.call('job.list', {})).map(({ name }) => name)).toEqual(['Shop'])
}

async function openBrowser(): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP evil.example 127.0.0.1'],
  })
  onTestFinished(() => browser.close())
  return await (await browser.newContext()).newPage()
}

describe.skipIf(!hasChromium)('pages of other origins', () => {
  for (const isSignedIn of [false, true])
    it(`X07, X08: ${isSignedIn ? 'with' : 'without'} a session in the browser they start no run and read nothing`, async () => {
      const agent = await startAgent({ http: { host: '127.0.0.1', port: 0 } })
      await withJob(agent)
      const origin = agent.origin!
      const port = new URL(origin).port
      const stranger = await startStranger()
      const page = await openBrowser()
      if (isSignedIn) {
        // The API alone is served here: the sign-in of the pages, done by hand.
        await page.goto(origin)
        const code = new URL(agent.webLink()!).hash.slice('#code='.length)
        const status = await page.evaluate(async (given) => {
          const headers = { 'content-type': 'application/json' }
          const answer = await fetch('/auth', { method: 'POST', headers, body: JSON.stringify({ code: given }) })
          const { value } = (await answer.json()) as { value: { token: string } }
          const all = { ...headers, 'x-sitekeep-token': value.token }
          return (await fetch('/api/status', { method: 'POST', headers: all, body: '{}' })).status
        }, code)
        expect(status).toBe(200)
      }
      for (const name of ['127.0.0.1', 'localhost', 'evil.localhost', 'evil.example']) {
        await page.goto(`http://${name}:${stranger.port}/`)
        expect(await attack(page, origin), name).toEqual(nothing)
        // DNS rebinding: the stranger's own name now leads to the agent's port.
        if (name.startsWith('evil'))
          expect(await attack(page, `http://${name}:${port}`), `${name} rebound`).toEqual(nothing)
      }
      await expectUntouched(agent)
      // Why a cookie alone must not do: a browser hands it to every port of the host.
      expect(stranger.cookies.some((cookie) => cookie.includes(`sitekeep_${port}=`))).toBe(isSignedIn)
    })

  it.skipIf(!hasChromium)('X08: a page that was rebound to the agent gets its refusal, not its pages', async () => {
    const agent = await startAgent({ http: { host: '127.0.0.1', port: 0 } })
    const page = await openBrowser()
    const answer = await page.goto(`http://evil.example:${new URL(agent.origin!).port}/`)
    expect(answer?.status()).toBe(421)
  })
})
