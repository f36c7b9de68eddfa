/** Runs in a mount namespace of its own: a folder destination on a tmpfs that fills up, turns read-only or goes away. */
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { Readable } from 'node:stream'
import type { DestinationOf } from '../../electron/contract/destination.ts'
import type { Destination } from '../../electron/engine/destination/destination.ts'
import { folderKind } from '../../electron/engine/destination/folder.ts'
import { toBackupError } from '../../electron/engine/errors.ts'
import { realWorld } from '../../electron/engine/world.ts'

const [scenario = '', root = ''] = process.argv.slice(2)
const live = new AbortController().signal
const world = realWorld(['false'])
const config: DestinationOf<'folder'> = { kind: 'folder', id: 'dst_abc123', name: 'disk', enabled: true, path: root }
const FIRST = 'shop/full/full_backup_20260105_020000'
const SECOND = 'shop/full/full_backup_20260106_020000'

function mount(options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'none', root])
}
function unmount(): void {
  execFileSync('umount', ['-l', root])
}
async function open(mode: 'create' | 'existing', minGeneration = 1): Promise<Destination> {
  return folderKind.open(config, { mode, minGeneration }, world, live)
}
function bytes(count: number): Readable {
  return Readable.from(
    (function* () {
      for (let left = count; left > 0; left -= 64 * 1024) yield Buffer.alloc(Math.min(left, 64 * 1024), left)
    })(),
  )
}
async function publish(destination: Destination, prefix: string, count: number): Promise<void> {
  const staged = await destination.beginSet(prefix, live)
  try {
    await staged.put('database.gz', bytes(count), live)
    await staged.publish(Buffer.from('{}'), live)
  } finally {
    await staged.abandon()
  }
}
async function keysOf(destination: Destination): Promise<string[]> {
  const keys: string[] = []
  for await (const object of destination.list('shop', live)) keys.push(object.key)
  return keys
}
/** What `work` ends with, in the words a person reads. */
async function outcomeOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work
    return { code: 'none', message: '' }
  } catch (error) {
    const { code, message } = toBackupError(error)
    return { code, message }
  }
}
/** Everything below `root` as it lies there now, whatever is mounted. */
function tree(): string[] {
  return fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
}

async function withFirstSet(options: string): Promise<Destination> {
  mount(options)
  const destination = await open('create')
  await publish(destination, FIRST, 300_000)
  return destination
}

const scenarios: Record<string, () => Promise<unknown>> = {
  async full() {
    const destination = await withFirstSet('size=2m')
    const before = tree()
    const outcomes = [
      await outcomeOf(publish(destination, SECOND, 4_000_000)),
      await outcomeOf(destination.put('suite/x', bytes(4_000_000), live)),
    ]
    const probe = await folderKind.probe(config, world, live)
    fs.rmdirSync(`${root}/suite`)
    return { outcomes, probe, keys: await keysOf(destination), isUnchanged: String(tree()) === String(before) }
  },

  async inodes() {
    const destination = await withFirstSet('size=8m,nr_inodes=12')
    const names = Array.from({ length: 12 }, (_, n) => `suite${n}`)
    let outcome = { code: 'none', message: '' }
    for (const name of names) {
      outcome = await outcomeOf(destination.put(name, Buffer.from('x'), live))
      if (outcome.code !== 'none') break
    }
    return { outcomes: [outcome], keys: await keysOf(destination), space: await destination.space() }
  },

  async readOnly() {
    const destination = await withFirstSet('size=8m')
    const staged = await destination.beginSet(SECOND, live)
    await staged.put('database.gz', bytes(1000), live)
    execFileSync('mount', ['-o', 'remount,ro', root])
    const outcomes = [
      await outcomeOf(staged.put('files.tar.gz', bytes(1000), live)),
      await outcomeOf(staged.publish(Buffer.from('{}'), live)),
      await outcomeOf(destination.raiseGeneration(live)),
      await outcomeOf(folderKind.acquireLease(destination, 'install:run', world, live)),
      await outcomeOf(destination.removeSet(FIRST, live)),
    ]
    await staged.abandon()
    return { outcomes, keys: await keysOf(destination) }
  },

  async absent() {
    await withFirstSet('size=8m')
    unmount()
    const outcomes = [await outcomeOf(open('existing'))]
    const probe = await folderKind.probe(config, world, live)
    return { outcomes, probe, tree: tree() }
  },

  async vanishesBetween() {
    const destination = await withFirstSet('size=8m')
    const staged = await destination.beginSet(SECOND, live)
    await staged.put('database.gz', bytes(1000), live)
    unmount()
    const outcomes = [
      await outcomeOf(staged.put('files.tar.gz', bytes(1000), live)),
      await outcomeOf(staged.publish(Buffer.from('{}'), live)),
      await outcomeOf(destination.put('.sitekeep/journal/2026/1.json', Buffer.from('{}'), live)),
      await outcomeOf(destination.beginSet('other/full/full_backup_20260106_020000', live)),
      await outcomeOf(destination.removeSet(FIRST, live)),
      await outcomeOf(destination.remove(`${FIRST}/manifest.json`, live)),
      await outcomeOf(destination.raiseGeneration(live)),
      await outcomeOf(destination.appendLog('shop/logs/backup.log', 'line', live)),
      await outcomeOf(destination.sweep(0, live)),
      await outcomeOf(keysOf(destination)),
      await outcomeOf(destination.get(`${FIRST}/manifest.json`, live)),
      await outcomeOf(folderKind.acquireLease(destination, 'install:run', world, live)),
    ]
    await staged.abandon()
    return { outcomes, tree: tree() }
  },

  async vanishesDuring() {
    const destination = await withFirstSet('size=8m')
    const staged = await destination.beginSet(SECOND, live)
    const body = Readable.from(
      (function* () {
        yield Buffer.alloc(100_000)
        unmount()
        yield Buffer.alloc(100_000)
      })(),
    )
    const put = await outcomeOf(staged.put('database.gz', body, live))
    const outcomes = [await outcomeOf(staged.publish(Buffer.from('{}'), live))]
    await staged.abandon()
    return { put, outcomes, tree: tree() }
  },

  async replaced() {
    const destination = await withFirstSet('size=8m')
    const early = fs.readFileSync(`${root}/.sitekeep/marker.json`)
    await destination.raiseGeneration(live)
    const late = fs.readFileSync(`${root}/.sitekeep/marker.json`)
    const mountWith = (marker: string | Buffer): void => {
      mount('size=8m')
      fs.mkdirSync(`${root}/.sitekeep`)
      fs.writeFileSync(`${root}/.sitekeep/marker.json`, marker)
    }
    const outcomes = []
    for (const marker of [early, String(late).replace('dst_abc123', 'dst_other00'), late]) {
      mountWith(marker)
      outcomes.push(await outcomeOf(publish(destination, SECOND, 1000)))
      outcomes.push(await outcomeOf(open('existing', 2)))
      unmount()
    }
    return { outcomes, keys: await keysOf(destination) }
  },
}

const chosen = scenarios[scenario]
if (chosen === undefined) throw new Error(`no scenario "${scenario}"`)
process.stdout.write(JSON.stringify(await chosen()))
