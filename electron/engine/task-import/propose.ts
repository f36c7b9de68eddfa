/** Turns an old task into proposed jobs, or into the reason why none is proposed. */
import type { SourceDraft } from '../../contract/source.ts'
import { sourceDraftSchema } from '../../contract/source.ts'
import type { ImportedTrigger, ProposedJob, Unmapped } from '../../contract/task-import.ts'
import type { Schedule } from '../../contract/schedule.ts'
import { nextSlots } from '../schedule/cron.ts'
import { follow, type ReadFile } from './follow.ts'
import { plainName } from './found.ts'
import { unmapped, weakness, type OldTask } from './old-task.ts'
import { isShare, nameIn } from './paths.ts'
import { recognise, type RecognisedStep } from './recognise.ts'
import { isUsable } from './usable.ts'
import { finalWrites, weigh } from './weigh.ts'

export interface Proposed {
  readonly jobs: readonly ProposedJob[]
  readonly unmapped: readonly Unmapped[]
}

/** A name or a line that speaks of backups, in the languages of the sites that this is for. */
const SPEAKS_OF_BACKUP = /back-?_?up|bak\b|dump|snapshot|archiv|备份|備份|归档|转储/i
/** Slots that are looked at for the longest pause between two: a year of weeks. */
const SLOTS = 60
const DAY = 24 * 60
/** The day on which clocks are set back has an hour more. */
const LONGEST_DAY = 25 * 60

export async function propose(task: OldTask, read: ReadFile, now: Date): Promise<Proposed> {
  const followed = await follow(task.actions, read)
  const steps = await recognise(followed, read)
  const backups = steps.filter(({ found }) => !['clean-up', 'check'].includes(found.does))
  const hasMissing = followed.missing.length > 0
  if (backups.length === 0 && !hasMissing && !speaksOfBackup(task))
    return { jobs: [], unmapped: [unmapped(task.name, 'not-a-backup')] }
  const foreign = hasMissing || backups.length === 0 ? [] : backups.filter(({ found }) => found.does === 'unsupported')
  if (foreign.length > 0 && foreign.length === backups.length) {
    const tools = foreign.map(({ found }) => unmapped(task.name, 'database-not-supported', { tool: found.tool }))
    return { jobs: [], unmapped: tools }
  }
  const isUnknown = backups.length === 0 && !hasMissing && task.actions.length > 0
  const weaknesses = [...weigh(task, followed, steps), ...(isUnknown ? [weakness('not-recognised')] : [])]
  return { jobs: jobsOf(task, { steps, backups, weaknesses }, now), unmapped: [...task.unmapped] }
}

interface Known {
  readonly steps: readonly RecognisedStep[]
  readonly backups: readonly RecognisedStep[]
  readonly weaknesses: ProposedJob['weaknesses']
}

function jobsOf(task: OldTask, { steps, backups, weaknesses }: Known, now: Date): ProposedJob[] {
  const base = { task: task.name, sources: sourcesIn(steps), weaknesses, triggers: [...task.triggers] }
  const destinations = [...new Set(finalWrites(backups).flatMap(asHint))]
  const title = task.title ?? nameIn(task.name)
  const name = plainName(title, plainName(base.sources[0]?.name ?? task.name, 'backup'))
  const schedules = schedulesOf(task.triggers, now)
  return (schedules.length === 0 ? [{}] : schedules).map((schedule, at) => ({
    ...base,
    ...limitsOf(task, steps),
    ...replacesOf(task),
    ...promiseOf(schedule, now),
    name: at === 0 ? name : `${name} ${at + 1}`,
    schedule,
    destinations,
  }))
}

function speaksOfBackup({ name, actions }: OldTask): boolean {
  return (
    SPEAKS_OF_BACKUP.test(name) ||
    actions.some((action) => SPEAKS_OF_BACKUP.test(`${action.command} ${action.arguments}`))
  )
}

/** Each once, under names that are. */
function sourcesIn(steps: readonly RecognisedStep[]): ProposedJob['sources'] {
  const taken = new Set<string>()
  const known = new Set<string>()
  return steps
    .flatMap(({ found }) => found.sources)
    .filter((source) => !known.has(keyOf(source)) && known.add(keyOf(source)))
    .map((source) => {
      let { name } = source
      for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${source.name}-${n}`
      taken.add(name.toLowerCase())
      return sourceDraftSchema.parse({ ...source, name })
    })
    .slice(0, 50)
}

function keyOf({ name: _name, ...source }: SourceDraft): string {
  return JSON.stringify(source).toLowerCase()
}

/** Folders, shares and addresses: a file's name is of no use as a place. */
function asHint(path: string): string[] {
  const text = path.replace(/[\\/]?[^\\/]*\ue000[\s\S]*$/, '')
  if (text === '' || /^\/dev\//.test(text)) return []
  const isFile = text === path && /[\\/][^\\/]*\.\w{1,8}$/.test(text) && !/^\w{2,}:/.test(text)
  const folder = isFile ? text.replace(/[\\/][^\\/]*$/, '') : text
  return [isShare(folder) || folder.length > 2 ? folder : `${folder}\\`]
}

function limitsOf(
  { timeoutMinutes }: OldTask,
  steps: readonly RecognisedStep[],
): Pick<ProposedJob, 'keepDays' | 'timeoutMinutes'> {
  const days = steps
    .flatMap(({ found }) => (found.days === undefined ? [] : [found.days]))
    .filter((day) => day <= 36_500)
  return {
    ...(days.length === 0 ? {} : { keepDays: Math.max(...days) }),
    ...(timeoutMinutes === undefined ? {} : { timeoutMinutes }),
  }
}

function replacesOf({ replaces, name }: OldTask): Pick<ProposedJob, 'replaces'> {
  return replaces === undefined ? {} : { replaces: { task: replaces, name: name.slice(0, 300) } }
}

/** One job has one schedule of full backups: the busiest first, each of the others for a job of its own. */
function schedulesOf(triggers: readonly ImportedTrigger[], now: Date): Schedule[] {
  const wanted = new Map<string, Schedule>()
  for (const { cron, zone, enabled } of triggers)
    if (enabled)
      for (const full of cron) wanted.set(`${full} ${zone ?? ''}`, zone === undefined ? { full } : { full, zone })
  return [...wanted.values()]
    .filter((schedule) => isUsable(schedule))
    .map((schedule) => ({ schedule, pause: longestPause(schedule, now) }))
    .sort((a, b) => a.pause - b.pause)
    .map(({ schedule }) => schedule)
}

/** In minutes. */
function longestPause({ full = '', zone }: Schedule, now: Date): number {
  const slots = nextSlots({ cron: full, zone }, now, SLOTS).map((slot) => slot.getTime() / 60_000)
  return slots.slice(1).reduce((longest, slot, at) => Math.max(longest, slot - (slots[at] ?? slot)), 0)
}

/** A backup that is wanted once a week cannot be a day old at most. */
function promiseOf(schedule: Schedule, now: Date): Pick<ProposedJob, 'rpoMinutes'> {
  const pause = schedule.full === undefined ? 0 : longestPause(schedule, now)
  return pause <= LONGEST_DAY ? {} : { rpoMinutes: Math.ceil(pause / 60) * 60 + DAY / 24 }
}
