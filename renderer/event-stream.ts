/** The agent's events over HTTP. Read by `fetch`, because an `EventSource` cannot send the page's token. */
import { pageHeaders } from './web-session.ts'

/** As long as a browser's own event source waits before it comes back. */
const RETRY_MS = 3_000

export interface EventListeners {
  /** The data of one event. */
  receive(data: unknown): void
  /** Connected, at first or after a gap. */
  opened(): void
  /** The stream has broken off; it is tried again. */
  broken(): void
  /** This page is not let in; it is not tried again. */
  refused(): void
}

/** Follows the events until the returned function is called. */
export function followEvents(listeners: EventListeners): () => void {
  const controller = new AbortController()
  void follow(listeners, controller.signal)
  return () => controller.abort()
}

async function follow(listeners: EventListeners, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const response = await fetch('/api/events', { headers: pageHeaders(), cache: 'no-store', signal })
      if (response.status === 401) {
        listeners.refused()
        return
      }
      if (response.ok && response.body !== null) {
        listeners.opened()
        await readEvents(response.body, (data) => listeners.receive(data))
      }
    } catch {
      // Nobody there, or gone in the middle: both end in the pause below.
    }
    if (signal.aborted) return
    listeners.broken()
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    if (isOver(signal)) return
  }
}

/** A function, because the compiler takes what it has once seen of a signal for lasting. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted
}

/** Hands over the JSON of every `data:` line; comments keep the connection alive and say nothing. Resolves at the end of the stream. */
export async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  receive: (data: unknown) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data: ')) receive(JSON.parse(line.slice('data: '.length)))
  }
}
