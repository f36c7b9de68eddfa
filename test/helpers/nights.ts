/** A site that has been backed up night after night, with its clock set by the test. */
import { join } from 'node:path'
import type { Job } from '../../electron/contract/job.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import type { Site } from './open-site.ts'
import { makeShopDb } from './sqlite.ts'

export const NIGHT = 24 * 60 * 60_000

/** Gives the site a small database and a job that keeps full backups for three days. */
export function makeNightJob(site: Site, changes: Partial<Job> = {}): Job {
  makeShopDb(join(site.dir, 'shop.sqlite3'), { orders: 5 })
  return site.job([{ kind: 'sqlite', name: 'shop', path: join(site.dir, 'shop.sqlite3') }], {
    keep: { full: 3, incremental: 3, hot: 3 },
    ...changes,
  })
}

/** One backup each night; the first now, the clock ends at the last. The ids of the sets, the oldest first. */
export async function nightsOf(site: Site, job: Job, count: number): Promise<string[]> {
  const sets: string[] = []
  for (let night = 0; night < count; night += 1) {
    if (night > 0) site.world.clock.advance(NIGHT)
    sets.push(setOf(await site.backup(job)))
  }
  return sets
}

export function setOf(record: RunRecord): string {
  const made = record.sets[0]
  if (made === undefined) throw new Error(`no set was made: ${JSON.stringify(record.error)}`)
  return made.set
}

/** Ids of the sets that the catalog lists at a destination, the oldest first. */
export function listedAt(site: Site, place = 0): string[] {
  const destination = site.destinations[place]!.id
  const { sets } = site.catalog.sets({ destination, limit: 1000, offset: 0 })
  return sets.map(({ id }) => id).reverse()
}
