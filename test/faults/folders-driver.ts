/** Runs in a process of its own: backs a folder up as the system allows it there, and says as JSON what came of it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesKind } from '../../electron/engine/source/files.ts'
import { realWorld } from '../../electron/engine/world.ts'

const [scenario = '', root = '', workDir = ''] = process.argv.slice(2)
const { signal } = new AbortController()

async function take(crossMounts: boolean): Promise<unknown> {
  const base = { id: 'src_000001', kind: 'files' as const, name: 'uploads', include: [], exclude: [], accepted: [] }
  const context = { workDir, previous: undefined, previousIndex: undefined, signal, progress: () => undefined }
  const source = filesKind.create({ ...base, roots: [root], crossMounts }, realWorld(['false']))
  const snapshot = await source.snapshot(context)
  try {
    const [data] = snapshot.artifacts
    if (data === undefined) throw new Error('no artifact')
    let bytes = 0
    for await (const chunk of await data.open(signal)) bytes += (chunk as Buffer).length
    const content = data.evidence(['a', 'b'])
    const findings = snapshot.findings().map(({ code, paths }) => ({ code, paths }))
    return { bytes, files: 'files' in content ? content.files : undefined, findings }
  } finally {
    await snapshot.release()
  }
}

if (scenario === 'mount') {
  const inside = join(root, 'mounted')
  mkdirSync(inside)
  execFileSync('mount', ['-t', 'tmpfs', 'none', inside])
  writeFileSync(join(inside, 'elsewhere.txt'), 'on another file system')
  const results = [await take(false), await take(true)]
  execFileSync('umount', ['-l', inside])
  process.stdout.write(JSON.stringify(results))
} else {
  process.stdout.write(JSON.stringify(await take(true)))
}
