/** Changes a set as somebody would who also recomputes every digest: only what the digests do not cover gives it away. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { humanSize } from '../../electron/engine/artifact-names.ts'

/** As much of a manifest as the tests change; everything else is passed through. */
export interface LooseManifest {
  [field: string]: unknown
  files: LooseFile[]
}

export interface LooseFile {
  [field: string]: unknown
  file: string
  content: Record<string, unknown>
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')
const manifestOf = (folder: string): string => join(folder, 'manifest.json')

/** Writes the text with its self digest right. */
export function seal(folder: string, text: string): void {
  const zeroed = text.replace(/("self_sha256":\s*")[0-9a-f]*/, `$1${'0'.repeat(64)}`)
  writeFileSync(manifestOf(folder), zeroed.replace(/("self_sha256":\s*")0{64}/, `$1${sha256(zeroed)}`))
}

export function editManifest(folder: string, change: (manifest: LooseManifest) => void): void {
  const manifest = JSON.parse(readFileSync(manifestOf(folder), 'utf8')) as LooseManifest
  change(manifest)
  seal(folder, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** The same, of one artifact's entry. */
export function editEntry(folder: string, file: string, change: (entry: LooseFile) => void): void {
  editManifest(folder, (manifest) => {
    const entry = manifest.files.find((one) => one.file === file)
    if (entry === undefined) throw new Error(`no ${file} in the manifest`)
    change(entry)
  })
}

/** Replaces the stored bytes only; their digest is right again, the plain one is not touched. */
export function editStored(folder: string, file: string, change: (stored: Buffer) => Buffer): void {
  const stored = change(readFileSync(join(folder, file)))
  writeFileSync(join(folder, file), stored)
  const facts = { size: humanSize(stored.length), bytes: stored.length, sha256: sha256(stored) }
  editEntry(folder, file, (entry) => Object.assign(entry, facts))
}

/** Replaces what a gzip artifact holds; all four digests and sizes are right again. */
export function editPlain(folder: string, file: string, change: (plain: Buffer) => Buffer): void {
  const plain = change(gunzipSync(readFileSync(join(folder, file))))
  editStored(folder, file, () => gzipSync(plain))
  editEntry(folder, file, (entry) => Object.assign(entry, { plain_bytes: plain.length, plain_sha256: sha256(plain) }))
}

/** Changes the lines of an index and its count. */
export function editIndex(folder: string, file: string, change: (lines: string[]) => string[]): void {
  let count = 0
  editPlain(folder, file, (plain) => {
    const lines = change(plain.toString('utf8').trimEnd().split('\n'))
    count = lines.length
    return Buffer.from(`${lines.join('\n')}\n`)
  })
  editEntry(folder, file, (entry) => (entry.content['entries'] = count))
}

/** Changes the one line whose path ends so. */
export function editLine(folder: string, end: string, change: (line: Record<string, unknown>) => void): void {
  editIndex(folder, 'files.index.gz', (lines) =>
    lines.map((text) => {
      const line = JSON.parse(text) as Record<string, unknown>
      if (String(line['path']).endsWith(end)) change(line)
      return JSON.stringify(line)
    }),
  )
}

/** Runs SQL in a copy of the database artifact and puts it back. */
export function editDatabase(folder: string, change: (db: Database.Database) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'sitekeep-forge-'))
  const path = join(dir, 'copy.sqlite3')
  editPlain(folder, 'database.sqlite3.gz', (plain) => {
    writeFileSync(path, plain)
    const db = new Database(path)
    db.pragma('journal_mode = DELETE')
    db.unsafeMode(true)
    change(db)
    db.close()
    return readFileSync(path)
  })
  const pages = Math.floor(readFileSync(path).length / 4096)
  editEntry(folder, 'database.sqlite3.gz', (entry) =>
    Object.assign(entry.content, { page_count: pages, journal_mode: 'delete' }),
  )
  rmSync(dir, { recursive: true })
}

/** A copy with the same name and modes in a new folder. */
export function copyOf(folder: string, under: string): string {
  const to = mkdtempSync(join(under, 'copy-'))
  execFileSync('cp', ['-a', folder, to])
  return join(to, basename(folder))
}
