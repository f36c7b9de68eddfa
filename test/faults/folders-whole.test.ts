/** E14–E18: what a folder source is as a whole — empty, shrunk, turned into noise, in use — and how its snapshot ends. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { SourceOf } from '../../electron/contract/source.ts'
import { filesKind } from '../../electron/engine/source/files.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { linesOf, makeRoot, someFiles as some } from '../helpers/folder-root.ts'
import { makeTree } from '../helpers/tree.ts'
import { codesOf, contextOf, filesConfig, pieces, takeFiles, type Taken } from '../helpers/tree-backup.ts'
import { makeWorld } from '../helpers/world.ts'

const MB = 1024 * 1024

describe('what the source is', () => {
  it('E14: an empty root is never quietly good', async () => {
    const root = makeRoot([])
    const first = await takeFiles(makeWorld(), filesConfig([root]))
    expect(first.findings).toMatchObject([{ code: 'root-empty', weight: 'warning' }])
    const full = await takeFiles(makeWorld(), filesConfig([makeTree(root, some)]))
    for (const { name } of some) rmSync(join(root, String(name)))
    const after = await takeAfter(filesConfig([root]), full)
    expect(codesOf(after.findings).sort()).toEqual(['root-empty', 'source-shrunk'])
  })

  it('E15: half of the files gone is suspicious, with and without the previous index', async () => {
    const root = makeRoot()
    const full = await takeFiles(makeWorld(), filesConfig([root]))
    for (const n of [1, 2, 3]) rmSync(join(root, `f${n}.txt`))
    expect((await takeAfter(filesConfig([root]), full)).findings).toMatchObject([
      { code: 'source-shrunk', weight: 'suspicious' },
    ])
    const counted = await takeFiles(makeWorld(), filesConfig([root]), { previous: [full.content] })
    expect(codesOf(counted.findings)).toEqual(['source-shrunk'])
    const damaged = { ...full, index: full.index.subarray(0, 50) }
    expect(codesOf((await takeAfter(filesConfig([root]), damaged)).findings)).toEqual(['source-shrunk'])
  })

  it('E15: half of the files turned into noise is suspicious; edited text and new photos are not', async () => {
    const root = makeRoot()
    makeTree(
      root,
      [1, 2, 3, 4].map((n) => ({ kind: 'file', name: `p${n}.jpg`, content: randomBytes(5000) })),
    )
    const full = await takeFiles(makeWorld(), filesConfig([root]))
    for (const n of [1, 2, 3, 4]) writeFileSync(join(root, `p${n}.jpg`), randomBytes(5000))
    for (const n of [1, 2, 3, 4, 5, 6]) appendFileSync(join(root, `f${n}.txt`), 'an edit')
    expect((await takeAfter(filesConfig([root]), full)).findings).toEqual([])
    for (const n of [1, 2, 3, 4, 5, 6]) writeFileSync(join(root, `f${n}.txt`), randomBytes(3000))
    const taken = await takeAfter(filesConfig([root]), full)
    expect(taken.findings).toMatchObject([
      { code: 'source-mass-change', weight: 'suspicious', detail: { percent: 60 } },
    ])
  })

  it('E16: our own work folder inside a root is left out, known by its inode', async () => {
    const root = makeRoot()
    mkdirSync(join(root, 'sitekeep-work'))
    const taken = await takeFiles(makeWorld(), filesConfig([root]), { workDir: join(root, 'sitekeep-work') })
    expect(linesOf(taken).some(({ path }) => path.includes('sitekeep-work'))).toBe(false)
    expect(taken.content.files).toBe(6)
  })

  it('E18: a SQLite database in use is pointed out', async () => {
    const root = makeRoot()
    const database = new Database(join(root, 'shop.db'))
    try {
      database.pragma('journal_mode = WAL')
      database.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)')
      const old = new Date(1_600_000_000_000)
      utimesSync(join(root, 'shop.db'), old, old)
      const taken = await takeFiles(makeWorld(), filesConfig([root]))
      expect(taken.findings).toMatchObject([
        { code: 'live-sqlite', weight: 'warning', detail: { path: join(root, 'shop.db') } },
      ])
    } finally {
      database.close()
    }
  })

  it('a cancelled snapshot stops with its reason, and leaves nothing in the work folder', async () => {
    const root = makeRoot([{ kind: 'file', name: 'big', content: randomBytes(20 * MB) }])
    const workDir = makeTempDir()
    const aborter = new AbortController()
    const snapshot = await filesKind.create(filesConfig([root]), makeWorld()).snapshot(contextOf({ workDir }))
    const stream = await snapshot.artifacts[0]!.open(aborter.signal)
    const reading = (async () => {
      for await (const chunk of stream) if ((chunk as Buffer).length > 0) aborter.abort()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    await snapshot.release()
    expect(execFileSync('ls', ['-A', workDir]).toString()).toBe('')
  })

  it('a stream that is thrown away half-way harms nobody', async () => {
    const root = makeRoot([{ kind: 'file', name: 'big', content: randomBytes(20 * MB) }])
    const snapshot = await filesKind
      .create(filesConfig([root]), makeWorld())
      .snapshot(contextOf({ workDir: makeTempDir() }))
    const stream = await snapshot.artifacts[0]!.open(new AbortController().signal)
    for await (const chunk of stream) if ((chunk as Buffer).length > 0) break
    await snapshot.release()
    await new Promise((resolve) => setTimeout(resolve, 50))
  })
})

async function takeAfter(config: SourceOf<'files'>, full: Taken): Promise<Taken> {
  const context = { previous: [full.content], previousIndex: () => Promise.resolve(pieces(full.index)) }
  return takeFiles(makeWorld(), config, context)
}
