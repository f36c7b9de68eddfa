/** Destinations: added with a marker of our own, tested by really writing, adopted only when asked. */
import { phrase } from '../../contract/phrases.ts'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import type { DestinationConfig } from '../../contract/destination.ts'
import { uniqueSlug } from '../../contract/ids.ts'
import type { Job } from '../../contract/job.ts'
import type { Settings } from '../../contract/settings.ts'
import { BackupError, errnoOf, reasonOf } from '../../engine/errors.ts'
import type { AgentContext, Handlers } from '../context.ts'
import { checkedName, findDestination, nameKey } from '../lookup.ts'

type DestinationMethods =
  'destination.list' | 'destination.add' | 'destination.test' | 'destination.remove' | 'destination.adopt'

export const destinationHandlers: Pick<Handlers, DestinationMethods> = {
  'destination.list': (_, { settings }) => [...settings.current().destinations],

  'destination.add': ({ name, kind, path, adopt }, agent) =>
    agent.exclusively(async () => {
      const { destinations } = agent.settings.current()
      const place = await canonical(path, agent)
      const twin = destinations.find((other) => other.path === place)
      if (twin !== undefined) throw new BackupError('duplicate-name', { what: 'destination', name: place })
      const wanted: DestinationConfig = {
        id: `dst_${agent.world.random(8)}`,
        name: checkedName('destination', name ?? freeName(basename(place), destinations), destinations),
        enabled: true,
        kind,
        path: place,
      }
      const made = await agent.engine.initDestination(wanted, { adopt }, agent.signal)
      // A place that was ours before keeps its id; the same disk under a second path would be one place counted twice.
      if (destinations.some((other) => other.id === made.id))
        throw new BackupError('duplicate-name', { what: 'destination', name: place })
      try {
        await agent.settings.update((now) => ({ ...now, destinations: [...now.destinations, made] }))
        await takeIn(made, agent)
        return made
      } catch (error) {
        // The first error is the one to tell.
        await agent.settings.update((now) => withoutPlace(now, made.id)).catch(() => undefined)
        await release(made, agent)
        throw error
      }
    }),

  'destination.test': async ({ destination }, agent) => {
    const config = findDestination(agent.settings.current(), destination)
    return await agent.destinations.probe(config)
  },

  'destination.remove': ({ destination }, agent) =>
    agent.exclusively(async () => {
      const config = findDestination(agent.settings.current(), destination)
      const users = agent.settings.current().jobs.filter((job) => job.destinations.includes(config.id))
      if (users.length > 0) {
        const names = users.map((job) => `"${job.name}"`).join(', ')
        throw new BackupError('usage', { reason: phrase('place-in-use'), name: config.name, names })
      }
      await agent.settings.update((now) => withoutPlace(now, config.id))
      agent.destinations.forget(config.id)
      await release(config, agent)
      return {}
    }),

  'destination.adopt': ({ destination }, agent) =>
    agent.exclusively(async () => {
      const config = findDestination(agent.settings.current(), destination)
      const made = await agent.engine.initDestination(config, { adopt: true, isKnown: true }, agent.signal)
      await agent.settings.update((now) => ({
        ...now,
        destinations: now.destinations.map((other) => (other.id === config.id ? made : other)),
        jobs: now.jobs.map((job) => ({
          ...job,
          destinations: job.destinations.map((id) => (id === config.id ? made.id : id)),
        })),
      }))
      const { sets, jobs } = await takeIn(made, agent)
      return { sets, jobs: await addForeignJobs(jobs, made, agent) }
    }),
}

function withoutPlace(now: Settings, id: string): Settings {
  return { ...now, destinations: now.destinations.filter((other) => other.id !== id) }
}

/** A marker under which nothing was stored yet would only make the place look like another's later. */
async function release(config: DestinationConfig, agent: AgentContext): Promise<void> {
  try {
    await agent.engine.releaseDestination(config, agent.signal)
  } catch (error) {
    // The disk may be gone; then the marker stays, and is known again when the place is added.
    agent.log.warn(`${config.name}: its marker stays: ${reasonOf(error)}`)
  }
}

/** Reads what the place already holds, and looks at its health. */
async function takeIn(config: DestinationConfig, agent: AgentContext): Promise<{ sets: number; jobs: readonly Job[] }> {
  const found = await agent.runs.asWriter([config.id], agent.signal, () =>
    agent.engine.importDestination(config, agent.signal),
  )
  await agent.destinations.probe(config)
  return found
}

/** Jobs known only to the destination come in switched off: what they would back up may not be on this machine. */
async function addForeignJobs(found: readonly Job[], place: DestinationConfig, agent: AgentContext): Promise<number> {
  const { jobs } = agent.settings.current()
  const added: Job[] = []
  for (const job of found) {
    const all = [...jobs, ...added]
    if (all.some((other) => other.id === job.id)) continue
    const name = freeName(job.name, all)
    const slug = uniqueSlug(job.slug, (taken) => all.some((other) => other.slug === taken))
    added.push({ ...job, name, slug, enabled: false, destinations: [place.id] })
  }
  if (added.length > 0) await agent.settings.update((now) => ({ ...now, jobs: [...now.jobs, ...added] }))
  return added.length
}

/** The path without links and `..`, so that one place cannot be added twice; of a folder still to be made, its parent's. */
async function canonical(path: string, { world }: AgentContext): Promise<string> {
  if (path.includes('\0')) throw new BackupError('invalid-input', { reason: phrase('path-zero') })
  if (!isAbsolute(path)) throw new BackupError('invalid-input', { reason: phrase('path-not-absolute'), path })
  const whole = resolve(path)
  try {
    return await world.files.realpath(whole)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(whole) === whole) return whole
    const parent = await world.files.realpath(dirname(whole)).catch(() => dirname(whole)) // reported by the engine in its own words
    return join(parent, basename(whole))
  }
}

function freeName(wanted: string, others: readonly { readonly name: string }[]): string {
  const base = wanted.slice(0, 74) || 'backups'
  const isTaken = (name: string): boolean => others.some((other) => nameKey(other.name) === nameKey(name))
  if (!isTaken(base)) return base
  for (let n = 2; ; n += 1) if (!isTaken(`${base} ${n}`)) return `${base} ${n}`
}
