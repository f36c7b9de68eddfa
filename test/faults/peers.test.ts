/** Hostile and broken peers on the agent's socket: bounded, refused in words, and no harm to the others. */
import { spawnSync } from 'node:child_process'
import { chmodSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Dispatch } from '../../electron/agent/dispatch.ts'
import { connectAgent } from '../../electron/client/client.ts'
import { until } from '../agent/harness.ts'
import { RawPeer, startWire } from '../agent/wire.ts'

const seen: string[] = []
const echo: Dispatch = (method, params) => {
  seen.push(method)
  return Promise.resolve({ ok: true, value: { params } })
}

async function startReady(dispatch: Dispatch = echo) {
  const wire = await startWire(dispatch)
  const peer = new RawPeer(wire.socketPath)
  await peer.shakeHands(wire.tokens)
  return { wire, peer }
}

async function stillServes(home: string): Promise<void> {
  const client = await connectAgent({ home, client: 'test' })
  expect(await client.call('agent.info', {})).toEqual({ params: {} })
  client.close()
}

describe('U03: peers that misbehave', () => {
  it.each([
    ['an oversize message without an end', Buffer.alloc(3 * 1024 * 1024, 0x61), 'message-too-large'],
    ['an oversize message', Buffer.concat([Buffer.alloc(1024 * 1024, 0x61), Buffer.from('\n')]), 'message-too-large'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x80, 0x0a]), 'invalid-input'],
    ['what is not JSON', Buffer.from('GET / HTTP/1.1\r\n'), 'invalid-input'],
    ['NaN', Buffer.from('{"t":"call","id":NaN,"method":"status","params":{}}\n'), 'invalid-input'],
    ['an unknown frame', Buffer.from('{"t":"exec"}\n'), 'invalid-input'],
    ['a wrong type', Buffer.from('{"t":"call","id":"1","method":"status"}\n'), 'invalid-input'],
    [
      'a second hello',
      Buffer.from(`{"t":"hello","protocol":1,"nonce":"${'0'.repeat(64)}","role":"viewer","client":"x"}\n`),
      'invalid-input',
    ],
  ])('U03: refuses %s and lets the peer go', async (_, bytes, code) => {
    const { wire, peer } = await startReady()
    peer.raw(bytes)
    await until(() => peer.isClosed)
    const refused = peer.frames.find((frame) => frame.t === 'refused')
    // A peer that is still sending may be cut off before it has read the refusal.
    if (refused !== undefined) expect(refused).toMatchObject({ error: { code } })
    else expect(code).toBe('message-too-large')
    await stillServes(wire.home)
  })

  it('U03: deep JSON and a polluting key reach the handler as plain data, or not at all', async () => {
    const { wire, peer } = await startReady()
    peer.raw(`{"t":"call","id":1,"method":"x","params":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`)
    await until(() => peer.isClosed)
    expect(peer.frames.at(-1)).toMatchObject({ t: 'refused', error: { code: 'invalid-input' } })
    const second = new RawPeer(wire.socketPath)
    await second.shakeHands(wire.tokens)
    second.raw(
      '{"t":"call","id":1,"method":"x","params":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}}\n',
    )
    await second.frame((frame) => frame.t === 'reply')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    await stillServes(wire.home)
  })

  it('U03: a frame that comes in halves is one frame, and a half that never ends costs nothing', async () => {
    const { wire, peer } = await startReady()
    const half = new RawPeer(wire.socketPath)
    await half.shakeHands(wire.tokens)
    half.raw('{"t":"call","id":9,')
    const text = '{"t":"call","id":1,"method":"status","params":{"name":"仓库"}}\n'
    for (const byte of Buffer.from(text)) {
      peer.raw(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await peer.frame((frame) => frame.t === 'reply')).toMatchObject({
      id: 1,
      result: { value: { params: { name: '仓库' } } },
    })
    await stillServes(wire.home)
  })

  it('U03: 100,000 messages are read at a bounded rate while others are served', async () => {
    const { wire, peer } = await startReady()
    const one = '{"t":"call","id":1,"method":"flood","params":{}}\n'
    const before = process.memoryUsage.rss()
    const floods = (): number => peer.frames.filter((frame) => frame.t === 'reply').length
    const began = performance.now()
    peer.raw(one.repeat(100_000))
    await until(() => floods() > 1_000)
    // A burst of 500, then 500 a second, and some slack for rounding.
    expect(floods()).toBeLessThan(700 + ((performance.now() - began) / 1000) * 500)
    await stillServes(wire.home)
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('U03: a peer that never reads is let go at a bound, and events go on for the others', async () => {
    const { wire, peer } = await startReady()
    peer.send({ t: 'subscribe' })
    peer.socket.pause()
    const other = await connectAgent({ home: wire.home, client: 'test' })
    let heard = 0
    other.onEvent(() => (heard += 1))
    await other.call('agent.info', {})
    const hostname = 'h'.repeat(500_000)
    const at = new Date().toISOString()
    const summary = {
      at,
      light: 'idle',
      jobs: [],
      destinations: [],
      notices: [],
      agent: { version: '', startedAt: at, hostname, home: '', mode: 'agent' },
    } as const
    for (let i = 0; i < 60; i += 1) {
      wire.events.emit({ type: 'light.changed', summary: { ...summary, jobs: [], destinations: [], notices: [] } })
      await until(() => heard === i + 1)
    }
    peer.socket.resume()
    await until(() => peer.isClosed)
    other.close()
  })

  it('U03: more than 64 requests at once are refused, not piled up', async () => {
    const { peer } = await startReady(() => new Promise(() => undefined))
    for (let id = 1; id <= 70; id += 1) peer.send({ t: 'call', id, method: 'run.wait', params: {} })
    expect(await peer.frame((frame) => frame.t === 'reply' && frame.id === 70)).toMatchObject({ result: { ok: false } })
    expect(peer.frames.filter((frame) => frame.t === 'reply')).toHaveLength(6)
  })

  it('U03: an answer too large for a frame becomes an error', async () => {
    const { peer } = await startReady(() => Promise.resolve({ ok: true, value: 'x'.repeat(2_000_000) }))
    peer.send({ t: 'call', id: 1, method: 'status', params: {} })
    expect(await peer.frame((frame) => frame.t === 'reply')).toMatchObject({
      result: { ok: false, error: { code: 'message-too-large' } },
    })
  })
})

describe('I28: nobody gets in without a token', () => {
  it('I28: calls before the handshake are refused', async () => {
    const wire = await startWire(echo)
    const before = seen.length
    const peer = new RawPeer(wire.socketPath)
    peer.send({ t: 'call', id: 1, method: 'agent.stop', params: {} })
    await until(() => peer.isClosed)
    expect(peer.frames).toMatchObject([{ t: 'refused', error: { code: 'not-allowed' } }])
    expect(seen).toHaveLength(before)
  })

  it('I28: a viewer cannot answer as an administrator, and the agent proof is no client proof', async () => {
    const wire = await startWire(echo)
    const peer = new RawPeer(wire.socketPath)
    peer.send({ t: 'hello', protocol: 1, nonce: 'a'.repeat(64), role: 'administrator', client: 'x' })
    const challenge = await peer.frame((frame) => frame.t === 'challenge')
    if (challenge.t === 'challenge') peer.send({ t: 'answer', proof: challenge.proof })
    await until(() => peer.isClosed)
    expect(peer.frames.at(-1)).toMatchObject({ t: 'refused', error: { code: 'not-allowed' } })
  })

  it('I28: an unauthenticated peer has little room and little time', async () => {
    const wire = await startWire(echo)
    const large = new RawPeer(wire.socketPath)
    large.raw('x'.repeat(10_000))
    const silent = new RawPeer(wire.socketPath)
    await until(() => large.isClosed)
    await until(() => silent.isClosed)
  })

  it('X10: socket and tokens belong to their owner alone', async () => {
    const wire = await startWire(echo)
    for (const name of ['agent.sock', 'agent.token', 'viewer.token', 'metrics.token'])
      expect(statSync(`${wire.home}/${name}`).mode & 0o777).toBe(0o600)
  })

  it.skipIf(process.getuid?.() !== 0)('X10: another user of this computer cannot connect', async () => {
    const wire = await startWire(echo)
    chmodSync(wire.home, 0o755)
    const script = `require('net').connect(${JSON.stringify(wire.socketPath)}).on('error', (e) => { console.log(e.code); process.exit() }).on('connect', () => { console.log('connected'); process.exit() })`
    const { stdout } = spawnSync('/usr/bin/env', [process.execPath, '-e', script], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
    })
    expect(stdout.trim()).toBe('EACCES')
  })
})
