/** How the shell starts the agent: as a process of its own, by a real Node, that outlives the shell. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { StartedAgent } from './agent-link.ts'

export interface AgentProgram {
  readonly node: string
  readonly entry: string
}

export interface ProgramPlaces {
  readonly appPath: string
  readonly resourcesPath: string
  readonly isPackaged: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly arch: string
}

/**
 * Packaged, the agent has its own Node beside it: the RunAsNode fuse is off, a utilityProcess would die with the shell in the
 * middle of a backup, and an installed service needs that Node anyway. It cannot read an asar, so its files lie unpacked.
 */
export function agentProgram(places: ProgramPlaces): AgentProgram {
  const { appPath, resourcesPath, isPackaged, environment, platform } = places
  const exe = platform === 'win32' ? 'node.exe' : 'node'
  if (isPackaged) {
    return {
      node: join(resourcesPath, 'node', exe),
      entry: join(resourcesPath, 'app.asar.unpacked', 'out', 'main', 'agent.js'),
    }
  }
  return {
    node: environment['SITEKEEP_NODE'] ?? nodeOfCheckout(places) ?? exe,
    entry: environment['SITEKEEP_AGENT'] ?? join(appPath, 'out', 'main', 'agent.js'),
  }
}

/** The platform package that the lockfile brings along. */
function nodeOfCheckout({ appPath, platform, arch }: ProgramPlaces): string | undefined {
  const name = platform === 'win32' ? `node-win-${arch}` : `node-${platform}-${arch}`
  const file = join(appPath, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(file) ? file : undefined
}

/** Detached, and without pipes: it must neither be killed with the shell nor block on a reader that has gone. */
export function startAgent({ node, entry }: AgentProgram, environment: NodeJS.ProcessEnv): StartedAgent {
  // Variables that bend Node or Electron are the caller's, not the agent's (faults.md U08).
  const env = { ...environment, NODE_OPTIONS: undefined, ELECTRON_RUN_AS_NODE: undefined }
  const child = spawn(node, [entry], { detached: true, stdio: 'ignore', windowsHide: true, env })
  let isAlive = true
  let failure: string | undefined
  child.once('exit', () => {
    isAlive = false
  })
  child.once('error', (error) => {
    isAlive = false
    failure = error.message
  })
  child.unref()
  return { isAlive: () => isAlive, failure: () => failure }
}
