/** The loopback pages against other web pages, rebound names, other users and curious scripts. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { METRICS_TOKEN, post, raw, signIn, startWeb, type Credentials, type WebHarness } from '../agent/web.ts'

const own = (port: number) => ({ Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}` })

async function signedIn(): Promise<WebHarness & { session: Credentials; cookie: string }> {
  const web = await startWeb()
  const session = await signIn(web)
  return { ...web, session, cookie: session.Cookie }
}

describe('X08: names that are not ours', () => {
  it.each([
    ['another name', (port: number) => [`GET / HTTP/1.1`, `Host: evil.example:${port}`]],
    ['another name without a port', () => [`GET / HTTP/1.1`, `Host: evil.example`]],
    ['a name that begins like ours', (port: number) => [`GET / HTTP/1.1`, `Host: localhost.evil:${port}`]],
    ['a name that ends like ours', (port: number) => [`GET / HTTP/1.1`, `Host: evil.localhost:${port}`]],
    ['an address that begins like ours', (port: number) => [`GET / HTTP/1.1`, `Host: 127.0.0.1.evil:${port}`]],
    ['a user before the name', (port: number) => [`GET / HTTP/1.1`, `Host: 127.0.0.1:${port}@evil`]],
    ['an empty name', () => [`GET / HTTP/1.1`, `Host:`]],
    ['no name at all', () => [`GET / HTTP/1.1`, 'Accept: */*']],
    ['no name in HTTP/1.0', () => [`GET / HTTP/1.0`, 'Accept: */*']],
    ['our name without its port', () => [`GET / HTTP/1.1`, `Host: 127.0.0.1`]],
    [
      'our name with another port',
      (port: number) => [`GET / HTTP/1.1`, `Host: 127.0.0.1:${port === 65_535 ? 1 : port + 1}`],
    ],
    ['another IPv6 address', (port: number) => [`GET / HTTP/1.1`, `Host: [::2]:${port}`]],
    ['a mapped IPv6 address', (port: number) => [`GET / HTTP/1.1`, `Host: [::ffff:127.0.0.1]:${port}`]],
    ['every address', (port: number) => [`GET / HTTP/1.1`, `Host: 0.0.0.0:${port}`]],
    ['a decimal address', (port: number) => [`GET / HTTP/1.1`, `Host: 2130706433:${port}`]],
    ['two names', (port: number) => [`GET / HTTP/1.1`, `Host: 127.0.0.1:${port}`, `Host: evil.example`]],
    ['an absolute target', (port: number) => [`GET http://evil.example/ HTTP/1.1`, `Host: 127.0.0.1:${port}`]],
    [
      'an absolute target of ours',
      (port: number) => [`GET http://127.0.0.1:${port}/ HTTP/1.1`, `Host: 127.0.0.1:${port}`],
    ],
    ['a target with two slashes', (port: number) => [`GET //evil.example/ HTTP/1.1`, `Host: 127.0.0.1:${port}`]],
    ['an asterisk', (port: number) => [`GET * HTTP/1.1`, `Host: 127.0.0.1:${port}`]],
  ])('X08: refuses %s before routing', async (_, lines) => {
    const { port } = await startWeb()
    const { status, head } = await raw(port, `${lines(port).join('\r\n')}\r\n\r\n`)
    // Node itself closes on a target that no URL can be, and on a doubled Host.
    expect([421, 400, 0]).toContain(status)
    expect(head.toLowerCase()).not.toContain('access-control')
  })

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('X08: serves its own name %s', async (name) => {
    const { port } = await startWeb()
    expect((await raw(port, `GET / HTTP/1.1\r\nHost: ${name}:${port}\r\n\r\n`)).status).toBe(200)
  })

  it('X08: the calls are refused under a wrong name too, and nothing is done', async () => {
    const { port, calls, session } = await signedIn()
    for (const host of ['evil.example', `evil.example:${port}`, `localhost.evil:${port}`, '']) {
      const headers = { Host: host, Origin: `http://${host}`, ...session }
      expect((await raw(port, post('/api/agent.stop', headers, '{}'))).status).toBe(421)
    }
    expect(calls).toEqual([])
  })

  it('X08: upgrades and tunnels are refused', async () => {
    const { port } = await startWeb()
    const upgrade = [
      'GET /api/events HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      '',
      '',
    ]
    expect((await raw(port, upgrade.join('\r\n'))).status).toBe(403)
    expect((await raw(port, `CONNECT evil:80 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)).status).toBe(403)
  })

  it('X08: a name that was allowed is served, also behind a proxy, and no other', async () => {
    const { port } = await startWeb({ allowHosts: ['backup.shop.lan'] })
    for (const host of ['backup.shop.lan', `backup.shop.lan:${port}`])
      expect((await raw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status).toBe(200)
    for (const host of ['shop.lan', 'x.backup.shop.lan', `backup.shop.lan.evil:${port}`])
      expect((await raw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status).toBe(421)
  })

  it('X08: an address that others can reach needs an allowed name', async () => {
    await expect(startWeb({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'usage' })
    await expect(startWeb({ host: '::' })).rejects.toMatchObject({ code: 'usage' })
    await startWeb({ host: '0.0.0.0', allowHosts: ['shop.lan'] })
  })
})

describe('X07: other web pages in the same browser', () => {
  it.each([
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }, {}],
    [
      'a no-cors fetch of text',
      { 'Content-Type': 'text/plain' },
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' },
    ],
    ['a JSON fetch', {}, { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' }],
    ['a page on another port of this computer', {}, { 'Sec-Fetch-Site': 'same-site' }],
    ['an opaque origin', {}, { Origin: 'null' }],
    ['our origin over https', {}, { Origin: 'https://127.0.0.1' }],
    ['another port', {}, { Origin: 'http://127.0.0.1:1' }],
  ])('X07: %s gets 403 and changes nothing', async (_, type, extra) => {
    const { port, calls, session } = await signedIn()
    const headers = { Host: `127.0.0.1:${port}`, Origin: 'http://evil.example', ...session, ...type, ...extra }
    const { status, head } = await raw(port, post('/api/agent.stop', headers, '{}'))
    expect(status).toBe(403)
    expect(head.toLowerCase()).not.toContain('access-control')
    expect(calls).toEqual([])
  })

  it('X07: the fetch metadata alone is enough to refuse', async () => {
    const { port, calls, session } = await signedIn()
    const headers = { ...own(port), ...session, 'Sec-Fetch-Site': 'cross-site' }
    expect((await raw(port, post('/api/agent.stop', headers, '{}'))).status).toBe(403)
    expect(calls).toEqual([])
  })

  it('X07: a request without an origin is none of our pages’', async () => {
    const { port, calls, session } = await signedIn()
    const without = { Host: `127.0.0.1:${port}`, ...session }
    expect((await raw(port, post('/api/agent.stop', without, '{}'))).status).toBe(403)
    const text = { ...own(port), ...session, 'Content-Type': 'text/plain' }
    expect((await raw(port, post('/api/agent.stop', text, '{}'))).status).toBe(415)
    expect(calls).toEqual([])
  })

  it('X07: images, frames and event streams from elsewhere are refused; a link may open the page', async () => {
    const { port, cookie } = await signedIn()
    const get = async (path: string, extra: string) =>
      (
        await raw(
          port,
          `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\nSec-Fetch-Site: cross-site\r\n${extra}\r\n\r\n`,
        )
      ).status
    expect(await get('/', 'Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image')).toBe(403)
    expect(await get('/', 'Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe')).toBe(403)
    expect(await get('/api/events', 'Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document')).toBe(403)
    expect(await get('/', 'Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document')).toBe(200)
  })

  it('X07: a preflight gets no permission', async () => {
    const { port } = await startWeb()
    const { status, head } = await raw(
      port,
      `OPTIONS /api/status HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
    )
    expect(status).toBe(405)
    expect(head.toLowerCase()).not.toContain('access-control')
  })
})

describe('I28: signing in', () => {
  it('I28: without a session there are no calls, no events, and no body is waited for', async () => {
    const { port, calls } = await startWeb()
    expect((await raw(port, post('/api/status', own(port), '{}'))).status).toBe(401)
    expect(
      (await raw(port, post('/api/status', { ...own(port), Cookie: `sitekeep_${port}=${'0'.repeat(64)}` }, '{}')))
        .status,
    ).toBe(401)
    expect((await raw(port, `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)).status).toBe(401)
    expect(calls).toEqual([])
  })

  it('X22: the code is in the fragment, works once, and buys a cookie that scripts and other sites do not get', async () => {
    const { server, port } = await startWeb()
    const link = new URL(server.link())
    expect(link.search).toBe('')
    const body = JSON.stringify({ code: link.hash.replace('#code=', '') })
    const first = await raw(port, post('/auth', own(port), body))
    expect(first.head).toMatch(/set-cookie: sitekeep_\d+=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict/i)
    expect(first.head).toMatch(/referrer-policy: no-referrer/i)
    expect((await raw(port, post('/auth', own(port), body))).status).toBe(401)
  })

  it('X23: wrong codes are refused, and after ten all of them for a while', async () => {
    const { port } = await startWeb()
    const statuses: number[] = []
    for (let i = 0; i < 12; i += 1) statuses.push((await raw(port, post('/auth', own(port), `{"code":"${i}"}`))).status)
    expect(statuses.slice(0, 10).every((status) => status === 401)).toBe(true)
    expect(statuses.slice(10)).toEqual([429, 429])
  })

  it('I28: signed in, calls and events arrive; two cookies of one name are believed neither', async () => {
    const { port, session, cookie, calls, events } = await signedIn()
    const answer = await raw(port, post('/api/status', { ...own(port), ...session }, '{}'))
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.body).toContain('{"ok":true,"value":{"method":"status"}}')
    expect(calls).toEqual(['status'])
    const twice = `${cookie}; ${cookie}`
    expect((await raw(port, post('/api/status', { ...own(port), ...session, Cookie: twice }, '{}'))).status).toBe(401)
    const controller = new AbortController()
    onTestFinished(() => controller.abort())
    const stream = await fetch(`http://127.0.0.1:${port}/api/events`, {
      headers: { ...session },
      signal: controller.signal,
    })
    const reader = stream.body!.getReader()
    await reader.read()
    events.emit({ type: 'agent.state', state: 'stopping' })
    const { value } = await reader.read()
    expect(Buffer.from(value!).toString()).toBe('data: {"type":"agent.state","state":"stopping"}\n\n')
  })

  it('X07: a cookie without its token opens nothing, as another port of this host would send it; nor does a token alone', async () => {
    const { port, session, calls } = await signedIn()
    const stranger = await startWeb()
    const other = await signIn(stranger)
    const halves: Record<string, string>[] = [
      { Cookie: session.Cookie },
      { 'X-Sitekeep-Token': session['X-Sitekeep-Token'] },
      { ...session, 'X-Sitekeep-Token': other['X-Sitekeep-Token'] },
      { ...session, 'X-Sitekeep-Token': session.Cookie.split('=')[1]! },
      { ...session, 'X-Sitekeep-Token': '' },
    ]
    for (const half of halves) {
      expect((await raw(port, post('/api/status', { ...own(port), ...half }, '{}'))).status).toBe(401)
      const lines = Object.entries(half).map(([name, value]) => `${name}: ${value}\r\n`)
      const events = `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('')}\r\n`
      expect((await raw(port, events)).status).toBe(401)
    }
    expect(calls).toEqual([])
  })

  it('X22: a second link in the same browser signs the new tab in and the first one not out', async () => {
    const web = await signedIn()
    const { port, session } = web
    const second = await signIn(web, session.Cookie)
    expect(second.Cookie).toBe(session.Cookie)
    expect(second['X-Sitekeep-Token']).not.toBe(session['X-Sitekeep-Token'])
    for (const one of [session, second])
      expect((await raw(port, post('/api/status', { ...own(port), ...one }, '{}'))).status).toBe(200)
    expect((await signIn(web, `${session.Cookie.split('=')[0]}=${'0'.repeat(64)}`)).Cookie).not.toBe(session.Cookie)
  })

  it('I28: a body over 1 MiB is cut off, one that is not JSON refused, and the handler sees neither', async () => {
    const { port, session, calls } = await signedIn()
    const headers = { ...own(port), ...session }
    expect([413, 0]).toContain((await raw(port, post('/api/status', headers, `"${'x'.repeat(1_100_000)}"`))).status)
    expect((await raw(port, post('/api/status', headers, '{"a":'))).status).toBe(400)
    expect((await raw(port, post('/api/status', headers, `${'['.repeat(1000)}${']'.repeat(1000)}`))).status).toBe(400)
    expect(calls).toEqual([])
  })

  it('I28: health and metrics have their own token, and the session does not open them', async () => {
    const { port, cookie } = await signedIn()
    const get = (path: string, header: string) =>
      raw(port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${header}\r\n\r\n`)
    for (const path of ['/healthz', '/metrics']) {
      expect((await get(path, `Cookie: ${cookie}`)).status).toBe(401)
      expect((await get(path, `Authorization: Bearer ${'b'.repeat(64)}`)).status).toBe(401)
      expect((await get(path, `Authorization: Bearer ${METRICS_TOKEN}`)).status).toBe(200)
    }
    expect((await get('/metrics', `Authorization: Bearer ${METRICS_TOKEN}`)).body).toContain('sitekeep_up 1')
  })
})
