/** `sitekeep pause` and `resume`: nothing begins by itself for a while, in one job or in all. */
import { InvalidArgumentError } from 'commander'
import { minutesFrom } from '../arguments.ts'
import { show, type Cli } from '../cli.ts'
import type { AddCommand } from '../command.ts'
import { exitCodes } from '../failure.ts'
import { formatTime } from '../format.ts'

interface PauseOptions {
  readonly for?: number | 'tomorrow'
}

export const pauseCommands: AddCommand = (program, run) => {
  program
    .command('pause')
    .argument('[JOB]', 'all jobs, where none is named')
    .option('--for <TIME>', 'such as 1h, or "tomorrow"; until you resume it, where no time is given', lengthFrom)
    .description('let nothing begin by itself; what is missed is made up for afterwards')
    .action(run(pause))
  program
    .command('resume')
    .argument('[JOB]', 'all jobs, where none is named')
    .description('let the schedules run again')
    .action(run(resume))
}

async function pause(cli: Cli, job: string | undefined, options: PauseOptions): Promise<number> {
  const link = await cli.link()
  const jobs = await link.call('job.pause', { ...named(job), length: options.for ?? 'until-resumed' })
  const [first] = jobs
  const until = first?.paused
  const text = until === undefined || until === 'until-resumed' ? undefined : formatTime(until)
  const names = cli.words.joined(jobs.map(({ name }) => name))
  show(cli, { jobs: jobs.map(({ name, paused }) => ({ job: name, paused })) }, cli.words.paused(names, text))
  return exitCodes.done
}

async function resume(cli: Cli, job: string | undefined): Promise<number> {
  const jobs = await (await cli.link()).call('job.resume', named(job))
  const names = cli.words.joined(jobs.map(({ name }) => name))
  show(cli, { jobs: jobs.map(({ name }) => ({ job: name })) }, cli.words.resumed(names))
  return exitCodes.done
}

function named(job: string | undefined): { job?: string } {
  return job === undefined ? {} : { job }
}

function lengthFrom(text: string): number | 'tomorrow' {
  if (text === 'tomorrow') return text
  const minutes = minutesFrom(text)
  if (minutes > 366 * 24 * 60) throw new InvalidArgumentError('Expected at most a year.')
  return minutes
}
