/** A raw peer of the agent's socket for tests, and an RPC server with handlers of the test's own. */
import { connect, type Socket } from 'node:net'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { AgentFrame } from '../../electron/contract/protocol.ts'
import type { Role } from '../../electron/contract/rpc.ts'
import type { Dispatch } from '../../electron/agent/dispatch.ts'
import { createEventBus, type EventBus } from '../../electron/agent/events.ts'
import { proofOf } from '../../electron/agent/handshake.ts'
import { listenRpc } from '../../electron/agent/rpc-server.ts'
import { openTokens, type Tokens } from '../../electron/agent/tokens.ts'
import { Redactor } from '../../electron/engine/secret.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

export interface WireServer {
  readonly home: string
  readonly socketPath: string
  readonly tokens: Tokens
  readonly events: EventBus
}

export async function startWire(dispatch: Dispatch): Promise<WireServer> {
  const home = makeTempDir()
  const world = makeWorld()
  const tokens = openTokens(home, world)
  const events = createEventBus(new Redactor(), () => undefined)
  const socketPath = join(home, 'agent.sock')
  const server = await listenRpc(socketPath, {
    onError: () => undefined,
    dispatch,
    events,
    tokens,
    version: '1.2.3',
    monotonic: () => performance.now(),
  })
  onTestFinished(() => server.close())
  return { home, socketPath, tokens, events }
}

/** Speaks to the socket byte by byte. */
export class RawPeer {
  readonly socket: Socket
  readonly frames: AgentFrame[] = []
  isClosed = false
  #text = ''

  constructor(socketPath: string) {
    this.socket = connect(socketPath)
    this.socket.on('data', (chunk) => this.#take(chunk.toString('utf8')))
    this.socket.on('error', () => undefined)
    this.socket.on('close', () => {
      this.isClosed = true
    })
    onTestFinished(() => {
      this.socket.destroy()
    })
  }

  send(frame: unknown): void {
    this.raw(`${JSON.stringify(frame)}\n`)
  }

  raw(bytes: string | Buffer): void {
    this.socket.write(bytes)
  }

  /** The first frame received from now on or before that fits. */
  async frame(is: (frame: AgentFrame) => boolean, timeoutMs = 10_000): Promise<AgentFrame> {
    const end = performance.now() + timeoutMs
    for (;;) {
      const found = this.frames.find(is)
      if (found !== undefined) return found
      if (performance.now() > end) throw new Error(`no such frame among ${JSON.stringify(this.frames).slice(0, 500)}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async shakeHands(tokens: Tokens, role: Role = 'administrator'): Promise<void> {
    this.send({ t: 'hello', protocol: 1, nonce: randomBytes(32).toString('hex'), role, client: 'test' })
    const challenge = await this.frame((frame) => frame.t === 'challenge')
    const nonce = challenge.t === 'challenge' ? challenge.nonce : ''
    this.send({ t: 'answer', proof: proofOf(tokens[role], 'client', nonce) })
    await this.frame((frame) => frame.t === 'welcome')
  }

  #take(text: string): void {
    this.#text += text
    const lines = this.#text.split('\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) this.frames.push(JSON.parse(line) as AgentFrame)
  }
}
