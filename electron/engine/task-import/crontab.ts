/** Crontabs, of a user or of the system (with a user in each line), as old tasks. */
import { createHash } from 'node:crypto'
import type { ImportedTrigger, Unmapped } from '../../contract/task-import.ts'
import { unmapped, weakness, type OldTask } from './old-task.ts'
import { isUsable } from './usable.ts'

export interface CrontabPlace {
  /** What it is called where its tasks are named. */
  readonly label: string
  /** Its file, where its lines can be switched off; `OWN_CRONTAB` for the one that only the program `crontab` may write. */
  readonly file?: string | undefined
  /** Each line names the user it runs as; undefined where that is to be found out. */
  readonly hasUsers?: boolean | undefined
}

/** The place of the crontab of the user as whom this runs. */
export const OWN_CRONTAB = '-'

/** Source: crontab(5). */
const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const FIELD = /^[\d*,/A-Za-z#?~-]+$/
const MAX_LINES = 5000

export function looksLikeCrontab(text: string): boolean {
  return linesOf(text).some((line) => entryOf(line) !== undefined)
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/, MAX_LINES).map((line) => line.trim())
}

interface Entry {
  readonly when: string
  readonly rest: string
}

function entryOf(line: string): Entry | undefined {
  if (line.startsWith('#')) return undefined
  const macro = /^(@\w+)\s+(\S[\s\S]*)$/.exec(line)
  if (macro?.[1] !== undefined) return { when: macro[1].toLowerCase(), rest: macro[2] ?? '' }
  const words = line.split(/\s+/, 6)
  const [minute = '', hour = ''] = words
  const isTime = /^[\d*]/.test(minute) && /^[\d*]/.test(hour) && words.slice(0, 5).every((word) => FIELD.test(word))
  if (words.length < 6 || !isTime) return undefined
  return { when: words.slice(0, 5).join(' '), rest: line.replace(/^(\S+\s+){5}/, '') }
}

export function readCrontab(text: string, place: CrontabPlace): OldTask[] {
  const lines = linesOf(text)
  const hasUsers = place.hasUsers ?? guessUsers(lines)
  const environment = new Map<string, string>()
  return lines.flatMap((line, index) => {
    const assigned = /^([A-Za-z_]\w*)\s*=\s*["']?(.*?)["']?$/.exec(line)
    const entry = entryOf(line)
    if (entry === undefined && assigned?.[1] !== undefined) environment.set(assigned[1], assigned[2] ?? '')
    return entry === undefined
      ? []
      : [taskOf(entry, { line, index, hasUsers, environment: new Map(environment), place })]
  })
}

const PROGRAM =
  /^(cd|pg_dump|pg_dumpall|docker|podman|tar|cp|rsync|find|sh|bash|python\d?|sqlite3|sudo|su|echo|test|set|zip|gzip|mysqldump|nice|ionice|flock|timeout|env|curl|wget|rm|run-parts|certbot|aws|rclone|node|php|perl|exec|export|source|mkdir|date|systemctl|nohup)$/

/** In a crontab of the system a plain word stands behind every time: `root`. A user's crontab has a program there, mostly with its path. */
function guessUsers(lines: readonly string[]): boolean {
  const entries = lines.flatMap((line) => entryOf(line) ?? [])
  return (
    entries.length > 0 &&
    entries.every(({ rest }) => {
      const [user = '', program] = rest.split(/\s+/, 2)
      return /^[a-z_][\w-]*$/.test(user) && !PROGRAM.test(user) && program !== undefined
    })
  )
}

interface Line {
  readonly line: string
  readonly index: number
  readonly hasUsers: boolean
  readonly environment: ReadonlyMap<string, string>
  readonly place: CrontabPlace
}

function taskOf({ when, rest }: Entry, { line, index, hasUsers, environment, place }: Line): OldTask {
  const user = hasUsers ? rest.split(/\s/, 1)[0] : undefined
  const written = hasUsers ? rest.replace(/^\S+\s+/, '') : rest
  const { command, isCut } = untilPercent(written)
  const name = `${place.label}:${index + 1}`
  const { trigger, problem } = triggerOf(when, environment, name)
  const assigned = [...environment].filter(([key]) => !/^(SHELL|PATH|MAILTO|CRON_TZ|TZ|HOME|LOGNAME)$/.test(key))
  const prefix = assigned.map(([key, value]) => `${key}='${value.replaceAll("'", '')}'\n`).join('')
  return {
    name,
    title: titleOf(command),
    triggers: [trigger],
    actions: [{ how: 'sh', command: `${prefix}${command}`, arguments: '', cwd: environment.get('HOME') }],
    weaknesses: [weakness('no-catch-up'), ...(isCut ? [weakness('cron-percent')] : [])],
    unmapped: problem === undefined ? [] : [problem],
    user: user === 'root' ? undefined : user,
    replaces: place.file === undefined ? undefined : refOf(place.file, line),
  }
}

function refOf(file: string, line: string): OldTask['replaces'] {
  const lineSha256 = lineDigest(line)
  return { kind: 'crontab', lineSha256, ...(file === OWN_CRONTAB ? {} : { file }) }
}

/** By which a line is found again. */
export function lineDigest(line: string): string {
  return createHash('sha256').update(line.trim()).digest('hex')
}

/** A bare `%` ends the command; `\%` is a percent sign. */
function untilPercent(written: string): { command: string; isCut: boolean } {
  const at = /(?<!\\)%/.exec(written)?.index
  // What stands behind it is read all the same: it says what was meant.
  return { command: written.replaceAll('\\%', '%'), isCut: at !== undefined }
}

/** The script that it starts. */
function titleOf(command: string): string {
  const script = /(?:^|[\s/'"])([\w.-]+)\.(?:sh|py|bash)\b/.exec(command)?.[1]
  return script === undefined || script === 'manage' ? '' : script
}

function triggerOf(
  when: string,
  environment: ReadonlyMap<string, string>,
  name: string,
): { trigger: ImportedTrigger; problem: Unmapped | undefined } {
  const zone = environment.get('CRON_TZ')
  const base = { what: when, enabled: true }
  const refuse = (reason: Unmapped['reason'], detail: Unmapped['detail']): ReturnType<typeof triggerOf> => ({
    trigger: { ...base, cron: [], reason },
    problem: unmapped(name, reason, detail, when),
  })
  if (when === '@reboot') return refuse('cron-reboot', {})
  const cron = (MACROS[when] ?? when).replaceAll('?', '*')
  if (zone !== undefined && !isUsable({ full: '0 0 * * *', zone })) return refuse('zone-not-known', { zone })
  if (!isUsable({ full: cron })) return refuse('cron-not-understood', { text: when })
  return { trigger: { ...base, cron: [cron], ...(zone === undefined ? {} : { zone }) }, problem: undefined }
}
