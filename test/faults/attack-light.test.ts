/** The light, where what is backed up or where it goes has changed since the newest backup. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { summaryInput } from '../../electron/engine/catalog/summary-input.ts'
import { summarise } from '../../electron/engine/catalog/summary.ts'
import type { DestinationConfig } from '../../electron/contract/destination.ts'
import { jobSchema, type Job } from '../../electron/contract/job.ts'
import { makeSite, type Site } from '../helpers/site.ts'

function lightOf(site: Site, job: Job, destinations: readonly DestinationConfig[]) {
  const now = new Date()
  const input = summaryInput(
    site.catalog,
    {
      jobs: [job],
      destinations,
      destinationState: () => ({ reachable: true, lookedAt: now.toISOString() }),
      running: () => undefined,
      dueAfter: () => undefined,
      dueDays: () => new Set(),
      agent: { version: '0', startedAt: now.toISOString(), hostname: 'till', home: '/h', mode: 'agent' },
      notices: [],
    },
    now,
  )
  const summary = summarise(input, now).jobs[0]
  return { light: summary?.light, codes: summary?.reasons.map(({ code }) => code) ?? [] }
}

describe('the light after a job was changed', () => {
  it('I1: is not green for a source that no backup holds, until one does', async () => {
    const site = await makeSite()
    for (const name of ['first', 'second']) mkdirSync(join(site.dir, name))
    writeFileSync(join(site.dir, 'first/a'), 'a')
    writeFileSync(join(site.dir, 'second/b'), 'b')
    const job = site.job([{ kind: 'files', name: 'first', roots: [join(site.dir, 'first')] }])
    await site.backup(job)
    expect(lightOf(site, job, site.destinations).light).toBe('good')

    const roots = [join(site.dir, 'second')]
    const added = jobSchema.shape.sources.parse([{ id: 'src_second', kind: 'files', name: 'second', roots }])
    const wider = { ...job, sources: [...job.sources, ...added] }
    expect(lightOf(site, wider, site.destinations)).toEqual({
      light: 'attention',
      codes: ['not-covered', 'no-schedule'],
    })
    await site.backup(wider)
    expect(lightOf(site, wider, site.destinations).light).toBe('good')
  })

  it('I1: is not green for a place that holds no backup, until it does', async () => {
    const site = await makeSite()
    mkdirSync(join(site.dir, 'data'))
    writeFileSync(join(site.dir, 'data/a'), 'a')
    const job = site.job([{ kind: 'files', name: 'data', roots: [join(site.dir, 'data')] }])
    await site.backup(job)
    expect(lightOf(site, job, site.destinations).light).toBe('good')

    const wider = await makeSite({ dir: site.dir, places: 2 })
    const both = { ...job, destinations: wider.destinations.map(({ id }) => id) }
    expect(lightOf(wider, both, wider.destinations)).toEqual({
      light: 'attention',
      codes: ['not-covered', 'no-schedule'],
    })
    await wider.backup(both)
    expect(lightOf(wider, both, wider.destinations).light).toBe('good')
  })
})
