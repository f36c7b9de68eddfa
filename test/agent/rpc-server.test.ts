/** The agent's socket where the system has no more to give. */
import type { Server } from 'node:net'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { startAgent } from './real-agent.ts'

const servers: Server[] = []
vi.mock('node:net', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:net')>()
  const createServer = (...given: Parameters<typeof original.createServer>): Server => {
    const server = original.createServer(...given)
    servers.push(server)
    return server
  }
  return { ...original, createServer }
})

it('goes on, again and again, where a client could not be accepted', async () => {
  const { readFileSync } = await import('node:fs')
  const agent = await startAgent()
  for (let n = 0; n < 2; n += 1)
    servers[0]!.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
  expect((await agent.call('agent.info', {})).home).toBe(agent.home)
  expect(readFileSync(join(agent.home, 'logs', 'agent.log'), 'utf8').match(/accept EMFILE/g)).toHaveLength(2)
})
