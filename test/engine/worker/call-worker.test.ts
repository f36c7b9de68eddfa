/** A child that dies while it speaks: its half sentence is no result, and never an end of the agent. */
import { expect, it } from 'vitest'
import { callWorker } from '../../../electron/engine/worker/call-worker.ts'
import { makeWorld } from '../../helpers/world.ts'

it.each([
  ['in the middle of its result', `process.stdout.write('{"type":"result","val');process.kill(process.pid,'SIGKILL')`],
  ['after words that are not ours', `console.log('a warning of some library');process.exit(3)`],
])('a child that ends %s is an error of the run', async (_, script) => {
  const world = makeWorld({ workerCommand: [process.execPath, '-e', script, '--'] })
  const { signal } = new AbortController()
  await expect(callWorker(world, 'hash-file', { path: '/dev/null' }, { signal })).rejects.toMatchObject({
    code: 'internal',
    detail: { reason: expect.stringContaining('a child process ended') as unknown },
  })
})
