/** The lines of an index in a private temporary SQLite table: looked up by name in constant memory, whatever their order. */
import Database from 'better-sqlite3'
import type { EntryType } from './entry.ts'
import { nameProblem, nameText, timeOf, timeText } from './entry.ts'
import { readIndex, type IndexLine } from './index-line.ts'
import { TarDamage } from './tar-parse.ts'

export interface LedgerLine extends IndexLine {
  readonly id: number
  /** How often the archive has held this name so far. */
  readonly copies: number
  /** Where an extraction puts it, below its target; undefined where it is not wanted. */
  readonly dest: Buffer | undefined
}

export interface LedgerTotals {
  readonly entries: number
  readonly files: number
  readonly directories: number
  readonly links: number
  readonly bytes: number
}

interface Row {
  id: number
  path: Buffer
  type: EntryType
  size: number
  sha256: string | null
  target: Buffer | null
  mode: number
  uid: number
  gid: number
  mtime: string
  inconsistent: number
  copies: number
  dest: Buffer | null
}

const schema = `
  CREATE TABLE line (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, type TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT, target BLOB,
    mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL, mtime TEXT NOT NULL, inconsistent INTEGER NOT NULL,
    copies INTEGER NOT NULL DEFAULT 0, problem TEXT, dest BLOB
  )`

/** Rows per page where all lines are gone through. */
const PAGE = 500

export class Ledger {
  // An empty name is SQLite's private temporary file: memory up to the cache's size, then disk, gone when closed.
  readonly #db = new Database('')
  readonly #byPath: Database.Statement<[Buffer], Row>
  readonly #note: Database.Statement<[string | null, number]>
  readonly #insert: Database.Statement

  constructor() {
    this.#db.pragma('journal_mode = OFF')
    this.#db.pragma('synchronous = OFF')
    this.#db.pragma('cache_size = -8192')
    this.#db.exec(schema)
    this.#db.exec('BEGIN')
    this.#byPath = this.#db.prepare('SELECT * FROM line WHERE path = ?')
    this.#note = this.#db.prepare('UPDATE line SET copies = copies + 1, problem = ? WHERE id = ?')
    this.#insert = this.#db.prepare(
      'INSERT OR IGNORE INTO line (path, type, size, sha256, target, mode, uid, gid, mtime, inconsistent) VALUES (?,?,?,?,?,?,?,?,?,?)',
    )
  }

  /** @throws TarDamage where a line is malformed, a name is not canonical, or stands twice. */
  async load(index: AsyncIterable<Buffer>): Promise<void> {
    for await (const line of readIndex(index)) {
      const problem = nameProblem(line.path, 'linux')
      if (problem !== undefined) throw new HostileName(line.path, problem)
      if (!this.#add(line)) throw new TarDamage(`the index names "${nameText(line.path)}" twice`)
    }
  }

  #add(line: IndexLine): boolean {
    const { path, type, size, sha256, target, mode, uid, gid, mtimeNs, inconsistent } = line
    const time = timeText(mtimeNs)
    const values = [path, type, size, sha256 ?? null, target ?? null, mode, uid, gid, time, inconsistent ? 1 : 0]
    return this.#insert.run(...values).changes === 1
  }

  find(path: Buffer): LedgerLine | undefined {
    const row = this.#byPath.get(path)
    return row === undefined ? undefined : lineOf(row)
  }

  /** The archive holds this line's name (once more); `problem` replaces what was noted for an earlier copy. */
  note(line: LedgerLine, problem: string | undefined): void {
    this.#note.run(problem ?? null, line.id)
  }

  totals(): LedgerTotals {
    const row = this.#db
      .prepare<[], { entries: number; files: number; directories: number; links: number; bytes: number }>(
        `SELECT count(*) AS entries, coalesce(sum(type = 'file'), 0) AS files, coalesce(sum(type = 'directory'), 0) AS directories,
           coalesce(sum(type IN ('symlink', 'hardlink')), 0) AS links, coalesce(total(size), 0) AS bytes FROM line`,
      )
      .get()
    return row ?? { entries: 0, files: 0, directories: 0, links: 0, bytes: 0 }
  }

  /** Up to `limit` lines that the archive does not hold, or holds otherwise, in words. */
  problems(limit: number): string[] {
    return this.#db
      .prepare<[number], { path: Buffer; problem: string | null }>(
        'SELECT path, problem FROM line WHERE copies = 0 OR problem IS NOT NULL ORDER BY id LIMIT ?',
      )
      .all(limit)
      .map(({ path, problem }) => `${nameText(path)}: ${problem ?? 'is listed, but the archive does not hold it'}`)
  }

  setDest(id: number, dest: Buffer | undefined): void {
    this.#db.prepare('UPDATE line SET dest = ? WHERE id = ?').run(dest ?? null, id)
  }

  /** Lines in the order of the index, page by page, so that others may write meanwhile. `wanted`: only those with a `dest`. */
  *lines(filter: { readonly wanted: boolean; readonly types?: readonly EntryType[] }): Generator<LedgerLine, void> {
    const page = this.#db.prepare<[number], Row>(
      `SELECT * FROM line WHERE id > ? ${filter.wanted ? 'AND dest IS NOT NULL' : ''} ${typesClause(filter.types)} ORDER BY id LIMIT ${PAGE}`,
    )
    for (let last = -1; ;) {
      const rows = page.all(last)
      for (const row of rows) yield lineOf(row)
      const end = rows.at(-1)
      if (end === undefined) return
      last = end.id
    }
  }

  /** Wanted folders, the deepest first: a folder's time and mode are set when nothing changes below it any more. */
  *foldersUpwards(): Generator<LedgerLine, void> {
    const page = this.#db.prepare<[number], Row>(
      `SELECT * FROM line WHERE type = 'directory' AND dest IS NOT NULL ORDER BY length(dest) DESC, id LIMIT ${PAGE} OFFSET ?`,
    )
    for (let offset = 0; ; offset += PAGE) {
      const rows = page.all(offset)
      if (rows.length === 0) return
      for (const row of rows) yield lineOf(row)
    }
  }

  close(): void {
    this.#db.close()
  }
}

/** A name that would reach outside the target, or mean something else there. */
export class HostileName extends TarDamage {
  readonly entry: string
  constructor(path: Buffer, problem: string) {
    super(`"${nameText(path).slice(0, 200)}" is ${problem}`)
    this.entry = nameText(path).slice(0, 200)
  }
}

function typesClause(types: readonly EntryType[] | undefined): string {
  // The types are words of our own, never input.
  return types === undefined ? '' : `AND type IN (${types.map((type) => `'${type}'`).join(',')})`
}

function lineOf(row: Row): LedgerLine {
  const { sha256, target, mtime, inconsistent, dest, ...rest } = row
  return {
    ...rest,
    sha256: sha256 ?? undefined,
    target: target ?? undefined,
    mtimeNs: timeOf(mtime) ?? 0n,
    inconsistent: inconsistent === 1,
    dest: dest ?? undefined,
  }
}
