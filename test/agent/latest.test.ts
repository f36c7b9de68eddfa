/** What `latest` means once the newest backup turns out damaged: the newest whole one, said so, and where none is left, the damaged one. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { RunRecord } from '../../electron/contract/run.ts'
import { backUp, startAgent, withJob, type SiteJob } from './real-agent.ts'

function flipBit({ site }: SiteJob, run: RunRecord): void {
  const name = run.sets[0]!.set.slice('shop/'.length)
  const path = join(site.place, 'shop/full', name, 'database.sqlite3.gz')
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1
  writeFileSync(path, bytes)
}

it('passes over a damaged newest one, and names it where there is no other', async () => {
  const agent = await startAgent()
  const job = await withJob(agent)
  const verify = async (): Promise<RunRecord> =>
    await agent.call('run.wait', await agent.call('verify.start', { set: 'shop/latest' }))

  const only = await backUp(agent)
  flipBit(job, only)
  expect(await verify()).toMatchObject({ outcome: 'failed', error: { code: 'artifact-damaged' } })
  expect(await verify(), 'told again, not "there is none"').toMatchObject({ error: { code: 'artifact-damaged' } })
  flipBit(job, only)
  expect(await verify(), 'mended').toMatchObject({ outcome: 'good', subject: only.sets[0]!.set })

  const newer = await backUp(agent)
  flipBit(job, newer)
  expect(await verify()).toMatchObject({ outcome: 'failed', subject: newer.sets[0]!.set })
  expect(await verify(), 'and says that it is not the newest').toMatchObject({
    outcome: 'warning',
    subject: only.sets[0]!.set,
    findings: [{ code: 'newer-set-passed-over' }],
  })
})

it('passes over a newest one that lacks a source, for restores and verifications, and says why', async () => {
  const agent = await startAgent()
  const { site, job } = await withJob(agent)
  const whole = (await backUp(agent)).sets[0]!.set
  rmSync(join(site.dir, 'uploads'), { recursive: true })
  const lacking = await backUp(agent)
  expect(lacking, 'made, without the folder').toMatchObject({ outcome: 'failed', sets: [{ proof: 'none' }] })

  const passedOver = {
    code: 'newer-set-passed-over',
    weight: 'warning',
    message: expect.stringContaining(`${lacking.sets[0]!.set}, lacks uploads`) as string,
  }
  const verified = await agent.call('run.wait', await agent.call('verify.start', { set: 'latest' }))
  expect(verified).toMatchObject({ outcome: 'warning', subject: whole, findings: [passedOver] })
  const to = join(site.dir, 'restored')
  expect(await agent.call('restore.plan', { set: 'shop/latest', to })).toMatchObject({
    set: { id: whole },
    warnings: [passedOver],
  })
  const restored = await agent.call('run.wait', await agent.call('restore.start', { set: 'shop/latest', to }))
  expect(restored).toMatchObject({ outcome: 'warning', subject: whole, findings: [passedOver] })
  expect(await agent.call('set.pin', { set: 'latest', pinned: true })).toMatchObject({ id: whole })
  const { jobs } = await agent.call('status', {})
  expect(jobs.find((one) => one.job === job.id)?.newest?.set, 'the window offers the same one').toBe(whole)
})

it('takes one that lacks a source where there is none better, and says so', async () => {
  const agent = await startAgent()
  const { site } = await withJob(agent)
  rmSync(join(site.dir, 'uploads'), { recursive: true })
  const lacking = (await backUp(agent)).sets[0]!.set
  const request = { set: 'latest', to: join(site.dir, 'restored') }
  const restored = await agent.call('run.wait', await agent.call('restore.start', request))
  expect(restored).toMatchObject({ outcome: 'warning', subject: lacking })
  expect(restored.findings.map(({ code }) => code)).toContain('no-sound-set')
})
