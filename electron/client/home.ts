/** Where a person's Sitekeep keeps its state: one rule for window and command line, and for the agent that they start. */
import { accessSync, constants, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { homeInUnit, SERVICE_UNIT, tokenFiles } from '../contract/state-files.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** `SITEKEEP_HOME`, that of the service where this person may act in it, or the user's data folder: an absolute path; it need not exist. */
export function stateDirectory(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  user: string = homedir(),
  workingDirectory: string = process.cwd(),
  unit: string = SERVICE_UNIT,
): string {
  const named = environment['SITEKEEP_HOME']
  // npm changes the working directory; INIT_CWD is where the person stood (DESIGN §9).
  if (named !== undefined && named !== '') return resolve(environment['INIT_CWD'] ?? workingDirectory, named)
  if (platform === 'win32') return localAppData(environment, user)
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Sitekeep')
  return serviceHome(unit) ?? dataHome(environment, user)
}

function localAppData(environment: Environment, user: string): string {
  return join(environment['LOCALAPPDATA'] ?? join(user, 'AppData', 'Local'), 'Sitekeep')
}

function dataHome(environment: Environment, user: string): string {
  return join(environment['XDG_DATA_HOME'] ?? join(user, '.local', 'share'), 'sitekeep')
}

/** Undefined where no service is installed, or its token is not for this person's eyes: he then has jobs of his own. */
function serviceHome(unit: string): string | undefined {
  try {
    const home = homeInUnit(readFileSync(unit, 'utf8'))
    if (home !== undefined) accessSync(join(home, tokenFiles.administrator), constants.R_OK)
    return home
  } catch {
    // Both are ordinary: nothing installed, or another account's.
    return undefined
  }
}
