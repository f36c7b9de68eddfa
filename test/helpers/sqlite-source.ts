/** Drives the sqlite source through a whole snapshot, as the pipeline does. */
import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect } from 'vitest'
import type { Finding } from '../../electron/contract/finding.ts'
import type { Content } from '../../electron/contract/manifest.ts'
import type { SourceOf } from '../../electron/contract/source.ts'
import { createSqliteSource, sqliteLimits, type SqliteLimits } from '../../electron/engine/source/sqlite.ts'
import type { Snapshot, SnapshotContext } from '../../electron/engine/source/source.ts'
import type { World } from '../../electron/engine/world.ts'
import { makeTempDir } from './temp.ts'
import { makeWorld } from './world.ts'

export type SqliteContent = Extract<Content, { kind: 'sqlite' }>

export interface Drive {
  readonly world?: World
  readonly limits?: Partial<SqliteLimits>
  readonly config?: Partial<SourceOf<'sqlite'>>
  readonly context?: Partial<SnapshotContext>
}

export function sqliteConfig(path: string, config: Partial<SourceOf<'sqlite'>> = {}): SourceOf<'sqlite'> {
  return { id: 'src_000001', name: 'Shop', kind: 'sqlite', path, lockWaitSeconds: 5, ...config }
}

export function makeSource(path: string, drive: Drive = {}) {
  const limits = { ...sqliteLimits, ...drive.limits }
  return createSqliteSource(sqliteConfig(path, drive.config), drive.world ?? makeWorld(), limits)
}

export function makeWorkDir(): string {
  const dir = join(makeTempDir(), 'work')
  mkdirSync(dir, { mode: 0o700 })
  return dir
}

export function snapshotOf(path: string, drive: Drive = {}): Promise<Snapshot> {
  return makeSource(path, drive).snapshot({
    workDir: makeWorkDir(),
    previous: undefined,
    previousIndex: undefined,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...drive.context,
  })
}

export interface Taken {
  /** The plain bytes, as a file outside the work folder. */
  readonly file: string
  readonly content: SqliteContent
  readonly findings: readonly Finding[]
  readonly snapshot: Snapshot
}

/** A snapshot, its stream written to a file, its promises checked, released. */
export async function takeCopy(path: string, drive: Drive = {}): Promise<Taken> {
  const snapshot = await snapshotOf(path, drive)
  const [artifact] = snapshot.artifacts
  const file = join(makeTempDir(), 'copy.sqlite3')
  const hash = createHash('sha256')
  let bytes = 0
  const stream = await artifact!.open(new AbortController().signal)
  await pipeline(
    stream,
    async function* (source: Readable) {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        hash.update(chunk)
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(file),
  )
  const content = artifact!.evidence(['database.sqlite3.gz']) as SqliteContent
  expect(hash.digest('hex')).toBe(artifact!.expectedSha256)
  expect(bytes).toBe(artifact!.expectedBytes)
  expect(content.page_size * content.page_count).toBe(bytes)
  await snapshot.release()
  return { file, content, findings: snapshot.findings(), snapshot }
}

export function rowsOf(content: SqliteContent, table: string): number | undefined {
  return content.tables.find(({ name }) => name === table)?.rows
}
