/** What `latest` means once the newest backup turns out damaged: the newest whole one, said so, and where none is left, the damaged one. */
import { readFileSync, writeFileSync } from 'node:fs'
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
