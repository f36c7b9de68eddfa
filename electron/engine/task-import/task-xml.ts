/** Task XML — one task, or all that `schtasks /query /xml` printed — as old tasks. */
import type { Detail } from '../../contract/error.ts'
import type { Unmapped, Weakness } from '../../contract/task-import.ts'
import { unmapped, weakness, type Action, type OldTask } from './old-task.ts'
import { minutesOf } from './moments.ts'
import { isFalse, readTrigger, type ReadTrigger } from './triggers.ts'
import { child, parseXml, textAt, type XmlNode } from './xml.ts'

/** What a task without a limit of its own has. Source: taskSettings ExecutionTimeLimit, default PT72H. */
const DEFAULT_LIMIT = 72 * 60
/** Accounts of the system itself, by SID or name; a name may stand in any language, so the SIDs count. */
const SYSTEM_ACCOUNT = /^(S-1-5-(18|19|20)|(NT AUTHORITY\\)?(SYSTEM|LOCAL ?SERVICE|NETWORK ?SERVICE))$/i

export function looksLikeTaskXml(text: string): boolean {
  return /<(?:\w+:)?Tasks?[\s>]/.test(text.slice(0, 20_000))
}

/** @param fallback what a task is called that does not say it @throws BackupError invalid-input */
export function readTaskXml(text: string, fallback: string, now: Date): OldTask[] {
  const found: { name: string | undefined; node: XmlNode }[] = []
  collect(parseXml(text, fallback), found)
  return found.map(({ name, node }) => readTask(node, { path: name, fallback, now }))
}

/** `schtasks` names a task only in the comment before it. */
function collect(nodes: readonly XmlNode[], found: { name: string | undefined; node: XmlNode }[]): void {
  let comment: string | undefined
  for (const node of nodes) {
    if (node.name === '#comment') comment = node.text
    else if (node.name === 'Tasks') collect(node.children, found)
    else if (node.name === 'Task') {
      found.push({ name: comment?.startsWith('\\') === true ? comment : undefined, node })
      comment = undefined
    }
  }
}

interface Named {
  readonly path: string | undefined
  readonly fallback: string
  readonly now: Date
}

function readTask(node: XmlNode, { path, fallback, now }: Named): OldTask {
  const name = (path ?? textAt(node, 'RegistrationInfo', 'URI') ?? fallback)
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .slice(0, 300)
  const triggers = triggersOf(node).map((trigger) => readTrigger(trigger, now))
  const actions = (child(node, 'Actions')?.children ?? []).filter((one) => one.name !== '#comment')
  const principal = child(child(node, 'Principals'), 'Principal')
  return {
    name,
    triggers: triggers.map(({ detail: _detail, end: _end, timeoutMinutes: _timeout, ...trigger }) => trigger),
    actions: actions.flatMap((action) => actionOf(action)),
    weaknesses: [...ofTriggers(triggers), ...ofSettings(node), ...ofPrincipal(principal)],
    unmapped: [...unmappedTriggers(name, triggers), ...unmappedActions(name, actions)],
    timeoutMinutes: limitOf(node, triggers),
    isWithoutNetwork: textAt(principal, 'LogonType') === 'S4U',
    user: personOf(principal),
    replaces: name.startsWith('\\') && !name.includes('"') ? { kind: 'task-scheduler', name } : undefined,
  }
}

function triggersOf(node: XmlNode): readonly XmlNode[] {
  return (child(node, 'Triggers')?.children ?? []).filter(({ name }) => name !== '#comment')
}

/** Several are run one after the other. */
function actionOf(node: XmlNode): Action[] {
  if (node.name !== 'Exec') return []
  const command = (textAt(node, 'Command') ?? '').replace(/^"(.*)"$/, '$1')
  const cwd = textAt(node, 'WorkingDirectory')?.replace(/^"(.*)"$/, '$1')
  return [{ how: 'program', command, arguments: textAt(node, 'Arguments') ?? '', cwd }]
}

function unmappedTriggers(name: string, triggers: readonly ReadTrigger[]): Unmapped[] {
  if (triggers.length === 0) return [unmapped(name, 'no-trigger')]
  return triggers.flatMap(({ reason, detail, what }) =>
    reason === undefined ? [] : [unmapped(name, reason, detail, what)],
  )
}

function unmappedActions(name: string, actions: readonly XmlNode[]): Unmapped[] {
  return actions
    .filter((action) => action.name !== 'Exec')
    .map((action) => unmapped(name, 'action-unsupported', { kind: action.name }))
}

function ofTriggers(triggers: readonly ReadTrigger[]): Weakness[] {
  const off = triggers.filter(({ enabled, reason }) => !enabled && reason === undefined)
  const ends = triggers.flatMap(({ end }) => (end === undefined ? [] : [end]))
  return [
    ...off.map(({ cron }) => weakness('trigger-disabled', { trigger: cron.join(', ') })),
    ...ends.map(({ at, isPast }) => weakness(isPast ? 'task-expired' : 'task-ends', { until: at })),
  ]
}

function ofSettings(node: XmlNode): Weakness[] {
  const settings = child(node, 'Settings')
  const is = (name: string): boolean => /^(true|1)$/i.test(textAt(settings, name) ?? '')
  const found = (condition: boolean, code: Weakness['code'], detail: Detail = {}): Weakness[] =>
    condition ? [weakness(code, detail)] : []
  return [
    ...found(isFalse(textAt(settings, 'Enabled')), 'task-disabled'),
    // The schema's own default is not to make up for a missed run.
    ...found(!is('StartWhenAvailable'), 'no-catch-up'),
    ...found(minutesOf(textAt(settings, 'ExecutionTimeLimit')) === 0, 'no-time-limit'),
    ...found(is('RunOnlyIfIdle'), 'condition-dropped', { condition: 'RunOnlyIfIdle' }),
    ...found(is('RunOnlyIfNetworkAvailable'), 'condition-dropped', { condition: 'RunOnlyIfNetworkAvailable' }),
  ]
}

function ofPrincipal(principal: XmlNode | undefined): Weakness[] {
  const logon = textAt(principal, 'LogonType')
  const isInteractive = logon === 'InteractiveToken' || logon === 'Group' || textAt(principal, 'GroupId') !== undefined
  if (!isInteractive) return []
  return [weakness('only-logged-on', { user: textAt(principal, 'UserId') ?? textAt(principal, 'GroupId') ?? '*' })]
}

function personOf(principal: XmlNode | undefined): string | undefined {
  const user = textAt(principal, 'UserId')
  return user === undefined || SYSTEM_ACCOUNT.test(user) ? undefined : user
}

/** Undefined where it has none (`PT0S`). */
function limitOf(node: XmlNode, triggers: readonly ReadTrigger[]): number | undefined {
  const own = textAt(node, 'Settings', 'ExecutionTimeLimit')
  const ofTask = own === undefined ? DEFAULT_LIMIT : minutesOf(own)
  const limits = [ofTask, ...triggers.map(({ timeoutMinutes }) => timeoutMinutes)]
  const given = limits.filter((limit): limit is number => limit !== undefined && limit > 0)
  return given.length === 0 ? undefined : Math.min(...given)
}

/** For the list of what is left out without a line of its own: the tasks of Windows itself. */
export function isOfWindows(task: { readonly name: string }): boolean {
  return /^\\Microsoft\\/i.test(task.name)
}
