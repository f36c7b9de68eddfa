/** Where this person's Sitekeep keeps its state: the same place as for the command line, which a test compares. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export function homeDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  user: string = homedir(),
): string {
  const given = environment['SITEKEEP_HOME']
  if (given !== undefined && given !== '') return given
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? join(user, 'AppData', 'Local'), 'Sitekeep')
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'Sitekeep')
  return join(environment['XDG_DATA_HOME'] ?? join(user, '.local', 'share'), 'sitekeep')
}
