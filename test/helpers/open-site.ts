/** A whole site in a folder: destinations, a catalog and the engine around them; also for processes outside the test runner. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DestinationConfig } from '../../electron/contract/destination.ts'
import type { AgentEvent } from '../../electron/contract/event.ts'
import { slugOf } from '../../electron/contract/ids.ts'
import { jobSchema, type BackupType, type Job } from '../../electron/contract/job.ts'
import type { VerifyLevel } from '../../electron/contract/proof.ts'
import type { Progress, RunRecord } from '../../electron/contract/run.ts'
import type { SourceDraft } from '../../electron/contract/source.ts'
import type { Catalog } from '../../electron/engine/catalog/catalog.ts'
import { openCatalog } from '../../electron/engine/catalog/open.ts'
import { createEngine, type Engine, type RunHooks, type SetLocation } from '../../electron/engine/engine.ts'
import { Redactor } from '../../electron/engine/secret.ts'
import { localIso } from '../../electron/engine/time.ts'
import { makeWorld, type TestWorld } from './world.ts'

export interface Site {
  readonly dir: string
  /** Folder of the first destination; empty where there is none. */
  readonly root: string
  readonly world: TestWorld
  readonly catalog: Catalog
  readonly engine: Engine
  readonly destinations: readonly DestinationConfig[]
  /** Jobs made so far, also by an earlier process. */
  readonly jobs: readonly Job[]
  readonly log: string[]
  readonly events: AgentEvent[]
  readonly progress: Progress[]
  job(sources: readonly SourceDraft[], changes?: Partial<Job>): Job
  backup(job: Job, type?: BackupType, signal?: AbortSignal): Promise<RunRecord>
  /** At all destinations; `inUse` are sets that somebody reads meanwhile. */
  cleanup(job: Job, inUse?: readonly string[], signal?: AbortSignal): Promise<RunRecord>
  verify(from: SetLocation, level?: VerifyLevel): Promise<RunRecord>
  /** Restores into a new folder of the site. */
  restore(from: SetLocation, options?: { to?: string; only?: string }): Promise<{ record: RunRecord; to: string }>
  /** The set that a run made at its first destination. */
  setOf(record: RunRecord): SetLocation
  /** Folder of the set that a run made. */
  folderOf(record: RunRecord): string
  hooks(signal?: AbortSignal): RunHooks
}

let serial = 0
function newId(prefix: string): string {
  serial += 1
  // The process id keeps runs of several processes on one folder apart.
  return `${prefix}_${String(process.pid).padStart(7, '0')}${String(serial).padStart(7, '0')}`
}

export interface SiteOptions {
  readonly dir: string
  readonly world?: TestWorld
  /** How many destinations; each is a folder of its own. */
  readonly places?: number
  /** Knows no secrets unless given. */
  readonly redactor?: Redactor
}

/** Opens the site in `dir`, making its destinations where there are none. Close its catalog when done. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const { dir, world = makeWorld() } = options
  const never = new AbortController().signal
  const saved = join(dir, 'site.json')
  const known = existsSync(saved) ? (JSON.parse(readFileSync(saved, 'utf8')) as Saved) : { destinations: [], jobs: [] }
  const { jobs } = known
  const names = { destinationName: (id: string) => id, jobName: () => undefined, jobs: () => jobs }
  const catalog = openCatalog({ path: join(dir, 'catalog.db'), names, world })
  const engine = createEngine({
    world,
    catalog,
    workRoot: join(dir, 'work'),
    installId: 'f'.repeat(32),
    version: '0.0.0',
    redactor: options.redactor ?? new Redactor(),
    jobs: () => jobs,
  })
  const destinations = [...known.destinations]
  for (let n = destinations.length + 1; n <= (options.places ?? 1); n += 1) {
    const path = join(dir, `backups-${n}`)
    mkdirSync(path, { recursive: true })
    const config = { id: newId('dst'), name: `place ${n}`, kind: 'folder' as const, path, enabled: true }
    destinations.push(await engine.initDestination(config, { adopt: false }, never))
  }
  const save = (): void => writeFileSync(saved, JSON.stringify({ destinations, jobs }))
  save()
  return siteAround({ dir, world, catalog, engine, destinations, jobs, save })
}

interface Saved {
  readonly destinations: DestinationConfig[]
  readonly jobs: Job[]
}

function siteAround(
  parts: Pick<Site, 'dir' | 'world' | 'catalog' | 'engine' | 'destinations'> & { jobs: Job[]; save: () => void },
): Site {
  const { dir, world, engine, destinations } = parts
  const log: string[] = []
  const events: AgentEvent[] = []
  const progress: Progress[] = []
  const hooks = (signal = new AbortController().signal): RunHooks => ({
    run: newId('run'),
    trigger: 'manual',
    startedAt: localIso(world.clock.now()),
    signal,
    log: (level, text) => log.push(`${level} ${text}`),
    progress: (one) => progress.push(one),
    event: (event) => events.push(event),
  })
  const site: Site = {
    ...parts,
    root: destinations[0]?.path ?? '',
    log,
    events,
    progress,
    hooks,
    job: (sources, changes = {}) => {
      const name = changes.name ?? 'shop'
      const job = jobSchema.parse({
        id: newId('job'),
        name,
        slug: slugOf(name),
        sources: sources.map((source) => ({ id: newId('src'), ...source })),
        destinations: destinations.map((destination) => destination.id),
        ...changes,
      })
      parts.jobs.push(job)
      parts.save()
      return job
    },
    backup: (job, type = 'full', signal) => engine.backup(job, type, destinations, hooks(signal)),
    cleanup: (job, inUse = [], signal) =>
      engine.cleanup(job, destinations, { inUse: () => new Set(inUse) }, hooks(signal)),
    verify: (from, level = 'match') => engine.verify(from, level, hooks()),
    restore: async (from, { to, only } = {}) => {
      const target = to ?? join(dir, newId('restored'))
      return { record: await engine.restore({ from, to: target, only }, hooks()), to: target }
    },
    setOf: (record) => {
      const made = record.sets[0]
      if (made === undefined) throw new Error(`the run made no set: ${JSON.stringify(record.error ?? record.outcome)}`)
      const destination = destinations.find((one) => one.id === made.destination)
      return { by: 'destination', destination: destination!, set: made.set }
    },
    folderOf: (record) => {
      const from = site.setOf(record)
      if (from.by !== 'destination') throw new Error('not at a destination')
      const [slug = '', name = ''] = from.set.split('/')
      return join(from.destination.path, slug, name.startsWith('hot') ? 'hot' : 'full', name)
    },
  }
  return site
}
