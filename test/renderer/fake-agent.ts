/** A stand-in for the agent's loopback HTTP: serves the built pages, answers the API from a fixture, and tells events. */
import { createReadStream, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contentSecurityPolicy } from '../../electron/agent/http-headers.ts'
import { jobDraftSchema, type Job } from '../../electron/contract/job.ts'
import { methods, type MethodName } from '../../electron/contract/rpc.ts'
import type { AgentEvent } from '../../electron/contract/event.ts'
import { answersOf, type Answers } from './fake-answers.ts'
import { siteOf, type Scenario, type Site } from './fixture.ts'

/** The tests build pages of their own: another build may empty out/renderer at any time. */
export const pages = fileURLToPath(new URL('../../node_modules/.cache/sitekeep/pages', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface Call {
  readonly method: string
  readonly params: unknown
}

export interface FakeAgent {
  readonly url: string
  readonly site: Site
  /** Every call so far, in order. */
  readonly calls: readonly Call[]
  /** Answers that a test replaces. */
  readonly answers: Answers
  tell(event: AgentEvent): void
  /** How many pages follow the events. */
  streams(): number
  /** Stops answering, as an agent that was killed; `start` brings it back on the same port. */
  fallSilent(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

class Fake implements FakeAgent {
  readonly site: Site
  readonly calls: Call[] = []
  readonly answers: Answers
  #code: string | undefined
  #streams = new Set<ServerResponse>()
  #server: Server | undefined
  #port = 0

  constructor(scenario: Scenario, code: string | undefined) {
    this.site = siteOf(scenario)
    this.answers = answersOf(this.site)
    this.#code = code
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response))
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (server.address() as AddressInfo).port
  }

  async fallSilent(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    this.#streams.clear()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  close(): Promise<void> {
    return this.fallSilent()
  }

  tell(event: AgentEvent): void {
    for (const stream of this.#streams) stream.write(`data: ${JSON.stringify(event)}\n\n`)
  }

  streams(): number {
    return this.#streams.size
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    response.setHeader('content-security-policy', contentSecurityPolicy)
    response.setHeader('x-content-type-options', 'nosniff')
    if (path === '/auth') {
      const { code } = (await bodyOf(request)) as { code: string }
      const isRight = code === this.#code
      if (isRight) response.setHeader('set-cookie', 'session=yes; HttpOnly; SameSite=Strict; Path=/')
      send(response, isRight ? 200 : 401, { ok: isRight, value: { token: 'page-token' } })
      return
    }
    const isSignedIn = request.headers.cookie === 'session=yes' && request.headers['x-sitekeep-token'] === 'page-token'
    if (path.startsWith('/api/') && this.#code !== undefined && !isSignedIn) {
      const error = { code: 'not-allowed', message: 'Not signed in.', hint: '', detail: { method: '' } }
      send(response, 401, { ok: false, error })
      return
    }
    if (path === '/api/events') this.#stream(response)
    else if (path.startsWith('/api/')) await this.#answer(path.slice('/api/'.length), request, response)
    else this.#page(path, response)
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).write(': hello\n\n')
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  async #answer(method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const params = await bodyOf(request)
    this.calls.push({ method, params })
    if (!Object.hasOwn(methods, method)) throw new Error(`unknown method ${method}`)
    const name = method as MethodName
    // The same check as the agent's: a page that sends wrong parameters fails its test.
    const parsed = methods[name].params.safeParse(params)
    const result = parsed.success
      ? (this.answers[name] as (params: unknown) => unknown)(parsed.data)
      : {
          ok: false,
          error: {
            code: 'invalid-input',
            message: parsed.error.message,
            hint: '',
            detail: { reason: parsed.error.message },
          },
        }
    send(response, 200, result)
  }

  #page(path: string, response: ServerResponse): void {
    const file = normalize(join(pages, path === '/' ? 'index.html' : path))
    const type = types[extname(file)]
    if (!file.startsWith(pages) || type === undefined || !existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': type })
    createReadStream(file).pipe(response)
  }
}

export async function startFakeAgent(scenario: Scenario, code?: string): Promise<FakeAgent> {
  const fake = new Fake(scenario, code)
  await fake.start()
  return fake
}

/** A draft as the agent would keep it. */
export function jobOf(draft: unknown, id: string): Job {
  const parsed = jobDraftSchema.parse(draft)
  return {
    ...parsed,
    id,
    slug: 'new-job',
    sources: parsed.sources.map((source, n) => ({ ...source, id: source.id ?? `src_new00${n}` })),
  }
}
