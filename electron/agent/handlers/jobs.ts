/** Jobs: made, changed and removed only when every check has passed, so that a refused request changes nothing. */
import { uniqueSlug } from '../../contract/ids.ts'
import { jobSchema, type Job } from '../../contract/job.ts'
import type { ParamsOut } from '../../contract/rpc.ts'
import type { Pause } from '../../contract/schedule.ts'
import type { SourceConfig } from '../../contract/source.ts'
import { BackupError } from '../../engine/errors.ts'
import { localIso } from '../../engine/time.ts'
import type { AgentContext, Handlers } from '../context.ts'
import { checkTimetable, checkZone } from '../../engine/schedule/cron.ts'
import { previewRuns, timetables } from '../../engine/schedule/timetables.ts'
import { checkedName, destinationsOf, findJob, noIncremental } from '../lookup.ts'
import { atMost } from '../patience.ts'

type Draft = ParamsOut<'job.add'>['draft']
type JobMethods =
  | 'job.list'
  | 'job.show'
  | 'job.add'
  | 'job.check'
  | 'job.edit'
  | 'job.remove'
  | 'job.enable'
  | 'job.pause'
  | 'job.resume'
  | 'job.preview'
  | 'source.test'

/** A place that hangs must not make a command hang: the note then comes with the next backup. */
const NOTE_WAIT_MS = 10_000

/** How many runs a preview shows (DESIGN §10). */
const PREVIEW_RUNS = 5

export const jobHandlers: Pick<Handlers, JobMethods> = {
  'job.list': (_, { settings }) => [...settings.current().jobs],

  'job.show': ({ job }, { settings }) => findJob(settings.current(), job),

  'job.add': ({ draft }, agent) =>
    agent.exclusively(async () => {
      const name = nameFor(draft.name, undefined, agent)
      const slug = uniqueSlug(name, (taken) => isSlugTaken(taken, agent))
      return await keep(jobOf(draft, { id: `job_${agent.world.random(8)}`, slug, name }, undefined, agent), agent)
    }),

  'job.check': async ({ job, draft, places }, agent) => {
    const settings = agent.settings.current()
    const old = job === undefined ? undefined : findJob(settings, job)
    const name = nameFor(draft.name, old, agent)
    const untried = places.map((path) => ({ ...UNTRIED_PLACE, name: path, path }))
    const destinations = [...destinationsOf(settings, draft.destinations), ...untried]
    const ids = destinations.map(({ id }) => id)
    const { id = 'job_untried', slug = 'untried' } = old ?? {}
    const checked = jobOf({ ...draft, destinations: ids }, { id, slug, name }, old, agent)
    await agent.engine.checkJob(checked, destinations, agent.signal)
    return {}
  },

  'job.edit': ({ job, draft }, agent) =>
    agent.exclusively(async () => {
      const old = findJob(agent.settings.current(), job)
      const name = nameFor(draft.name, old, agent)
      return await keep(jobOf(draft, { id: old.id, slug: old.slug, name }, old, agent), agent)
    }),

  'job.remove': ({ job }, agent) =>
    agent.exclusively(async () => {
      const old = findJob(agent.settings.current(), job)
      const run = agent.runs.holder(`job:${old.id}`)
      if (run !== undefined) throw new BackupError('run-already-active', { run })
      await agent.settings.update((now) => ({ ...now, jobs: now.jobs.filter((other) => other.id !== old.id) }))
      return {}
    }),

  'job.enable': ({ job, enabled }, agent) =>
    agent.exclusively(async () => await store({ ...findJob(agent.settings.current(), job), enabled }, agent)),

  'job.pause': ({ job, length }, agent) => {
    const paused = pauseEnd(length, agent.world.clock.now())
    return changeSome(job, agent, (one) => ({ ...one, paused }))
  },

  'job.resume': async ({ job }, agent) => {
    const resumed = await changeSome(job, agent, ({ paused: _, ...one }) => one)
    // Whoever lets all of them run again means it.
    if (job === undefined) agent.safeMode.leave()
    return resumed
  },

  'job.preview': (schedule, { world }) => ({
    next: previewRuns(schedule, world.clock.now(), PREVIEW_RUNS),
  }),

  'source.test': async ({ source }, { engine, signal }) =>
    // The id only has to be valid: a source that is tried out belongs to no job yet.
    await engine.testSource({ ...source, id: source.id ?? 'src_untried' }, signal),
}

/** A folder that is no destination yet: only where it lies can be checked. */
const UNTRIED_PLACE = { id: 'dst_untried', enabled: true, kind: 'folder' } as const

function nameFor(name: string, old: Job | undefined, { settings }: AgentContext): string {
  const others = settings.current().jobs.filter((other) => other.id !== old?.id)
  return checkedName('job', name, others)
}

/** A folder that holds sets of a removed job is taken: two jobs' sets must not lie in one. */
function isSlugTaken(slug: string, { settings, catalog }: AgentContext): boolean {
  if (settings.current().jobs.some((job) => job.slug === slug)) return true
  const { sets } = catalog.sets({ limit: 10_000, offset: 0 })
  return sets.some((set) => set.id.startsWith(`${slug}/`))
}

function jobOf(draft: Draft, given: Pick<Job, 'id' | 'slug' | 'name'>, old: Job | undefined, agent: AgentContext): Job {
  for (const timetable of timetables(draft.schedule)) checkTimetable(timetable)
  checkZone(draft.schedule.zone)
  // A schedule that a job has from earlier goes on: complete copies are better than none.
  const { incremental } = draft.schedule
  if (incremental !== undefined && incremental !== old?.schedule.incremental) throw noIncremental()
  const sources = draft.sources.map((source) => sourceOf(source, old, agent))
  for (const [index, source] of sources.entries()) checkedName('source', source.name, sources.slice(0, index))
  const destinations = [...new Set(draft.destinations)]
  const replaces = replacesOf(draft, old)
  return jobSchema.parse({ ...draft, ...given, sources, destinations, ...(replaces === undefined ? {} : { replaces }) })
}

/** Whether an old task is switched off is not for a draft to say: only `tasks.retire` knows, and giving back relies on it. */
function replacesOf({ replaces }: Draft, old: Job | undefined): Job['replaces'] {
  if (old?.replaces !== undefined || replaces === undefined) return old?.replaces
  const { task, name } = replaces
  return { task, name }
}

/** A source that carries the id of one of the job's own keeps it, so that its history goes on; any other is new. */
function sourceOf(draft: Draft['sources'][number], old: Job | undefined, agent: AgentContext): SourceConfig {
  const name = checkedName('source', draft.name, [])
  const known = old?.sources.some((source) => source.id === draft.id && source.kind === draft.kind) === true
  return { ...draft, name, id: known && draft.id !== undefined ? draft.id : `src_${agent.world.random(8)}` }
}

async function keep(job: Job, agent: AgentContext): Promise<Job> {
  await agent.engine.checkJob(job, destinationsOf(agent.settings.current(), job.destinations), agent.signal)
  return await store(job, agent)
}

/** One job, or all. */
async function changeSome(job: string | undefined, agent: AgentContext, change: (job: Job) => Job): Promise<Job[]> {
  return await agent.exclusively(async () => {
    const only = job === undefined ? undefined : findJob(agent.settings.current(), job).id
    const isMeant = ({ id }: Job): boolean => only === undefined || id === only
    const { jobs } = await agent.settings.update((now) => ({
      ...now,
      jobs: now.jobs.map((one) => (isMeant(one) ? change(one) : one)),
    }))
    return jobs.filter(isMeant)
  })
}

function pauseEnd(length: ParamsOut<'job.pause'>['length'], now: Date): Pause {
  if (length === 'until-resumed') return length
  if (length !== 'tomorrow') return localIso(new Date(now.getTime() + length * 60_000))
  return localIso(new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1))
}

async function store(job: Job, agent: AgentContext): Promise<Job> {
  await agent.settings.update((now) => ({
    ...now,
    jobs: now.jobs.some((other) => other.id === job.id)
      ? now.jobs.map((other) => (other.id === job.id ? job : other))
      : [...now.jobs, job],
  }))
  if (!agent.catalog.readOnly) agent.catalog.noteJob(job.id, localIso(agent.world.clock.now()))
  await noteAtDestinations(job, agent)
  return job
}

/** The journal's copy serves a fresh machine; a place that is away or busy gets it with the next backup, so nobody waits for it. */
async function noteAtDestinations(job: Job, agent: AgentContext): Promise<void> {
  const destinations = destinationsOf(agent.settings.current(), job.destinations).filter(({ enabled }) => enabled)
  const ids = destinations.map(({ id }) => id)
  const noting = agent.runs.asWriter(ids, agent.signal, () => agent.engine.noteJob(job, destinations, agent.signal))
  agent.background(`note "${job.name}" at its destinations`, () => noting)
  // An agent that ends with the command would cut its own note short. What goes wrong with it has been logged.
  if (agent.mode === 'command') await atMost(NOTE_WAIT_MS, noting).catch(() => undefined)
}
