#!/usr/bin/env node
/** Entry of the agent: `node main.ts [--http HOST:PORT] [--allow-host HOST] [--log journal|plain]`, on SITEKEEP_HOME, until it is told to stop. */
import { parseArgs } from 'node:util'
import product from '../../package.json' with { type: 'json' }
import { BackupError, toBackupError } from '../engine/errors.ts'
import { realWorld } from '../engine/world.ts'
import { createAgent } from './agent.ts'
import { logEchoTo } from './log-echo.ts'
import { productPlaces } from './places.ts'
import { boundYoungGeneration } from './young-generation.ts'

/** A stop that hangs (a share that does not answer) must not keep a computer from shutting down. */
const STOP_LIMIT_MS = 12_000

await main()

async function main(): Promise<void> {
  try {
    await run()
  } catch (error) {
    const { message, hint, code } = toBackupError(error)
    process.stderr.write(`${message}\n${hint}\n`)
    process.exitCode = code === 'usage' ? 2 : code === 'agent-running' ? 5 : 1
  }
}

async function run(): Promise<void> {
  boundYoungGeneration()
  const { http, allowHosts, logEcho } = readArguments()
  const home = process.env['SITEKEEP_HOME']
  if (home === undefined || home === '')
    throw new BackupError('usage', { reason: 'SITEKEEP_HOME does not name the state directory.' })
  const { workerCommand, pagesDir } = productPlaces()
  const world = realWorld(workerCommand)
  const { version } = product
  const agent = await createAgent({ home, world, version, mode: 'agent', http, allowHosts, pagesDir, logEcho })
  if (agent.origin !== undefined) process.stderr.write(`Pages: ${agent.origin}\n`)
  const stop = (): void => {
    setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref()
    void agent.stop()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  await agent.stopped
  // What a run that did not settle left open (a file on a dead share) must not keep the process.
  process.exit()
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        'http': { type: 'string' },
        'allow-host': { type: 'string', multiple: true },
        'log': { type: 'string' },
      },
    })
    return {
      http: parseAddress(values.http),
      allowHosts: values['allow-host'] ?? [],
      logEcho: logEchoTo(values.log, (text) => process.stderr.write(text)),
    }
  } catch (error) {
    if (error instanceof BackupError) throw error
    throw new BackupError('usage', { reason: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

/** `HOST:PORT`, `[::1]:PORT`, or a port alone on loopback. */
function parseAddress(text: string | undefined): { host: string; port: number } | undefined {
  if (text === undefined) return undefined
  const match = /^(?:(?:\[([^\]]+)\]|([^:]+)):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) throw new BackupError('usage', { reason: `"${text}" is not HOST:PORT.` })
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}
