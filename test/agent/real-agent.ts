/** A whole agent in the test's own process, on the real engine, and a small site for it to back up. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { createAgent, type AgentOptions, type RunningAgent } from '../../electron/agent/agent.ts'
import type { DestinationConfig } from '../../electron/contract/destination.ts'
import type { Job, JobDraft } from '../../electron/contract/job.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

/** Stops with the test. */
export async function startAgent(overrides: Partial<AgentOptions> = {}): Promise<RunningAgent> {
  const agent = await createAgent({
    home: overrides.home ?? makeTempDir(),
    world: makeWorld(),
    version: '1.2.3',
    mode: 'agent',
    ...overrides,
  })
  onTestFinished(() => agent.stop())
  return agent
}

export interface Site {
  readonly dir: string
  readonly place: string
  draft(destination: string, name?: string): JobDraft
}

export function makeSite(): Site {
  const dir = makeTempDir()
  const database = new Database(join(dir, 'shop.sqlite3'))
  database.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT); INSERT INTO orders (what) VALUES (1),(2),(3)')
  database.close()
  mkdirSync(join(dir, 'uploads'))
  writeFileSync(join(dir, 'uploads', 'a.txt'), 'hello')
  return {
    dir,
    place: join(makeTempDir(), 'backups'),
    draft: (destination, name = 'Shop') => ({
      name,
      destinations: [destination],
      sources: [
        { kind: 'sqlite', name: 'database', path: join(dir, 'shop.sqlite3') },
        { kind: 'files', name: 'uploads', roots: [join(dir, 'uploads')] },
      ],
    }),
  }
}

/** Adds the site's place and a job "Shop". */
export async function withJob(agent: RunningAgent, site = makeSite()): Promise<SiteJob> {
  mkdirSync(site.place, { recursive: true })
  const destination = await agent.call('destination.add', { kind: 'folder', path: site.place })
  const job = await agent.call('job.add', { draft: site.draft(destination.id) })
  return { site, destination, job }
}

export interface SiteJob {
  readonly site: Site
  readonly destination: DestinationConfig
  readonly job: Job
}

/** Backs the job "shop" up and waits for the end. */
export async function backUp(agent: RunningAgent): Promise<RunRecord> {
  return await agent.call('run.wait', await agent.call('backup.start', { job: 'shop' }))
}
