/** The loopback server as one of files: nothing outside its folder, a strict policy, and never a stranger's port. */
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { raw, startWeb } from '../agent/web.ts'

describe('the pages', () => {
  it.each([
    '/../secret.txt',
    '/%2e%2e/secret',
    '/secret.txt',
    '/link.html',
    '/assets/',
    '/.hidden',
    '/assets%5cmain-1a2b.js',
    '/%00',
    '/%ff',
    '/nothing.js',
  ])('I28: does not serve %s', async (path) => {
    const { port } = await startWeb()
    expect((await raw(port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)).status).toBe(404)
  })

  it('come with a strict policy and their right type', async () => {
    const { port } = await startWeb()
    const page = await raw(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    expect(page.head).toMatch(
      /content-security-policy: default-src 'none'; script-src 'self';.*frame-ancestors 'none'/i,
    )
    expect(page.head).not.toContain('unsafe')
    expect(page.head).toMatch(/x-content-type-options: nosniff/i)
    expect(page.head).toMatch(/content-type: text\/html/i)
    const script = await raw(port, `GET /assets/main-1a2b.js HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    expect(script.head).toMatch(/content-type: text\/javascript/i)
  })

  it('X09: a port that somebody else holds is an error, not a link to a stranger', async () => {
    const stranger = createServer()
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      stranger.close()
    })
    const { listenHttp } = await import('../../electron/agent/http-server.ts')
    const { port } = stranger.address() as { port: number }
    const web = await startWeb()
    const options = { host: '127.0.0.1', port, allowHosts: [], pagesDir: undefined }
    const deps = { events: web.events } as unknown as Parameters<typeof listenHttp>[1]
    await expect(listenHttp(options, deps)).rejects.toMatchObject({ code: 'unsupported' })
  })
})
