/** Where the jobs of a state directory write to, besides it: what a service that may write nowhere else must be given. */
import { dirname, join } from 'node:path'
import type { Job } from '../../contract/job.ts'
import type { Settings } from '../../contract/settings.ts'
import { errnoOf } from '../../engine/errors.ts'
import type { World } from '../../engine/world.ts'
import { parseSettings } from '../state/settings-file.ts'

/** Podman keeps its locks and the state of its containers there; docker has a service of its own for that. */
const PODMAN = ['/run/containers', '/run/libpod', '/run/crun', '/run/lock', '/var/lib/containers']

/** @throws BackupError `config-invalid`, `config-newer`: what a file that cannot be read needs is not known */
export async function placesOfJobs(home: string, world: World): Promise<readonly string[]> {
  const settings = await settingsOf(home, world)
  return settings === undefined ? [] : placesIn(settings)
}

async function settingsOf(home: string, world: World): Promise<Settings | undefined> {
  const path = join(home, 'sitekeep.json')
  try {
    const file = await world.files.open(path, 'r')
    const bytes = await file.readFile().finally(() => file.close())
    return parseSettings(bytes, { path, copy: `${path}.good` })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Absolute ones: nothing else can be written in a unit. */
export function placesIn({ destinations, jobs }: Pick<Settings, 'destinations' | 'jobs'>): readonly string[] {
  const paths = [...destinations.map(({ path }) => path), ...jobs.flatMap(placesOfJob)]
  return [...new Set(paths)].filter((path) => path.startsWith('/'))
}

function placesOfJob({ workDir, sources }: Job): string[] {
  const ofSources = sources.flatMap((source) => {
    if (source.kind === 'sqlite') return [dirname(source.path)]
    const isPodman =
      source.kind === 'postgres' && source.server.via === 'container' && source.server.program === 'podman'
    return isPodman ? PODMAN : []
  })
  return workDir === undefined ? ofSources : [workDir, ...ofSources]
}
