/** systemd timers and the services that they start, from one file or many, as old tasks. */
import type { ImportedTrigger, Unmapped } from '../../contract/task-import.ts'
import { unmapped, weakness, type Action, type OldTask } from './old-task.ts'
import { cronOfCalendar } from './on-calendar.ts'

export interface Unit {
  /** `shop-backup.timer`. */
  readonly name: string
  readonly text: string
}

export function looksLikeUnit(text: string): boolean {
  return /^\s*\[(Timer|Service)\]\s*$/m.test(text)
}

/** `systemctl cat` prints several units, each under a comment with its path. */
export function unitsIn(name: string, text: string): Unit[] {
  const heads = [...text.matchAll(/^# (\/\S+\/([\w:.@\\-]+\.(?:timer|service)))\s*$/gm)]
  if (heads.length === 0) return [{ name, text }]
  return heads.map((head, at) => ({
    name: head[2] ?? name,
    text: text.slice(head.index, heads[at + 1]?.index ?? text.length),
  }))
}

type Settings = ReadonlyMap<string, readonly string[]>

/** Values by `Section.Key`; an empty value clears what came before. */
function settingsIn(text: string): Settings {
  const found = new Map<string, string[]>()
  let section = ''
  for (const line of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    section = /^\s*\[(\w+)\]/.exec(line)?.[1] ?? section
    const pair = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line)
    if (pair?.[1] === undefined) continue
    const key = `${section}.${pair[1]}`
    found.set(key, pair[2] === '' || pair[2] === undefined ? [] : [...(found.get(key) ?? []), pair[2]])
  }
  return found
}

/** @param canRetire the units are those of this system */
export function readUnits(units: readonly Unit[], canRetire: boolean): { tasks: OldTask[]; unmapped: Unmapped[] } {
  const merged = new Map<string, string>()
  // Files of one unit (its own and the changes to it) belong together.
  for (const { name, text } of units) merged.set(name, `${merged.get(name) ?? ''}\n${text}`)
  const settings = new Map([...merged].map(([name, text]) => [name, settingsIn(text)] as const))
  const timers = [...settings].filter(([name, unit]) => name.endsWith('.timer') || hasSection(unit, 'Timer'))
  const started = new Set(timers.map(([name, unit]) => serviceOf(name, unit)))
  const alone = [...settings.keys()].filter((name) => !started.has(name) && !timers.some(([timer]) => timer === name))
  return {
    tasks: timers.map(([name, timer]) => taskOf(name, timer, settings.get(serviceOf(name, timer)), canRetire)),
    unmapped: alone.map((name) => unmapped(name, 'timer-missing')),
  }
}

function hasSection(unit: Settings, section: string): boolean {
  return [...unit.keys()].some((key) => key.startsWith(`${section}.`))
}

function serviceOf(name: string, timer: Settings): string {
  return timer.get('Timer.Unit')?.at(-1) ?? name.replace(/\.timer$/, '.service')
}

function taskOf(name: string, timer: Settings, service: Settings | undefined, canRetire: boolean): OldTask {
  const triggers = triggersOf(name, timer)
  const isPersistent = /^(yes|true|on|1)$/i.test(timer.get('Timer.Persistent')?.at(-1) ?? '')
  const user = service?.get('Service.User')?.at(-1)
  const missing = service === undefined ? [unmapped(name, 'service-missing', { unit: serviceOf(name, timer) })] : []
  return {
    name: name.replace(/\.timer$/, ''),
    triggers: triggers.map(({ trigger }) => trigger),
    actions: service === undefined ? [] : actionsOf(service),
    weaknesses: isPersistent ? [] : [weakness('no-catch-up')],
    unmapped: [...triggers.flatMap(({ problem }) => problem ?? []), ...missing],
    user: user === 'root' ? undefined : user,
    replaces: canRetire ? { kind: 'systemd', unit: name } : undefined,
  }
}

const RELATIVE = ['OnActiveSec', 'OnBootSec', 'OnStartupSec', 'OnUnitActiveSec', 'OnUnitInactiveSec']

interface Read {
  readonly trigger: ImportedTrigger
  readonly problem: Unmapped | undefined
}

function triggersOf(name: string, timer: Settings): Read[] {
  const relative = RELATIVE.flatMap((key) => (timer.get(`Timer.${key}`) ?? []).map((value) => `${key}=${value}`))
  const calendar = timer.get('Timer.OnCalendar') ?? []
  const refused = (what: string, reason: 'timer-relative' | 'calendar-not-cron', text: string): Read => ({
    trigger: { what, enabled: true, cron: [], reason },
    problem: unmapped(name, reason, { text }, what),
  })
  return [
    ...calendar.map((text): Read => {
      const what = `OnCalendar=${text}`
      const found = cronOfCalendar(text)
      if (found === undefined) return refused(what, 'calendar-not-cron', text)
      const zone = found.zone === undefined ? {} : { zone: found.zone }
      return { trigger: { what, enabled: true, cron: [found.cron], ...zone }, problem: undefined }
    }),
    ...relative.map((what) => refused(what, 'timer-relative', what)),
    ...(calendar.length + relative.length > 0
      ? []
      : [{ trigger: { what: 'Timer', enabled: true, cron: [] }, problem: unmapped(name, 'no-trigger') }]),
  ]
}

function actionsOf(service: Settings): Action[] {
  const environment = (service.get('Service.Environment') ?? []).join(' ')
  const cwd = service.get('Service.WorkingDirectory')?.at(-1)?.replace(/^-/, '')
  const lines = ['ExecStartPre', 'ExecStart', 'ExecStartPost'].flatMap((key) => service.get(`Service.${key}`) ?? [])
  return lines.map((line) => ({
    how: 'sh' as const,
    // `-` in front: a failure counts for nothing; the others change how it is started.
    command: `${environment}\n${line.replace(/^[-@:+!|]+/, '').replaceAll('%%', '%')}`,
    arguments: '',
    cwd,
  }))
}
