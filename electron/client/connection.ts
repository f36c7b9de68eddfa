/** One connection to the agent: shows and demands the token, then carries calls and events until it ends. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { AgentEvent } from '../contract/event.ts'
import type { ErrorCode, Detail, ErrorData } from '../contract/error.ts'
import { FrameSplitter } from '../contract/frames.ts'
import {
  agentFrameSchema,
  CallError,
  MAX_FRAME_BYTES,
  PROTOCOL,
  type AgentFrame,
  type ClientFrame,
} from '../contract/protocol.ts'
import type { Call, MethodName, ParamsIn, ResultOf, Role } from '../contract/rpc.ts'
import { wordsOf } from '../contract/words.ts'

export interface ConnectionOptions {
  readonly socketPath: string
  /** The token itself, 64 hex digits. */
  readonly token: string
  readonly role: Role
  /** How this client names itself in the agent's records: `cli`, `shell`. */
  readonly client: string
  readonly timeoutMs: number
}

export interface Connection {
  readonly call: Call
  /** The agent's version, as it said in the handshake. */
  readonly version: string
  onEvent(listener: (event: AgentEvent) => void): () => void
  /** Resolves when the connection has ended, for whatever reason. */
  readonly ended: Promise<CallError>
  close(): void
}

/** An error of this side, in the words of the contract. */
export function callError(code: ErrorCode, detail: Detail): CallError {
  const { message, hint } = wordsOf(code, detail, 'en')
  return new CallError({ code, message, hint, detail })
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: CallError) => void
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Connects and shakes hands. Throws CallError: `agent-unreachable`, `protocol-mismatch`, `not-allowed`. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const socket = connect(options.socketPath)
  const wire = new Wire(socket)
  const timer = setTimeout(
    () => wire.fail(callError('agent-unreachable', { reason: `no answer within ${options.timeoutMs / 1000} s` })),
    options.timeoutMs,
  )
  try {
    const version = await shakeHands(wire, options)
    return new OpenConnection(wire, version)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function shakeHands(wire: Wire, { token, role, client }: ConnectionOptions): Promise<string> {
  const nonce = randomBytes(32).toString('hex')
  wire.send({ t: 'hello', protocol: PROTOCOL, nonce, role, client })
  const challenge = await wire.next()
  if (challenge.t !== 'challenge') throw wire.unexpected(challenge)
  // Whoever listens here without knowing the token is not our agent (faults.md X09): it gets no proof and no calls.
  if (!isEqual(challenge.proof, hmac(token, `agent${nonce}`)))
    throw callError('agent-unreachable', { reason: 'another program answers in its place' })
  wire.send({ t: 'answer', proof: hmac(token, `client${challenge.nonce}`) })
  const welcome = await wire.next()
  if (welcome.t !== 'welcome') throw wire.unexpected(welcome)
  return challenge.version
}

function hmac(token: string, text: string): string {
  return createHmac('sha256', token).update(text).digest('hex')
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** Frames in and out of a socket; after the handshake a listener takes them as they come. */
class Wire {
  readonly ended: Promise<CallError>
  #socket: Socket
  #splitter = new FrameSplitter(MAX_FRAME_BYTES)
  #queue: AgentFrame[] = []
  #waiting: ((frame: AgentFrame) => void) | undefined
  #listener: ((frame: AgentFrame) => void) | undefined
  #failure: CallError | undefined
  #end: (error: CallError) => void = () => undefined

  constructor(socket: Socket) {
    this.#socket = socket
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (error) => this.fail(callError('agent-unreachable', { reason: error.message })))
    socket.on('close', () => this.fail(callError('agent-unreachable', { reason: 'the connection was closed' })))
  }

  send(frame: ClientFrame): void {
    if (this.#failure === undefined) this.#socket.write(`${JSON.stringify(frame)}\n`)
  }

  async next(): Promise<AgentFrame> {
    const ready = this.#queue.shift()
    if (ready !== undefined) return ready
    if (this.#failure !== undefined) throw this.#failure
    return await Promise.race([
      new Promise<AgentFrame>((resolve) => {
        this.#waiting = resolve
      }),
      this.ended.then((error): never => {
        throw error
      }),
    ])
  }

  listen(listener: (frame: AgentFrame) => void): void {
    this.#listener = listener
    for (const frame of this.#queue.splice(0)) listener(frame)
  }

  unexpected(frame: AgentFrame): CallError {
    if (frame.t === 'refused') return new CallError(frame.error)
    return callError('agent-unreachable', { reason: 'it answered out of turn' })
  }

  fail(error: CallError): void {
    this.#failure ??= error
    this.#socket.destroy()
    this.#end(this.#failure)
  }

  destroy(): void {
    this.fail(callError('agent-unreachable', { reason: 'this client has closed the connection' }))
  }

  #take(chunk: Buffer): void {
    const { frames, tooLarge } = this.#splitter.push(chunk)
    for (const bytes of frames) this.#frame(bytes)
    if (tooLarge) this.fail(callError('message-too-large', { limit: MAX_FRAME_BYTES }))
  }

  #frame(bytes: Uint8Array): void {
    const frame = parseFrame(bytes)
    if (frame === undefined) {
      this.fail(callError('agent-unreachable', { reason: 'its answer was not understood' }))
      return
    }
    if (this.#listener !== undefined) {
      this.#listener(frame)
      return
    }
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#queue.push(frame)
    else waiting(frame)
  }
}

class OpenConnection implements Connection {
  readonly version: string
  readonly ended: Promise<CallError>
  readonly #wire: Wire
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<(event: AgentEvent) => void>()
  #failure: CallError | undefined
  #lastId = 0

  constructor(wire: Wire, version: string) {
    this.version = version
    this.#wire = wire
    this.ended = wire.ended
    wire.listen((frame) => this.#frame(frame))
    void wire.ended.then((error) => {
      this.#failure = error
      for (const { reject } of this.#pending.values()) reject(error)
      this.#pending.clear()
    })
  }

  readonly call: Call = async <M extends MethodName>(method: M, params: ParamsIn<M>): Promise<ResultOf<M>> => {
    if (this.#failure !== undefined) throw this.#failure
    const id = (this.#lastId += 1)
    const value = await new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#wire.send({ t: 'call', id, method, params })
    })
    // The agent's answers were made by handlers of this very type; a mismatch of versions is refused in the handshake.
    return value as ResultOf<M>
  }

  onEvent(listener: (event: AgentEvent) => void): () => void {
    if (this.#listeners.size === 0) this.#wire.send({ t: 'subscribe' })
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#wire.destroy()
  }

  #frame(frame: AgentFrame): void {
    if (frame.t === 'event') for (const listener of [...this.#listeners]) listener(frame.event)
    else if (frame.t === 'reply') this.#settle(frame)
    else if (frame.t === 'refused') this.#wire.fail(new CallError(frame.error))
  }

  #settle({ id, result }: Extract<AgentFrame, { t: 'reply' }>): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (result.ok) pending?.resolve(result.value)
    else pending?.reject(new CallError(result.error satisfies ErrorData))
  }
}

function parseFrame(bytes: Uint8Array): AgentFrame | undefined {
  try {
    const parsed = agentFrameSchema.safeParse(JSON.parse(decoder.decode(bytes)))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Not JSON, or not UTF-8: the caller closes the connection.
    return undefined
  }
}
