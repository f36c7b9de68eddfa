/** Where a person's Sitekeep keeps its state: one rule for window and command line, and for the agent that they start. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** `SITEKEEP_HOME`, or the data folder of the user: an absolute path; the folder need not exist. */
export function stateDirectory(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  user: string = homedir(),
  workingDirectory: string = process.cwd(),
): string {
  const named = environment['SITEKEEP_HOME']
  // npm changes the working directory; INIT_CWD is where the person stood (DESIGN §9).
  if (named !== undefined && named !== '') return resolve(environment['INIT_CWD'] ?? workingDirectory, named)
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(user, 'AppData', 'Local'), 'Sitekeep')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Sitekeep')
  return join(environment['XDG_DATA_HOME'] ?? join(user, '.local', 'share'), 'sitekeep')
}
