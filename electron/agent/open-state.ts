/** Opens what lies in a state directory, in two steps: the folders first, so that the lock has a place; the rest once it is held. */
import { resolve } from 'node:path'
import type { Settings } from '../contract/settings.ts'
import type { Summary } from '../contract/summary.ts'
import type { CatalogNames } from '../engine/catalog/catalog.ts'
import { reasonOf } from '../engine/errors.ts'
import type { Redactor } from '../engine/secret.ts'
import type { World } from '../engine/world.ts'
import type { AgentLog, RunLogReader, SecretsAccess, SettingsAccess } from './context.ts'
import type { RunLogSink } from './run-spec.ts'
import { openAgentLog, type AgentLogFile, type LogEcho } from './state/agent-log.ts'
import { createHome, homePaths, type HomePaths } from './state/home.ts'
import { RunLogs } from './state/run-log.ts'
import { openSecrets } from './state/secret-store.ts'
import { openSettings, type SettingsStore } from './state/settings-store.ts'

export interface AgentState {
  readonly paths: HomePaths
  readonly settings: SettingsAccess
  readonly secrets: SecretsAccess
  readonly runLogs: RunLogReader
  readonly log: AgentLog
  /** Names that only the settings know, for the catalog. */
  readonly names: CatalogNames
  notices(): Summary['notices']
  openRunLog(run: string): RunLogSink
  /** Told of every change of the settings, by a call or by hand. One listener. */
  onSettings(listener: (now: Settings, before: Settings) => void): void
  close(): Promise<void>
}

/** Makes the folders. @throws BackupError `state-unusable` */
export async function openHome(home: string, world: World): Promise<HomePaths> {
  const paths = homePaths(resolve(home))
  await createHome(paths, world)
  return paths
}

/** @throws BackupError `config-unusable`, `config-newer`, `state-unusable` */
export async function openState(
  paths: HomePaths,
  world: World,
  redactor: Redactor,
  also?: LogEcho,
): Promise<AgentState> {
  const log = openAgentLog({ folder: paths.logs, world, redactor, also })
  try {
    const secrets = await openSecrets({ folder: paths.secrets, world, redactor })
    const runLogs = new RunLogs({ folder: paths.runLogs, world, redactor })
    prune(runLogs, log)
    let listener: (now: Settings, before: Settings) => void = () => undefined
    const settings = await openSettings({
      path: paths.settings,
      world,
      onChange: (now, before) => listener(now, before),
      onCopyFault: (fault) => log.warn(fault.message),
      onFault: (fault) => log.warn(fault === undefined ? 'the settings file is good again' : fault.message),
    })
    settings.watch()
    return {
      ...{ paths, settings, secrets, runLogs, log },
      names: namesOf(settings),
      notices: () => settings.notices(),
      openRunLog: (run) => runLogs.open(run),
      onSettings: (given) => {
        listener = given
      },
      close: async () => {
        await settings.close()
        log.close()
      },
    }
  } catch (error) {
    log.error(`the state could not be opened: ${reasonOf(error)}`)
    log.close()
    throw error
  }
}

function prune(runLogs: RunLogs, log: AgentLogFile): void {
  try {
    runLogs.prune()
  } catch (error) {
    // Old logs too many are no reason not to start; the next start tries again.
    log.warn(`old run logs could not be removed: ${reasonOf(error)}`)
  }
}

function namesOf(settings: SettingsStore): CatalogNames {
  return {
    destinationName: (id) => settings.current().destinations.find((place) => place.id === id)?.name ?? id,
    jobName: (id) => settings.current().jobs.find((job) => job.id === id)?.name,
    jobs: () => settings.current().jobs,
  }
}
