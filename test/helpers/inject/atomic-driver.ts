/** Writes a settings file again and again and a set once, and marks what it would report; with an optional mutation. */
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { DestinationOf } from '../../../electron/contract/destination.ts'
import { replaceFile } from '../../../electron/engine/atomic-file.ts'
import { folderKind } from '../../../electron/engine/destination/folder.ts'
import { realWorld, type Files, type World } from '../../../electron/engine/world.ts'
import { mark } from './shim.ts'

const [task = '', root = '', mutation = 'none'] = process.argv.slice(2)
const live = new AbortController().signal

/** The product with one step left out, or done at the wrong time: what the harness must be able to see. */
function mutated(files: Files): Files {
  let hasSkippedSync = false
  const open: Files['open'] = async (...args) => {
    const handle = await files.open(...args)
    const isFolder = (await handle.stat()).isDirectory()
    const skips = mutation === (isFolder ? 'no-folder-sync' : 'no-file-sync') || (mutation === 'late-sync' && !isFolder)
    if (skips) handle.sync = () => Promise.resolve((hasSkippedSync = true)).then(() => undefined)
    return handle
  }
  const rename: Files['rename'] = async (from, to) => {
    await files.rename(from, to)
    if (mutation !== 'late-sync' || !hasSkippedSync) return
    const handle = await files.open(to, 'r')
    await handle.sync()
    await handle.close()
  }
  return mutation === 'none' ? files : { ...files, open, rename }
}

const base = realWorld(['false'])
const world: World = { ...base, files: mutated(fs) }

const tasks: Record<string, () => Promise<void>> = {
  async settings() {
    for (const version of [1, 2, 3]) {
      const text = `version ${version}\n`.repeat(700)
      await replaceFile(
        world,
        join(root, 'settings.json'),
        Readable.from([text.slice(0, 5000), text.slice(5000)].map((part) => Buffer.from(part))),
      )
      mark(`settings-${version}`)
    }
  },

  async set() {
    const config: DestinationOf<'folder'> = { kind: 'folder', id: 'dst_abc123', name: 'd', enabled: true, path: root }
    const destination = await folderKind.open(config, { mode: 'create', minGeneration: 1 }, world, live)
    mark('marker-1')
    const lease = await folderKind.acquireLease(destination, 'install:run', world, live)
    const marker = await destination.raiseGeneration(live)
    mark(`marker-${marker.generation}`)
    const staged = await destination.beginSet('shop/full/full_backup_20260105_020000', live)
    await staged.put('database.gz', Readable.from([Buffer.alloc(6000, 'a'), Buffer.alloc(3000, 'b')]), live)
    await staged.publish(Buffer.from('{"set":1}'), live)
    mark('published')
    await destination.put('.sitekeep/journal/2026/1.json', Buffer.from('{"journal":1}'), live)
    mark('journalled')
    await lease.release()
  },
}

const chosen = tasks[task]
if (chosen === undefined) throw new Error(`no task "${task}"`)
await chosen()
process.stdout.write('done')
