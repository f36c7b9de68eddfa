/** Progress of a source belongs to the stage that goes on, whoever tells it. */
import { ftruncateSync, mkdirSync, openSync, closeSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeSite } from '../helpers/site.ts'

it('the stages of a backup follow each other and never alternate, however many files there are', async () => {
  const site = await makeSite()
  const root = join(site.dir, 'uploads')
  mkdirSync(root)
  for (let n = 0; n < 60; n += 1) writeFileSync(join(root, `file-${n}`), `content ${n}\n`.repeat(500))
  await site.backup(site.job([{ kind: 'files', name: 'uploads', roots: [root] }]))
  const stages = site.progress.map(({ stage }) => stage)
  const changes = stages.filter((stage, at) => stage !== stages[at - 1])
  expect(changes).toEqual([
    'lock',
    'preflight',
    'snapshot',
    'encode',
    'read-back',
    'manifest',
    'publish',
    'journal',
    'catalog',
  ])
})

it('the holes of a file count as progress while they are looked for: a watchdog must not take them for standstill', async () => {
  const site = await makeSite()
  const root = join(site.dir, 'images')
  mkdirSync(root)
  const fd = openSync(join(root, 'disk.img'), 'w')
  ftruncateSync(fd, 64 * 1024 * 1024)
  closeSync(fd)
  await site.backup(site.job([{ kind: 'files', name: 'images', roots: [root] }]))
  const told = site.progress.filter(({ stage }) => stage === 'encode').map(({ bytes }) => bytes)
  expect(Math.max(...told)).toBeGreaterThan(64 * 1024 * 1024)
})
