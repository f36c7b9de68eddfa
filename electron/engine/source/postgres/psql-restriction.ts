/** Whether a psql can be kept from running what a tampered dump tells it to run (faults.md D18, CVE-2025-8714). */
import { BackupError } from '../../errors.ts'
import type { World } from '../../world.ts'
import { collect, type Collected } from './collect.ts'
import { isNoClient, postgresError, toolMissing } from './errors.ts'
import { commandLine, environmentFor, type Launcher } from './launch.ts'
import { versionOf } from './tools.ts'

/**
 * psql knows `\restrict` from 13.22, 14.19, 15.14, 16.10, 17.6 and 18 on. It is asked for its commands, since distributions mend
 * older versions too. Nothing is connected to.
 * @throws BackupError postgres-client-unsafe; postgres-tool-missing, container-missing where it does not run at all
 */
export async function demandRestriction(launcher: Launcher, world: World, signal: AbortSignal): Promise<void> {
  const help = await ask(launcher, '--help=commands', world, signal)
  if (/^\s*\\restrict\b/m.test(help.stdout.toString('latin1'))) return
  const version = await ask(launcher, '--version', world, signal)
  const client = versionOf(version.stdout.toString('latin1'))?.version
  if (client === undefined) throw silent(launcher, help)
  const at = launcher.server.via === 'container' ? 'in-container' : 'on-computer'
  throw new BackupError('postgres-client-unsafe', { at, client }, { stage: 'restore-stage' })
}

function ask(launcher: Launcher, argument: string, world: World, signal: AbortSignal): Promise<Collected> {
  const command = commandLine(launcher, 'psql', [argument])
  return collect(world, command, { signal, env: environmentFor(launcher.server) })
}

function silent({ server }: Launcher, { stderr, failure }: Collected): BackupError {
  const said = stderr.toString('utf8')
  if (isNoClient('psql', said, failure)) return toolMissing('psql', said, { server, cause: failure })
  return postgresError(undefined, said, { server, database: '', cause: failure })
}
