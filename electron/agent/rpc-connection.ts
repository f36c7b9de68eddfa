/** One client on the socket: shows its token first, then calls; bounded in size, rate and what waits for it (faults.md U03). */
import type { Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { FrameSplitter } from '../contract/frames.ts'
import {
  clientFrameSchema,
  MAX_FRAME_BYTES,
  PROTOCOL,
  type AgentFrame,
  type ClientFrame,
} from '../contract/protocol.ts'
import { BackupError } from '../engine/errors.ts'
import type { Caller } from './context.ts'
import { refusal, type Dispatch } from './dispatch.ts'
import type { EventBus } from './events.ts'
import { isProof, proofOf } from './handshake.ts'
import { parseJson } from './json.ts'
import type { Tokens } from './tokens.ts'

export interface ConnectionDeps {
  readonly dispatch: Dispatch
  readonly events: EventBus
  readonly tokens: Tokens
  readonly version: string
  monotonic(): number
}

/** Who has not shown a token gets neither time nor room. */
const HANDSHAKE_MS = 5_000
const HANDSHAKE_FRAME_BYTES = 4096
/** Calls answered at once; a window has a handful, a long `run.wait` among them. */
const MAX_IN_FLIGHT = 64
/** Calls a second over a while; beyond it the socket is simply read more slowly. */
const CALLS_PER_SECOND = 500
/** Above the first bound no more calls are read, above the second the client has stopped reading and is let go. */
const SLOW_BYTES = 2 * MAX_FRAME_BYTES
const DEAF_BYTES = 8 * MAX_FRAME_BYTES

type State =
  | { readonly at: 'hello' }
  | { readonly at: 'answer'; readonly nonce: string; readonly caller: Caller }
  | { readonly at: 'ready'; readonly caller: Caller }
  | { readonly at: 'closed' }

export class RpcConnection {
  readonly #socket: Socket
  readonly #deps: ConnectionDeps
  readonly #splitter = new FrameSplitter(HANDSHAKE_FRAME_BYTES)
  readonly #timer: NodeJS.Timeout
  #state: State = { at: 'hello' }
  #inFlight = 0
  #credit = CALLS_PER_SECOND
  #creditAt: number
  #backlog: Uint8Array[] = []
  #unsubscribe: (() => void) | undefined

  constructor(socket: Socket, deps: ConnectionDeps) {
    this.#socket = socket
    this.#deps = deps
    this.#creditAt = deps.monotonic()
    this.#timer = setTimeout(() => this.#refuse(new BackupError('not-allowed', { method: 'connect' })), HANDSHAKE_MS)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('drain', () => this.#work())
    // A client that goes away in the middle of anything is ordinary; its runs go on (faults.md U01).
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#closed())
  }

  /** Ends the connection after what was sent. */
  end(): void {
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #take(chunk: Buffer): void {
    if (this.#state.at === 'closed') return
    const { frames, tooLarge } = this.#splitter.push(chunk)
    this.#backlog.push(...frames)
    this.#work()
    if (tooLarge) this.#refuse(new BackupError('message-too-large', { limit: MAX_FRAME_BYTES }))
  }

  /** Handles frames that wait, as far as rate and the client's reading allow; else stops reading from the socket. */
  #work(): void {
    while (this.#backlog.length > 0 && !this.#mustWait()) {
      const frame = this.#backlog.shift()
      if (frame !== undefined && frame.length > 0) this.#frame(frame)
    }
    if (this.#backlog.length === 0 && this.#socket.isPaused()) this.#socket.resume()
    else if (this.#backlog.length > 0) this.#socket.pause()
  }

  #mustWait(): boolean {
    if (this.#socket.writableLength > SLOW_BYTES) return true
    const now = this.#deps.monotonic()
    const earned = ((now - this.#creditAt) / 1000) * CALLS_PER_SECOND
    this.#credit = Math.min(CALLS_PER_SECOND, this.#credit + earned)
    this.#creditAt = now
    if (this.#credit >= 1) {
      this.#credit -= 1
      return false
    }
    setTimeout(() => this.#work(), 20).unref()
    return true
  }

  #frame(bytes: Uint8Array): void {
    const frame = parseFrame(bytes)
    if (frame === undefined) {
      this.#refuse(new BackupError('invalid-input', { reason: 'The message was not a frame of this protocol.' }))
      return
    }
    switch (this.#state.at) {
      case 'hello': {
        this.#hello(frame)
        return
      }
      case 'answer': {
        this.#answer(frame, this.#state)
        return
      }
      case 'ready': {
        this.#request(frame, this.#state.caller)
        return
      }
      case 'closed':
        return undefined
    }
  }

  #hello(frame: ClientFrame): void {
    if (frame.t !== 'hello') {
      this.#refuse(new BackupError('not-allowed', { method: frame.t }))
      return
    }
    if (frame.protocol !== PROTOCOL) {
      this.#refuse(new BackupError('protocol-mismatch', { found: frame.protocol, known: PROTOCOL }))
      return
    }
    const nonce = randomBytes(32).toString('hex')
    const token = this.#deps.tokens[frame.role]
    this.#state = { at: 'answer', nonce, caller: { role: frame.role, client: frame.client } }
    this.#send({ t: 'challenge', nonce, proof: proofOf(token, 'agent', frame.nonce), version: this.#deps.version })
  }

  #answer(frame: ClientFrame, state: Extract<State, { at: 'answer' }>): void {
    const token = this.#deps.tokens[state.caller.role]
    if (frame.t !== 'answer' || !isProof(token, 'client', state.nonce, frame.proof)) {
      this.#refuse(new BackupError('not-allowed', { method: 'connect' }))
      return
    }
    clearTimeout(this.#timer)
    this.#splitter.setLimit(MAX_FRAME_BYTES)
    this.#state = { at: 'ready', caller: state.caller }
    this.#send({ t: 'welcome' })
  }

  #request(frame: ClientFrame, caller: Caller): void {
    if (frame.t === 'subscribe')
      this.#unsubscribe ??= this.#deps.events.subscribe((event) => this.#send({ t: 'event', event }))
    else if (frame.t === 'call') void this.#call(frame, caller)
    else this.#refuse(new BackupError('invalid-input', { reason: 'The handshake is over.' }))
  }

  async #call(frame: Extract<ClientFrame, { t: 'call' }>, caller: Caller): Promise<void> {
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      const error = new BackupError('invalid-input', { reason: `More than ${MAX_IN_FLIGHT} requests at once.` })
      this.#send({ t: 'reply', id: frame.id, result: refusal(error) })
      return
    }
    this.#inFlight += 1
    const result = await this.#deps.dispatch(frame.method, frame.params, caller)
    this.#inFlight -= 1
    this.#send({ t: 'reply', id: frame.id, result })
  }

  #send(frame: AgentFrame): void {
    if (this.#state.at === 'closed' || this.#socket.destroyed) return
    const line = Buffer.from(`${JSON.stringify(frame)}\n`)
    if (line.length > MAX_FRAME_BYTES) {
      this.#tooLarge(frame)
      return
    }
    this.#socket.write(line)
    if (this.#socket.writableLength > DEAF_BYTES) this.#socket.destroy()
  }

  /** An answer that does not fit becomes an error; an event that does not fit is left out: the client asks for what it shows. */
  #tooLarge(frame: AgentFrame): void {
    if (frame.t !== 'reply') return
    const error = new BackupError('message-too-large', { limit: MAX_FRAME_BYTES })
    this.#send({ t: 'reply', id: frame.id, result: refusal(error) })
  }

  #refuse(error: BackupError): void {
    if (this.#state.at === 'closed') return
    this.#send({ t: 'refused', error: error.toData() })
    this.#state = { at: 'closed' }
    this.#backlog = []
    this.#socket.destroySoon()
  }

  #closed(): void {
    this.#state = { at: 'closed' }
    this.#backlog = []
    clearTimeout(this.#timer)
    this.#unsubscribe?.()
  }
}

/** A frame, or undefined for whatever is not one. */
function parseFrame(bytes: Uint8Array): ClientFrame | undefined {
  const parsed = clientFrameSchema.safeParse(parseJson(bytes))
  return parsed.success ? parsed.data : undefined
}
