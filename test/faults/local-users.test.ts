/** X10: another user of this computer beside a running agent. */
import { spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startAgent } from '../agent/real-agent.ts'
import { makeTempDir } from '../helpers/temp.ts'

/** Becoming another user takes root, and `setpriv`. */
const canBecomeAnother = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0
if (!canBecomeAnother) process.stderr.write('skipped: X10 needs root and setpriv to become another user\n')

/** What happens to `nobody`, one line for each path: `open`, or the error's code. */
function asNobody(script: string, ...args: string[]): string[] {
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all']
  const { stdout, stderr } = spawnSync('setpriv', [...nobody, process.execPath, '-e', script, ...args], {
    encoding: 'utf8',
    cwd: '/',
  })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

const reach = `const path = process.argv[1]; const socket = require('net').connect(path)
  socket.on('connect', () => { console.log('open'); socket.destroy() }); socket.on('error', (e) => console.log(e.code))`
const read = `for (const path of process.argv.slice(1)) try { require('fs').readFileSync(path); console.log('open') } catch (e) { console.log(e.code) }`

describe.skipIf(!canBecomeAnother)('another local user', () => {
  it.each(['the folder as it is made', 'the folder opened by somebody for all'])(
    'X10: cannot connect to the socket nor read a token, the settings or the catalog: %s',
    async (what) => {
      const home = makeTempDir()
      const agent = await startAgent({ home })
      await agent.call('secret.set', { name: 'nas', value: 'hunter2hunter2' })
      if (what.includes('opened')) {
        chmodSync(home, 0o755)
        // The folder is no longer what keeps the others out: each file has to.
        const open = join(home, 'open-to-all')
        writeFileSync(open, '')
        chmodSync(open, 0o644)
        expect(asNobody(read, open)).toEqual(['open'])
      }
      expect(asNobody(reach, agent.socketPath)).toEqual(['EACCES'])
      const names = [
        'agent.token',
        'viewer.token',
        'metrics.token',
        'sitekeep.json',
        'catalog.db',
        'secrets',
        'logs/agent.log',
      ]
      const answers = asNobody(read, ...names.map((name) => join(home, name)))
      expect(answers).toEqual(names.map(() => 'EACCES'))
    },
  )
})
