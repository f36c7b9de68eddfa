/** A site under a desktop: a shop database and a folder, backed up by one job to one place. */
import { randomFillSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentClient } from '../../electron/client/client.ts'
import type { Job } from '../../electron/contract/job.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeShopDb } from '../helpers/sqlite.ts'

export interface DesktopSite {
  readonly dir: string
  readonly database: string
  readonly uploads: string
  readonly place: string
  readonly job: Job
}

/** `megabytes` of incompressible uploads: what makes a run last long enough to be watched. */
export async function addSite({ call }: AgentClient, megabytes = 1): Promise<DesktopSite> {
  const dir = makeTempDir()
  const [database, uploads, place] = [join(dir, 'shop.sqlite'), join(dir, 'uploads'), join(dir, 'place')]
  makeShopDb(database)
  mkdirSync(uploads)
  for (let n = 0; n < megabytes; n += 1) {
    writeFileSync(join(uploads, `photo-${n}.jpg`), randomFillSync(Buffer.alloc(1024 * 1024)))
  }
  mkdirSync(place)
  const destination = await call('destination.add', { kind: 'folder', path: place, name: 'Backup disk' })
  const job = await call('job.add', {
    draft: {
      name: 'Shop',
      sources: [
        { kind: 'sqlite', name: 'shop', path: database },
        { kind: 'files', name: 'uploads', roots: [uploads] },
      ],
      destinations: [destination.id],
      schedule: { full: '0 2 * * *' },
    },
  })
  return { dir, database, uploads, place, job }
}
