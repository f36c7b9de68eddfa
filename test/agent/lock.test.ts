/** The lock: a kernel lock that goes with its process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { acquireLock } from '../../electron/agent/lock.ts'
import { AGENT_NOTE } from '../../electron/contract/state-files.ts'
import { makeTempDir } from '../helpers/temp.ts'

const lockModule = fileURLToPath(new URL('../../electron/agent/lock.ts', import.meta.url))

async function holdInChild(home: string) {
  // What it is given is thrown away, and the garbage swept: a lock holds for as long as its process.
  const script = `const { acquireLock } = await import(${JSON.stringify(lockModule)}); acquireLock(${JSON.stringify(home)})
    setTimeout(() => { gc(); setTimeout(() => process.stdout.write('held'), 50) }, 0); setInterval(() => {}, 1000)`
  const args = ['--expose-gc', '--input-type=module', '-e', script]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

function note(home: string, pid: number): void {
  const known = { pid, home, socket: join(home, 'agent.sock'), version: '0', protocol: 1, startedAt: 'x' }
  writeFileSync(join(home, AGENT_NOTE), JSON.stringify(known))
}

describe('agent lock', () => {
  it('F08: a second agent is refused and told which process holds the data', async () => {
    const home = makeTempDir()
    const child = await holdInChild(home)
    note(home, child.pid!)
    expect(() => acquireLock(home)).toThrow(
      expect.objectContaining({ code: 'agent-running', detail: { home, pid: child.pid } }) as Error,
    )
  })

  it('F08: a second agent in the same process is refused too', () => {
    const home = makeTempDir()
    const lock = acquireLock(home)
    expect(() => acquireLock(home)).toThrow(expect.objectContaining({ code: 'agent-running' }) as Error)
    lock.release()
    acquireLock(home).release()
  })

  it('F09: a killed agent leaves no lock behind, and a note naming a living process keeps nobody out', async () => {
    const home = makeTempDir()
    const child = await holdInChild(home)
    child.kill('SIGKILL')
    await once(child, 'exit')
    note(home, process.pid)
    acquireLock(home).release()
  })

  it('F09: a lock file full of garbage is no obstacle', () => {
    const home = makeTempDir()
    writeFileSync(join(home, 'lock.db'), Buffer.alloc(9000, 0x5a))
    acquireLock(home).release()
  })
})
