/** The agent's log on standard error, for whoever keeps the log of a service. */
import { BackupError } from '../engine/errors.ts'
import type { LogEcho, LogLevel } from './state/agent-log.ts'

/** As sd-daemon(3) says; journald takes them off again. */
const priorities: Readonly<Record<LogLevel, string>> = { info: '<6>', warn: '<4>', error: '<3>' }

/**
 * `journal`: each line begins with its priority; journald adds the time. `plain`: the line alone, for the log of a container.
 * Undefined where nothing was asked for. @throws BackupError `usage`
 */
export function logEchoTo(form: string | undefined, write: (text: string) => void): LogEcho | undefined {
  if (form === undefined) return undefined
  if (form !== 'journal' && form !== 'plain')
    throw new BackupError('usage', { reason: `--log ${form}: expected journal or plain.` })
  return (level, line) => write(form === 'journal' ? `${priorities[level]}${line}\n` : `${level}: ${line}\n`)
}
