/** The loopback pages and their API: the same calls as on the socket, for browsers (DESIGN §2). */
import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Result } from '../contract/error.ts'
import { PAGE_TOKEN_HEADER } from '../contract/protocol.ts'
import type { Role } from '../contract/rpc.ts'
import type { Summary } from '../contract/summary.ts'
import { BackupError, toBackupError } from '../engine/errors.ts'
import type { Secret } from '../engine/secret.ts'
import type { World } from '../engine/world.ts'
import type { WebAccess } from './context.ts'
import { refusal, type Dispatch } from './dispatch.ts'
import type { EventBus } from './events.ts'
import { readJson } from './http-body.ts'
import { EventStreams } from './http-events.ts'
import { guardRules, refusalOf, type GuardRules } from './http-guard.ts'
import { headers } from './http-headers.ts'
import { metricsText } from './http-metrics.ts'
import { servePage } from './http-pages.ts'
import { HttpSessions } from './http-session.ts'

export interface HttpOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** Names besides loopback's under which the pages may be reached. */
  readonly allowHosts: readonly string[]
  /** Folder of the built pages; without it only the API is served. */
  readonly pagesDir: string | undefined
}

export interface HttpDeps {
  readonly world: World
  readonly dispatch: Dispatch
  readonly events: EventBus
  readonly metricsToken: Secret
  summary(): Summary
}

export interface HttpServer extends WebAccess {
  close(): Promise<void>
}

/** Throws `usage` for an address that others can reach without a name allowed for it, `unsupported` where the port is taken. */
export async function listenHttp(options: HttpOptions, deps: HttpDeps): Promise<HttpServer> {
  if (!isLoopback(options.host) && options.allowHosts.length === 0)
    throw new BackupError('usage', {
      reason: `${options.host} can be reached from other computers. Name the host that may be used: --allow-host NAME.`,
    })
  // A request without Host is ours to refuse, before routing and in the same way as a wrong one.
  const server = createServer({ requireHostHeader: false, headersTimeout: 10_000, requestTimeout: 30_000 })
  server.maxConnections = 200
  await bind(server, options)
  const { port } = server.address() as AddressInfo
  const sessions = new HttpSessions(deps.world, port)
  const streams = new EventStreams(deps.events)
  const web = new Web({ options, deps, sessions, streams, rules: guardRules(port, options.allowHosts) })
  server.on('request', (request, response) => void web.serve(request, response))
  server.on('upgrade', refuseUpgrade)
  server.on('connect', refuseUpgrade)
  // Broken requests (half heads, bad bytes): Node's default answers 400 and closes; with a listener that is ours to do.
  server.on('clientError', (_, socket) => socket.destroy())
  const origin = `http://${options.host.includes(':') ? `[${options.host}]` : shownHost(options.host)}:${port}`
  return {
    origin,
    link: () => `${origin}/#code=${sessions.issueCode('administrator')}`,
    close: async () => {
      streams.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function shownHost(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

async function bind(server: Server, { host, port }: HttpOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new BackupError(
          'unsupported',
          { what: `Listening on ${host}:${port}`, reason: error.message },
          { cause: error },
        ),
      ),
    )
    server.listen({ host, port, exclusive: true }, resolve)
  })
}

function refuseUpgrade(_: IncomingMessage, socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
}

interface WebParts {
  readonly options: HttpOptions
  readonly deps: HttpDeps
  readonly sessions: HttpSessions
  readonly streams: EventStreams
  readonly rules: GuardRules
}

class Web {
  readonly #parts: WebParts

  constructor(parts: WebParts) {
    this.#parts = parts
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const { method = '', url: target = '', rawHeaders } = request
    const refused = refusalOf({ method, target, rawHeaders }, this.#parts.rules)
    if (refused !== undefined) {
      response.setHeader('connection', 'close')
      response
        .writeHead(refused.status, { 'content-type': 'text/plain; charset=utf-8' })
        .end(`Refused: ${refused.reason}\n`)
      return
    }
    try {
      await this.#route(request, response, target.split('?', 1)[0] ?? '/')
    } catch (error) {
      const known = toBackupError(error)
      if (known.code === 'message-too-large') response.setHeader('connection', 'close')
      answer(response, known.code === 'message-too-large' ? 413 : 400, refusal(known))
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const isPost = request.method === 'POST'
    if (path === '/auth' && isPost) {
      this.#signIn(await readJson(request), request, response)
      return
    }
    if (path === '/api/events' && !isPost) {
      this.#events(request, response)
      return
    }
    if (path.startsWith('/api/')) {
      if (isPost) await this.#call(request, response, path)
      else answer(response, 405, unknown())
      return
    }
    if (isPost) {
      answer(response, 405, unknown())
      return
    }
    if (path === '/healthz' || path === '/metrics') {
      this.#monitor(request, response, path)
      return
    }
    servePage(this.#parts.options.pagesDir, path, response, request.method === 'HEAD')
  }

  #signIn(body: unknown, request: IncomingMessage, response: ServerResponse): void {
    const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined
    const redeemed = typeof code === 'string' ? this.#parts.sessions.redeem(code, request.headers.cookie) : 'wrong'
    if (redeemed === 'too-many') {
      answer(response, 429, notSignedIn())
      return
    }
    if (redeemed === 'wrong') {
      answer(response, 401, notSignedIn())
      return
    }
    response.setHeader('set-cookie', redeemed.cookie)
    answer(response, 200, { ok: true, value: { token: redeemed.token } })
  }

  async #call(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const role = this.#roleOf(request)
    if (role === undefined) {
      answer(response, 401, notSignedIn())
      return
    }
    const params = await readJson(request)
    const method = decodeURIComponent(path.slice('/api/'.length))
    const result = await this.#parts.deps.dispatch(method, params, { role, client: 'browser' })
    answer(response, statusOf(result), result)
  }

  #events(request: IncomingMessage, response: ServerResponse): void {
    if (this.#roleOf(request) === undefined) {
      answer(response, 401, notSignedIn())
      return
    }
    if (!this.#parts.streams.add(response)) answer(response, 429, notSignedIn())
  }

  #roleOf({ headers }: IncomingMessage): Role | undefined {
    const token = headers[PAGE_TOKEN_HEADER]
    return this.#parts.sessions.roleOf(headers.cookie, typeof token === 'string' ? token : undefined)
  }

  #monitor(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (!isBearer(request.headers.authorization, this.#parts.deps.metricsToken)) {
      response.setHeader('www-authenticate', 'Bearer')
      answer(response, 401, notSignedIn())
      return
    }
    response.setHeader('cache-control', 'no-store')
    const text = path === '/healthz' ? 'ok\n' : metricsText(this.#parts.deps.summary(), process.memoryUsage.rss())
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
  }
}

function isBearer(header: string | undefined, token: Secret): boolean {
  const expected = Buffer.from(`Bearer ${token.reveal()}`)
  const given = Buffer.from(header ?? '')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function notSignedIn() {
  return refusal(
    new BackupError('not-allowed', {
      method: 'sign in first, with a new link from the Sitekeep window or command line',
    }),
  )
}

function unknown() {
  return refusal(new BackupError('not-found', { what: 'page', name: 'with this method' }))
}

function statusOf(result: Result<unknown>): number {
  if (result.ok) return 200
  return result.error.code === 'not-allowed' ? 403 : result.error.code === 'not-found' ? 404 : 400
}

function answer(response: ServerResponse, status: number, result: Result<unknown>): void {
  if (response.headersSent || response.destroyed) return
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(JSON.stringify(result))
}
