/** Which program the shell starts as the agent, and that it is on its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { agentProgram, startAgent, type ProgramPlaces } from '../../electron/shell/agent-process.ts'
import { makeTempDir } from '../helpers/temp.ts'

const places: ProgramPlaces = {
  appPath: '/opt/x/resources/app.asar',
  resourcesPath: '/opt/x/resources',
  isPackaged: true,
  environment: { SITEKEEP_AGENT: '/tmp/evil.js', SITEKEEP_NODE: '/tmp/evil' },
  platform: 'linux',
  arch: 'x64',
}

describe('agentProgram', () => {
  it('U08: packaged, is its own Node and the unpacked agent, whatever the environment says', () => {
    expect(agentProgram(places)).toEqual({
      node: '/opt/x/resources/node/node',
      entry: '/opt/x/resources/app.asar.unpacked/out/main/agent.js',
    })
  })

  it('in a checkout, follows the house commands', () => {
    expect(agentProgram({ ...places, isPackaged: false })).toEqual({ node: '/tmp/evil', entry: '/tmp/evil.js' })
    expect(agentProgram({ ...places, isPackaged: false, appPath: '/nowhere', environment: {} })).toEqual({
      node: 'node',
      entry: '/nowhere/out/main/agent.js',
    })
  })
})

describe('startAgent', () => {
  it('U08: starts it without what bends Node', async () => {
    const dir = makeTempDir()
    const entry = join(dir, 'agent.mjs')
    writeFileSync(
      entry,
      `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(join(dir, 'part'))}, JSON.stringify([process.env.NODE_OPTIONS ?? null, process.env.ELECTRON_RUN_AS_NODE ?? null, process.env.SITEKEEP_HOME])); fs.renameSync(${JSON.stringify(join(dir, 'part'))}, ${JSON.stringify(join(dir, 'said'))})`,
    )
    const env = { ...process.env, NODE_OPTIONS: '--require /nowhere', ELECTRON_RUN_AS_NODE: '1', SITEKEEP_HOME: '/h' }
    const agent = startAgent({ node: process.execPath, entry }, env)
    await vi.waitUntil(() => existsSync(join(dir, 'said')), { timeout: 20_000 })
    expect(JSON.parse(readFileSync(join(dir, 'said'), 'utf8'))).toEqual([null, null, '/h'])
    await vi.waitUntil(() => !agent.isAlive(), { timeout: 20_000 })
  })

  it('says why a program cannot be run', async () => {
    const agent = startAgent({ node: '/nowhere/node', entry: 'x' }, process.env)
    await vi.waitUntil(() => !agent.isAlive(), { timeout: 20_000 })
    expect(agent.failure()).toContain('ENOENT')
  })
})
