/** The client library: calls, events, plain words when the agent is away, another, or of another version. */
import { createServer } from 'node:net'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAgent, linkAgent, type LinkState } from '../../electron/client/client.ts'
import { createEventBus } from '../../electron/agent/events.ts'
import { listenRpc, type RpcServer } from '../../electron/agent/rpc-server.ts'
import { openTokens } from '../../electron/agent/tokens.ts'
import { BackupError } from '../../electron/engine/errors.ts'
import { Redactor } from '../../electron/engine/secret.ts'
import { until } from '../agent/harness.ts'
import { startWire } from '../agent/wire.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

async function serve(home: string): Promise<RpcServer> {
  return await listenRpc(join(home, 'agent.sock'), {
    onError: () => undefined,
    dispatch: () => Promise.resolve({ ok: true, value: { pid: 1 } }),
    events: createEventBus(new Redactor(), () => undefined),
    tokens: openTokens(home, makeWorld()),
    version: '1',
    monotonic: () => performance.now(),
  })
}

/** A program that answers every connection with one line. */
async function impostor(home: string, line: string): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write(`${line}\n`)
  })
  await new Promise<void>((resolve) => server.listen(join(home, 'agent.sock'), resolve))
  onTestFinished(() => {
    server.close()
  })
}

describe('client', () => {
  it('calls in parallel and throws the agent’s error as it was', async () => {
    const wire = await startWire((method, params) => {
      if (method === 'job.show')
        return Promise.resolve({ ok: false, error: new BackupError('not-found', { what: 'job', name: 'x' }).toData() })
      return new Promise((resolve) => setTimeout(() => resolve({ ok: true, value: params }), 20 * Math.random()))
    })
    const client = await connectAgent({ home: wire.home, client: 'test' })
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => client.call('run.list', { offset: index })),
    )
    expect(answers).toEqual(Array.from({ length: 30 }, (_, index) => ({ offset: index })))
    await expect(client.call('job.show', { job: 'x' })).rejects.toMatchObject({
      data: { code: 'not-found', message: 'There is no job "x".' },
    })
    client.close()
    await expect(client.call('status', {})).rejects.toMatchObject({ data: { code: 'agent-unreachable' } })
  })

  it('says that no agent answers, where none was ever started and where one has died', async () => {
    await expect(connectAgent({ home: makeTempDir(), client: 'test' })).rejects.toMatchObject({
      data: { code: 'agent-unreachable' },
    })
    const wire = await startWire(() => new Promise(() => undefined))
    rmSync(wire.socketPath)
    await expect(connectAgent({ home: wire.home, client: 'test' })).rejects.toMatchObject({
      data: { code: 'agent-unreachable' },
    })
  })

  it('X09: gives nothing to a program that answers in the agent’s place without knowing the token', async () => {
    const home = makeTempDir()
    openTokens(home, makeWorld())
    await impostor(home, JSON.stringify({ t: 'challenge', nonce: '0'.repeat(64), proof: '0'.repeat(64), version: '1' }))
    await expect(connectAgent({ home, client: 'test' })).rejects.toMatchObject({
      data: { code: 'agent-unreachable', detail: { reason: 'another program answers in its place' } },
    })
  })

  it('U02: a differing protocol is refused in plain words, whichever side is newer', async () => {
    const home = makeTempDir()
    openTokens(home, makeWorld())
    const error = new BackupError('protocol-mismatch', { found: 1, known: 2 }).toData()
    await impostor(home, JSON.stringify({ t: 'refused', error }))
    await expect(connectAgent({ home, client: 'test' })).rejects.toMatchObject({
      data: { code: 'protocol-mismatch', message: expect.stringMatching(/different versions/) as string },
    })
  })

  it('gives up on a program that never answers', async () => {
    const home = makeTempDir()
    openTokens(home, makeWorld())
    const server = createServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => server.listen(join(home, 'agent.sock'), resolve))
    onTestFinished(() => {
      server.close()
    })
    await expect(connectAgent({ home, client: 'test', timeoutMs: 200 })).rejects.toMatchObject({
      data: { code: 'agent-unreachable' },
    })
  })

  it('U02: a link reports the loss, answers calls with agent-unreachable, and connects again', async () => {
    const home = makeTempDir()
    const first = await serve(home)
    const states: LinkState[] = []
    const link = linkAgent({ home, client: 'shell' })
    onTestFinished(() => link.close())
    link.onState((state) => states.push(state))
    await until(() => link.current().state === 'connected')
    expect(await link.call('agent.info', {})).toEqual({ pid: 1 })
    await first.close()
    await until(() => link.current().state === 'lost')
    await expect(link.call('agent.info', {})).rejects.toMatchObject({ data: { code: 'agent-unreachable' } })
    // A token made anew is read anew.
    writeFileSync(join(home, 'agent.token'), 'f'.repeat(64))
    const second = await serve(home)
    onTestFinished(() => second.close())
    await until(() => link.current().state === 'connected')
    expect(await link.call('agent.info', {})).toEqual({ pid: 1 })
    expect(states.map(({ state }) => state)).toEqual(
      ['connected', 'lost', 'connected'].filter((_, i) => i < states.length),
    )
  })
})
