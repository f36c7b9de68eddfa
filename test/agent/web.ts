/** The loopback pages for tests, and a client that sends exactly the bytes it is given. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Summary } from '../../electron/contract/summary.ts'
import type { Dispatch } from '../../electron/agent/dispatch.ts'
import { createEventBus, type EventBus } from '../../electron/agent/events.ts'
import { listenHttp, type HttpServer } from '../../electron/agent/http-server.ts'
import { Redactor, Secret } from '../../electron/engine/secret.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

export const METRICS_TOKEN = 'a'.repeat(64)

export interface WebHarness {
  readonly server: HttpServer
  readonly port: number
  readonly calls: string[]
  readonly events: EventBus
}

const summary: Summary = {
  at: '',
  light: 'good',
  jobs: [],
  destinations: [],
  notices: [],
  agent: { version: '1', startedAt: '', hostname: 'shop', home: '/', mode: 'agent' },
}

export async function startWeb(
  options: { allowHosts?: string[]; host?: string; dispatch?: Dispatch } = {},
): Promise<WebHarness> {
  const pagesDir = makeTempDir()
  mkdirSync(join(pagesDir, 'assets'))
  writeFileSync(join(pagesDir, 'index.html'), '<!doctype html><title>Sitekeep</title>')
  writeFileSync(join(pagesDir, 'assets', 'main-1a2b.js'), 'export {}')
  writeFileSync(join(pagesDir, 'secret.txt'), 'not a page')
  const outside = join(makeTempDir(), 'outside.html')
  writeFileSync(outside, 'not ours to show')
  symlinkSync(outside, join(pagesDir, 'link.html'))
  const calls: string[] = []
  const events = createEventBus(new Redactor(), () => undefined)
  const dispatch: Dispatch = (method, params, caller) => {
    calls.push(method)
    return options.dispatch?.(method, params, caller) ?? Promise.resolve({ ok: true, value: { method } })
  }
  const { host = '127.0.0.1', allowHosts = [] } = options
  const server = await listenHttp(
    { host, port: 0, allowHosts, pagesDir },
    { world: makeWorld(), dispatch, events, metricsToken: new Secret(METRICS_TOKEN), summary: () => summary },
  )
  onTestFinished(() => server.close())
  return { server, port: Number(new URL(server.origin).port), calls, events }
}

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends `text` and reads until the server closes, or has answered completely. */
export async function raw(port: number, text: string, host = '127.0.0.1'): Promise<RawAnswer> {
  const socket = connect(port, host)
  socket.on('error', () => undefined)
  socket.write(text)
  let answer = ''
  for await (const chunk of socket) {
    answer += String(chunk)
    const [head, body] = split(answer)
    const length = /content-length: (\d+)/i.exec(head)?.[1]
    if (answer.includes('\r\n\r\n') && length !== undefined && body.length >= Number(length)) break
    if (body.endsWith('0\r\n\r\n')) break
  }
  socket.destroy()
  const [head, body] = split(answer)
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body }
}

function split(answer: string): [string, string] {
  const at = answer.indexOf('\r\n\r\n')
  return at < 0 ? [answer, ''] : [answer.slice(0, at), answer.slice(at + 4)]
}

/** The text of a request with a JSON body. */
export function post(path: string, headers: Readonly<Record<string, string>>, body: string): string {
  const all = { 'Content-Type': 'application/json', ...headers, 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`POST ${path} HTTP/1.1`, ...lines, '', body].join('\r\n')
}

/** What a signed-in page of ours sends. */
export interface Credentials {
  readonly 'Cookie': string
  readonly 'X-Sitekeep-Token': string
}

/** Signs in with a new link. */
export async function signIn({ server, port }: WebHarness, cookie = ''): Promise<Credentials> {
  const code = new URL(server.link()).hash.replace('#code=', '')
  const own = { Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}`, Cookie: cookie }
  const { head, body } = await raw(port, post('/auth', own, JSON.stringify({ code })))
  return {
    'Cookie': /set-cookie: ([^;\r]+)/i.exec(head)?.[1] ?? '',
    'X-Sitekeep-Token': /"token":"([0-9a-f]+)"/.exec(body)?.[1] ?? '',
  }
}
