/**
 * A backup in a process of its own, for faults that end processes: `node driver.ts SITE-DIR [recover|cleanup]`.
 * Marks every phase on file descriptor 3 where that is open, and prints the run's record as its last line.
 */
import { fstatSync, writeSync } from 'node:fs'
import { mark } from '../helpers/inject/shim.ts'
import { openSite } from '../helpers/open-site.ts'
import { makeWorld } from '../helpers/world.ts'

const [dir, action = 'backup'] = process.argv.slice(2)
if (dir === undefined) throw new Error('usage: driver.ts SITE-DIR [recover|cleanup]')

function canMark(): boolean {
  try {
    fstatSync(3)
    return process.env['DRIVER_MARKS'] === '1'
  } catch {
    return false
  }
}

const marks = canMark()
const phase = (name: string): void => {
  if (!marks) return
  writeSync(3, `@@PHASE ${name}\n`)
  // The harness kills at this mark: give it the time to, without an event loop turn in between.
  if (process.env['DRIVER_STOP_AT'] === name) process.kill(process.pid, 'SIGSTOP')
}
const site = await openSite({ dir, world: makeWorld({ phase }) })
const job = site.jobs[0]
if (job === undefined) throw new Error('the site has no job')
const never = new AbortController().signal
await site.engine.recover(site.jobs)
for (const destination of site.destinations) {
  // As the agent does at its start: a destination that moved on without the catalog is imported first.
  await site.engine.importDestination(destination, never)
}
const record = action === 'backup' ? await site.backup(job) : action === 'cleanup' ? await site.cleanup(job) : undefined
if (record?.outcome === 'good' && process.env['INJ_ROOT'] !== undefined)
  for (const { set } of record.sets) mark(`reported ${set}`)
site.catalog.close()
process.stdout.write(`${JSON.stringify(record ?? null)}\n`)
