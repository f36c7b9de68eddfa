/** E03, E17, E19, E21 with the real system: other mounts, few file handles, clocks that lie, and what a run makes of a restless file. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Files } from '../../electron/engine/world.ts'
import { linesOf, makeRoot } from '../helpers/folder-root.ts'
import { inMountNamespace } from '../helpers/mounts.ts'
import { makeSite } from '../helpers/site.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { filesConfig, restoreTaken, takeFiles } from '../helpers/tree-backup.ts'
import { faulty, makeWorld } from '../helpers/world.ts'

const driver = fileURLToPath(new URL('folders-driver.ts', import.meta.url))
const MB = 1024 * 1024

/** `path` becomes a little shorter each time, between being looked at and being read. */
function restless(path: string): Files {
  const { files } = makeWorld()
  return faulty(files, {
    open: async (...args) => {
      const handle = await files.open(...args)
      if (String(args[0]) !== path) return handle
      const stat = handle.stat.bind(handle)
      let looks = 0
      const cutting = async (...options: Parameters<typeof stat>): Promise<unknown> => {
        const result = await stat(...options)
        looks += 1
        if (looks === 1) truncateSync(path, statSync(path).size - 300_000)
        return result
      }
      return Object.assign(handle, { stat: cutting })
    },
  })
}

describe('E03: a large file that never holds still', () => {
  it('makes the run a warning that names it, until its path is accepted', async () => {
    const root = makeRoot()
    const big = join(root, 'big')
    writeFileSync(big, randomBytes(9 * MB))
    const site = await makeSite({ world: makeWorld({ files: restless(big) }) })
    const open = await site.backup(site.job([{ kind: 'files', name: 'uploads', roots: [root] }]))
    expect(open.outcome).toBe('warning')
    const expected = expect.objectContaining({ code: 'files-changed', weight: 'warning', paths: [big] }) as unknown
    expect(open.findings).toContainEqual(expected)
    const text = readFileSync(join(site.folderOf(open), 'manifest.json'), 'utf8')
    expect((JSON.parse(text) as { findings: unknown[] }).findings).toContainEqual(expected)
    const accepting = { kind: 'files' as const, name: 'uploads', roots: [root], accepted: [big] }
    const accepted = await site.backup(site.job([accepting], { name: 'accepting' }))
    expect(accepted.outcome).toBe('good')
    const note = expect.objectContaining({ code: 'files-accepted', weight: 'note', paths: [big] }) as unknown
    expect(accepted.findings).toContainEqual(note)
  })
})

describe('the system', () => {
  it('E17: another file system inside the source is left out with a note, or taken where the job says so', async (context) => {
    const root = makeRoot()
    const results = await inMountNamespace(context, driver, ['mount', root, makeTempDir()])
    expect(results).toMatchObject([
      { files: 6, findings: [{ code: 'other-filesystem', paths: [join(root, 'mounted')] }] },
      { files: 7, findings: [] },
    ])
  })

  it('E21: 64 file handles are enough for a thousand files in two hundred nested folders', () => {
    const root = makeRoot([])
    let folder = root
    for (let depth = 0; depth < 200; depth += 1) {
      folder = join(folder, 'd')
      mkdirSync(folder)
      for (let n = 0; n < 5; n += 1) writeFileSync(join(folder, `f${n}`), `${depth}/${n}`)
    }
    const text = execFileSync('prlimit', ['--nofile=64', process.execPath, driver, 'handles', root, makeTempDir()])
    expect(JSON.parse(text.toString('utf8'))).toMatchObject({ files: 1000, findings: [] })
  })

  it('E19: a file whose time lies in the future, or never moves, is stored as it is now each time', async () => {
    for (const seconds of [4_000_000_000, 1_000_000_000]) {
      const root = makeRoot([{ kind: 'file', name: 'f', content: 'before' }])
      const path = join(root, 'f')
      utimesSync(path, seconds, seconds)
      const first = await takeFiles(makeWorld(), filesConfig([root]))
      writeFileSync(path, 'after.')
      utimesSync(path, seconds, seconds)
      const second = await takeFiles(makeWorld(), filesConfig([root]))
      expect([first.findings, second.findings]).toEqual([[], []])
      expect(linesOf(second).find((line) => line.path.endsWith('/f'))).toMatchObject({
        size: 6,
        mtime: String(seconds),
      })
      const { target, problems } = await restoreTaken(makeWorld(), second)
      expect(problems).toEqual([])
      expect(readFileSync(join(target, 'r/f'), 'utf8')).toBe('after.')
      expect(statSync(join(target, 'r/f')).mtimeMs).toBe(seconds * 1000)
    }
  })
})
