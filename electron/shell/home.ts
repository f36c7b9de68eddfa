/** Where the state of this installation lies, for a desktop (DESIGN §8); the agent that the shell starts is told the same place. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export function homeDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  const given = environment['SITEKEEP_HOME']
  if (given !== undefined && given !== '') return given
  if (platform === 'win32') return join(environment['ProgramData'] ?? 'C:\\ProgramData', 'Sitekeep')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Sitekeep')
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'sitekeep')
}
