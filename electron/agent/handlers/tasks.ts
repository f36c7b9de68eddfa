/** Old tasks: read into proposals, and switched off or on again for the job that takes their place. */
import { join } from 'node:path'
import { phrase } from '../../contract/phrases.ts'
import type { Job } from '../../contract/job.ts'
import type { Replaces } from '../../contract/replaces.ts'
import type { TaskFile } from '../../contract/task-import.ts'
import { BackupError } from '../../engine/errors.ts'
import { readPlain, systemTasks } from '../../engine/task-import/from-system.ts'
import { bytesOf, readTasks, type TaskInput } from '../../engine/task-import/read-tasks.ts'
import { giveBack, retire } from '../../engine/task-import/retire.ts'
import { localIso } from '../../engine/time.ts'
import type { World } from '../../engine/world.ts'
import type { AgentContext, Handlers } from '../context.ts'
import { findJob } from '../lookup.ts'

/** Crontabs as they were, below the state directory. */
const COPIES = 'retired'

export const taskHandlers: Pick<Handlers, 'tasks.read' | 'tasks.retire' | 'tasks.giveBack'> = {
  'tasks.read': async ({ files, system }, { world }) => {
    const given = await Promise.all(files.map((file) => inputOf(file, world)))
    const own = system ? await systemTasks(world) : undefined
    return await readTasks([...given, ...(own?.inputs ?? [])], {
      read: (path) => readPlain(world, path),
      now: world.clock.now(),
      results: own?.results,
    })
  },

  'tasks.retire': ({ job: ref }, agent) =>
    agent.exclusively(async () => {
      const job = findJob(agent.settings.current(), ref)
      const replaces = replacedBy(job)
      if (replaces.retiredAt !== undefined) return job
      const isProven = job.destinations.every((place) => agent.catalog.newestMatched(job.id, place) !== undefined)
      if (!isProven || !job.enabled) throw new BackupError('task-not-proven', { job: job.name, name: replaces.name })
      return await switchOff(job, replaces, agent)
    }),

  'tasks.giveBack': ({ job: ref }, agent) =>
    agent.exclusively(async () => {
      const job = findJob(agent.settings.current(), ref)
      const replaces = replacedBy(job)
      if (replaces.retiredAt === undefined) return job
      return await note(job, await giveBack(replaces, agent.world, await copiesIn(agent)), agent)
    }),
}

/** Noted before it is done: an old task that is off must never be one that nobody knows how to give back. */
async function switchOff(job: Job, replaces: Replaces, agent: AgentContext): Promise<Job> {
  const copies = await copiesIn(agent)
  await note(job, { ...replaces, retiredAt: localIso(agent.world.clock.now()) }, agent)
  let retired: Replaces
  try {
    retired = await retire(replaces, agent.world, copies)
  } catch (error) {
    await note(job, replaces, agent)
    throw error
  }
  return await note(job, retired, agent)
}

async function inputOf(file: TaskFile, world: World): Promise<TaskInput> {
  if ('base64' in file) return { name: file.name, bytes: bytesOf(file) }
  const bytes = await readPlain(world, file.path)
  if (bytes === undefined) throw new BackupError('not-found', { what: phrase('file'), name: file.path })
  return { name: file.path, path: file.path, bytes }
}

function replacedBy(job: Job): Replaces {
  if (job.replaces !== undefined) return job.replaces
  throw new BackupError('not-found', { what: phrase('old-task'), name: job.name })
}

async function copiesIn({ home, world }: AgentContext): Promise<string> {
  const folder = join(home, COPIES)
  await world.files.mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

async function note(job: Job, replaces: Replaces, { settings }: AgentContext): Promise<Job> {
  const changed = { ...job, replaces }
  await settings.update((now) => ({ ...now, jobs: now.jobs.map((one) => (one.id === job.id ? changed : one)) }))
  return changed
}
