/** Starts a Chromium and speaks the DevTools protocol to it: flat sessions over Node's own WebSocket. */
import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const SWITCHES = [
  '--no-sandbox',
  '--remote-debugging-port=0',
  '--no-startup-window',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
]

/** Its input is held by the main process: it ends when that does, however that does, and Chromium with it. */
const KEEPER = `
  profile=$1
  shift
  "$@" < /dev/null > /dev/null &
  cat > /dev/null
  kill -9 $!
  wait
  rm -rf "$profile"
`
const START_LIMIT_MS = 30_000

export class DevTools extends EventEmitter {
  #socket
  #lastId = 0
  #pending = new Map()
  #sessions = new Map()

  static async connect(url) {
    const devTools = new DevTools()
    const socket = new WebSocket(url)
    devTools.#socket = socket
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = () => reject(new Error('stand-in: cannot connect to Chromium'))
    })
    socket.onclose = () => devTools.#end()
    socket.onmessage = (message) => devTools.#receive(JSON.parse(message.data))
    return devTools
  }

  send(method, params = {}, sessionId) {
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, method })
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  }

  async attach(targetId) {
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    const session = new EventEmitter()
    session.send = (method, params) => this.send(method, params, sessionId)
    this.#sessions.set(sessionId, session)
    return session
  }

  #receive(message) {
    if (message.id === undefined) {
      const receiver = message.sessionId ? this.#sessions.get(message.sessionId) : this
      receiver?.emit(message.method, message.params)
      return
    }
    const { resolve, reject, method } = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.error) reject(new Error(`${method}: ${message.error.message}`))
    else resolve(message.result)
  }

  #end() {
    for (const { reject } of this.#pending.values()) reject(new Error('browser closed'))
    this.emit('close')
  }
}

/** `announce`: print the line that Playwright waits for. */
export async function launchChromium({ announce, isHeaded, languages }) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'standin-chromium-'))
  const program = process.env.STANDIN_CHROMIUM ?? PROGRAMS.find((file) => fs.existsSync(file))
  if (!program) throw new Error('stand-in: no Chromium found; set STANDIN_CHROMIUM')
  const headless = isHeaded ? [] : ['--headless=new']
  const own = [`--user-data-dir=${profile}`, `--lang=${languages}`, `--accept-lang=${languages}`]
  const command = [program, ...headless, ...SWITCHES, ...own]
  const child = spawn('/bin/sh', ['-c', KEEPER, 'keeper', profile, ...command], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  })
  const url = await devToolsUrl(child)
  if (announce) process.stderr.write(`\nDevTools listening on ${url}\n`)
  const kill = () => child.stdin.destroy()
  return { devTools: await DevTools.connect(url), kill }
}

function devToolsUrl(child) {
  return new Promise((resolve, reject) => {
    let output = ''
    const fail = (reason) => reject(new Error(`stand-in: Chromium ${reason}: ${output}`))
    const limit = setTimeout(() => fail('does not start'), START_LIMIT_MS)
    child.once('error', reject)
    child.once('exit', () => fail('has ended'))
    child.stderr.on('data', (data) => {
      output = (output + data).slice(-8000)
      const match = /DevTools listening on (ws:\S+)/.exec(output)
      if (!match) return
      clearTimeout(limit)
      resolve(match[1])
    })
  })
}
