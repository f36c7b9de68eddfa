/** Old tasks through the service: read, replaced by a job, switched off after its proof, and given back. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lineDigest } from '../../electron/engine/task-import/crontab.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { backUp, makeSite, startAgent, withJob } from './real-agent.ts'

const LINE = '0 2 * * * cp /srv/shop.db /b/'

it('an old task goes on until its job has matched, is switched off, survives an edit of the job, and is given back', async () => {
  const table = join(makeTempDir(), 'site')
  writeFileSync(table, `${LINE}\n`)
  const agent = await startAgent()
  const { job, site, destination } = await withJob(agent, makeSite())
  const replaces = { task: { kind: 'crontab', file: table, lineSha256: lineDigest(LINE) }, name: 'site:1' } as const
  const draft = site.draft(destination.id)
  // A draft cannot claim that a task is off.
  const claimed = { ...draft, replaces: { ...replaces, retiredAt: '2026-01-05T02:00:00+08:00' } }
  const edited = await agent.call('job.edit', { job: job.id, draft: claimed })
  expect(edited.replaces).toEqual(replaces)

  await expect(agent.call('tasks.retire', { job: job.id })).rejects.toMatchObject({ data: { code: 'task-not-proven' } })
  expect(readFileSync(table, 'utf8')).toBe(`${LINE}\n`)

  expect((await backUp(agent)).outcome).toBe('good')
  const retired = await agent.call('tasks.retire', { job: job.id })
  expect(retired.replaces).toMatchObject({
    retiredAt: expect.any(String) as string,
    copy: expect.any(String) as string,
  })
  expect(readFileSync(table, 'utf8')).toBe(`#sitekeep# ${LINE}\n`)

  const later = await agent.call('job.edit', { job: job.id, draft })
  expect(later.replaces).toEqual(retired.replaces)
  const given = await agent.call('tasks.giveBack', { job: job.id })
  expect(given.replaces).toEqual(replaces)
  expect(readFileSync(table, 'utf8')).toBe(`${LINE}\n`)
})

it('one that could not be switched off is not noted as switched off', async () => {
  const agent = await startAgent()
  const { job, site, destination } = await withJob(agent, makeSite())
  const replaces = {
    task: { kind: 'crontab', file: '/nowhere/cron', lineSha256: lineDigest(LINE) },
    name: 'site:1',
  } as const
  await agent.call('job.edit', { job: job.id, draft: { ...site.draft(destination.id), replaces } })
  await backUp(agent)
  await expect(agent.call('tasks.retire', { job: job.id })).rejects.toMatchObject({ data: { code: 'not-found' } })
  expect((await agent.call('job.show', { job: job.id })).replaces).toEqual(replaces)
})
