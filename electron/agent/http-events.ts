/** `/api/events`: the agent's events as a server-sent stream for one browser window. */
import type { ServerResponse } from 'node:http'
import type { EventBus } from './events.ts'

/** Windows of a few people; each holds one stream. */
const MAX_STREAMS = 30
/** Keeps proxies and browsers from taking silence for the end. */
const HEARTBEAT_MS = 15_000
/** A window that does not read is let go; it asks anew when it comes back. */
const DEAF_BYTES = 4 * 1024 * 1024

export class EventStreams {
  readonly #events: EventBus
  readonly #open = new Set<ServerResponse>()

  constructor(events: EventBus) {
    this.#events = events
  }

  /** Takes the response over until the browser goes; false where there are too many. */
  add(response: ServerResponse): boolean {
    if (this.#open.size >= MAX_STREAMS) return false
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
    const write = (text: string): void => {
      response.write(text)
      if (response.writableLength > DEAF_BYTES) response.destroy()
    }
    write(': connected\n\n')
    const unsubscribe = this.#events.subscribe((event) => write(`data: ${JSON.stringify(event)}\n\n`))
    const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS)
    heartbeat.unref()
    this.#open.add(response)
    response.on('close', () => {
      clearInterval(heartbeat)
      unsubscribe()
      this.#open.delete(response)
    })
    return true
  }

  close(): void {
    for (const response of this.#open) response.end()
  }
}
