/** The options that say when a job runs by itself, and the schedule they amount to. */
import { InvalidArgumentError, type Command } from 'commander'
import { scheduleSchema, type CatchUp, type Retry, type Schedule } from '../contract/schedule.ts'
import { minutesFrom } from './arguments.ts'
import { named } from './named.ts'

export interface ScheduleOptions {
  readonly full?: string
  readonly incremental?: string
  readonly hot?: string
  readonly zone?: string
  readonly catchUp?: CatchUp
  readonly retry?: Retry
  readonly quiet?: Schedule['quiet'] | 'none'
}

export function addScheduleOptions(command: Command): Command {
  return command
    .option('--full <CRON>', 'when to make full backups, such as "0 2 * * *"')
    .option('--incremental <CRON>', 'planned: incremental backups are refused for now')
    .option('--hot <CRON>', 'when to make backups that are kept for a few days only')
    .option('--zone <ZONE>', 'time zone of the schedule, such as Asia/Shanghai; "local" is this computer’s')
    .option('--catch-up <HOW>', 'missed runs: run, skip, or older=6h', catchUpFrom)
    .option('--retry <HOW>', 'failed runs: none, or first wait and for how long, such as 10m,23h', retryFrom)
    .option(
      '--quiet <TIMES>',
      'nothing begins by itself in these hours, such as 09:00-18:00; "none" ends it',
      quietFrom,
    )
}

/** An empty string takes a schedule away. */
export function scheduleFrom(options: ScheduleOptions, before: Schedule = {}): Schedule {
  const { full, incremental, hot, zone, catchUp, retry, quiet } = options
  const { quiet: quietBefore, zone: zoneBefore, ...kept } = before
  const schedule = { ...kept, ...named({ full, incremental, hot, catchUp, retry }) }
  const cleared = Object.fromEntries(Object.entries(schedule).filter(([, value]) => value !== ''))
  const zoneNow = zone === 'local' ? undefined : (zone ?? zoneBefore)
  const quietNow = quiet === 'none' ? undefined : (quiet ?? quietBefore)
  return { ...cleared, ...named({ zone: zoneNow, quiet: quietNow }) }
}

function catchUpFrom(text: string): CatchUp {
  if (text === 'run' || text === 'skip') return text
  const [, age] = /^older=(.+)$/.exec(text) ?? []
  if (age === undefined) throw new InvalidArgumentError('Expected run, skip, or older=6h.')
  return { olderThanMinutes: minutesFrom(age) }
}

function retryFrom(text: string): Retry {
  if (text === 'none') return { everyMinutes: 10, forMinutes: 0 }
  const [every = '', length = '', ...more] = text.split(',')
  if (more.length > 0 || length === '') throw new InvalidArgumentError('Expected none, or something like 10m,23h.')
  return { everyMinutes: minutesFrom(every), forMinutes: minutesFrom(length) }
}

function quietFrom(text: string): Schedule['quiet'] | 'none' {
  if (text === 'none') return text
  const [from, to] = text.split('-')
  const parsed = scheduleSchema.shape.quiet.safeParse({ from, to })
  if (!parsed.success) throw new InvalidArgumentError('Expected two times such as 09:00-18:00, or none.')
  return parsed.data
}
