/** The catalog's schema as ordered steps; what a released step did is never changed afterwards. */
import { copyFileSync, fsyncSync, openSync, closeSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import { crc32 } from 'node:zlib'
import type { TableShape } from './database.ts'

/** Step `n` (counted from 1) brings a catalog from schema n − 1 to n, inside one transaction. */
export type Migration = (raw: Database.Database) => void

/**
 * Two rules outlive every step: `PRAGMA user_version` and the row `schema` of `meta` both hold the version (a flipped bit in one
 * is then told from a newer Sitekeep), and `meta` keeps its three columns.
 */
const first: Migration = (raw) => {
  raw.exec(`
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE runs (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, job TEXT NOT NULL, outcome TEXT NOT NULL,
      position INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER, restore_seconds REAL,
      record TEXT NOT NULL, sum INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX runs_by_position ON runs (position, n);
    CREATE INDEX runs_by_job ON runs (job, position, n);
    CREATE INDEX runs_by_kind ON runs (kind, position, n);
    CREATE INDEX runs_by_outcome ON runs (outcome, position, n);
    CREATE INDEX runs_measured ON runs (job, position, n) WHERE restore_seconds IS NOT NULL;

    CREATE TABLE sets (
      destination TEXT NOT NULL, id TEXT NOT NULL, job TEXT NOT NULL, job_name TEXT NOT NULL, type TEXT NOT NULL,
      sequence INTEGER NOT NULL, position INTEGER NOT NULL, at TEXT NOT NULL, at_ms INTEGER NOT NULL, run TEXT NOT NULL,
      path TEXT NOT NULL, found TEXT NOT NULL, damaged INTEGER NOT NULL, proof INTEGER NOT NULL, proven_at TEXT,
      bytes INTEGER NOT NULL, plain_bytes INTEGER NOT NULL, suspicious INTEGER NOT NULL,
      sources TEXT NOT NULL, manifest TEXT NOT NULL, manifest_sha256 TEXT NOT NULL, sum INTEGER NOT NULL,
      PRIMARY KEY (destination, id)
    ) STRICT;
    CREATE INDEX sets_by_position ON sets (position, sequence, id, destination);
    CREATE INDEX sets_by_job ON sets (job, position, sequence, id, destination);
    CREATE INDEX sets_by_destination ON sets (destination, sequence);
    CREATE INDEX sets_by_job_and_destination ON sets (job, destination, sequence);
    CREATE INDEX sets_by_id ON sets (id);
    CREATE INDEX sets_totals ON sets (destination, found, bytes);

    CREATE TABLE proofs (
      n INTEGER PRIMARY KEY,
      destination TEXT NOT NULL, set_id TEXT NOT NULL, run TEXT NOT NULL, level TEXT NOT NULL, ok INTEGER NOT NULL,
      publishing INTEGER NOT NULL, at TEXT NOT NULL, findings TEXT NOT NULL, sum INTEGER NOT NULL,
      UNIQUE (destination, set_id, run, level, ok)
    ) STRICT;

    CREATE TABLE pins (destination TEXT NOT NULL, set_id TEXT NOT NULL, sum INTEGER NOT NULL,
      PRIMARY KEY (destination, set_id)) STRICT, WITHOUT ROWID;
    CREATE TABLE destinations (id TEXT PRIMARY KEY, generation INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE jobs (id TEXT PRIMARY KEY, since TEXT NOT NULL, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `)
}

/** Moments at which jobs were due. */
const second: Migration = (raw) => {
  raw.exec(`
    CREATE TABLE slots (
      job TEXT NOT NULL, type TEXT NOT NULL, slot_ms INTEGER NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, run TEXT NOT NULL,
      attempts INTEGER NOT NULL, at TEXT NOT NULL, missed INTEGER NOT NULL, missed_since TEXT NOT NULL, timetable TEXT NOT NULL,
      sum INTEGER NOT NULL, PRIMARY KEY (job, type, slot_ms)
    ) STRICT, WITHOUT ROWID;
  `)
}

export const migrations: readonly Migration[] = [first, second]

export const metaShape: TableShape = { name: 'meta', columns: ['key', 'value'], key: ['key'] }

/** Copies kept, as DESIGN §8 and faults.md G06 ask. */
const COPIES_KEPT = 3

/** Name of the copy taken before the step that leads to schema `version`. */
export function copyName(path: string, version: number): string {
  return `${path}.before-v${String(version).padStart(4, '0')}`
}

export function schemaVersion(raw: Database.Database): number {
  return Number(raw.pragma('user_version', { simple: true }))
}

/** Brings an open catalog up to date, step by step; each step is whole or absent, and a copy is kept before each. */
export function migrate(raw: Database.Database, path: string, steps: readonly Migration[]): void {
  const isNew = schemaVersion(raw) === 0
  for (let version = schemaVersion(raw) + 1; version <= steps.length; version += 1) {
    const step = steps[version - 1]
    if (step === undefined) return
    // Of a catalog that is just being made there is nothing to keep.
    if (!isNew) keepCopy(raw, path, version)
    raw
      .transaction(() => {
        step(raw)
        const value = String(version)
        const sum = crc32(['schema', value].join('\u0000'))
        raw.prepare(`INSERT OR REPLACE INTO meta (key, value, sum) VALUES ('schema', ?, ?)`).run(value, sum)
        raw.pragma(`user_version = ${value}`)
      })
      .immediate()
  }
}

/** A copy bears its name only when it is whole: a kill in the middle leaves a `.tmp` that the next attempt replaces. */
function keepCopy(raw: Database.Database, path: string, version: number): void {
  raw.pragma('wal_checkpoint(TRUNCATE)')
  const name = copyName(path, version)
  const temporary = `${name}.tmp`
  copyFileSync(path, temporary)
  const handle = openSync(temporary, 'r+')
  fsyncSync(handle)
  closeSync(handle)
  renameSync(temporary, name)
  const prefix = `${basename(path)}.before-v`
  const copies = readdirSync(dirname(path)).filter((entry) => entry.startsWith(prefix) && !entry.endsWith('.tmp'))
  for (const old of copies.sort().slice(0, -COPIES_KEPT)) rmSync(join(dirname(path), old))
}
