/** Where this person's Sitekeep keeps its state, unless SITEKEEP_HOME says otherwise. */
import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** An absolute path; the folder need not exist. */
export function stateDirectory(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  user: string = homedir(),
): string {
  const named = environment['SITEKEEP_HOME']
  if (named !== undefined && named !== '') return named
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(user, 'AppData', 'Local'), 'Sitekeep')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Sitekeep')
  return join(environment['XDG_DATA_HOME'] ?? join(user, '.local', 'share'), 'sitekeep')
}
