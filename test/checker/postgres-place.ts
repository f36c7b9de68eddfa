/** A server with databases of several kinds, a set of it in both formats, and changes to that set. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Compression } from '../../electron/contract/job.ts'
import { checkSet } from '../helpers/checker.ts'
import { openSite, type Site } from '../helpers/open-site.ts'
import { startPostgres, type PostgresServer } from '../helpers/postgres-server.ts'
import { loadChinook, loadEverything, postgresSource } from '../helpers/postgres-site.ts'
import { removeTree } from '../helpers/temp.ts'
import { copyOf, editEntry, editPlain } from './forge.ts'

export const TEXT = 'erp-everything.sql.gz'
export const GLOBALS = 'erp-globals.sql.gz'
export const CUSTOM = 'archive.dump.gz'

export interface PostgresPlace {
  readonly server: PostgresServer
  readonly site: Site
  /** Folder of a set that nobody has changed. */
  readonly good: string
  /** A set of two sources: two databases as text with what they have in common, and one in the custom format. */
  backUp(compression: Compression): Promise<string>
  /** What the checker says of a copy of `good` that was damaged so. */
  toldOf(damage: Damage): string
  close(): void
}

export type Damage = (folder: string) => void

export async function openPostgresPlace(): Promise<PostgresPlace> {
  const server = await startPostgres()
  loadEverything(server)
  loadChinook(server)
  server.query(`CREATE DATABASE "Größe 1" TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`)
  server.query(`CREATE TABLE "Maß"(id int); INSERT INTO "Maß" VALUES (1), (2)`, 'Größe 1')
  const site = await openSite({ dir: mkdtempSync(join(tmpdir(), 'sitekeep-checker-')) })
  const backUp = (compression: Compression) => backUpBoth(server, site, compression)
  const good = await backUp('gzip')
  return {
    server,
    site,
    good,
    backUp,
    toldOf: (damage) => {
      const folder = copyOf(good, site.dir)
      damage(folder)
      const { status, problems } = checkSet(folder)
      expect(status).toBe(problems.length === 0 ? 0 : 1)
      return problems.join('\n')
    },
    close: () => {
      server.stop()
      site.catalog.close()
      removeTree(site.dir)
    },
  }
}

async function backUpBoth(server: PostgresServer, site: Site, compression: Compression): Promise<string> {
  const sources = [
    postgresSource(server, ['everything', 'Größe 1'], { digests: true }),
    postgresSource(server, ['chinook'], { name: 'Archive', format: 'custom', globals: false }),
  ]
  const record = await site.backup(site.job(sources, { compression }))
  expect(record.error).toBeUndefined()
  return site.folderOf(record)
}

/** A part of a dump's text, replaced; it must be there. */
export function instead(file: string, from: string | RegExp, to: string): Damage {
  return (folder) =>
    editPlain(folder, file, (plain) => {
      const text = plain.toString('latin1')
      const changed = text.replace(from, () => Buffer.from(to).toString('latin1'))
      if (changed === text) throw new Error(`no ${String(from)} in ${file}`)
      return Buffer.from(changed, 'latin1')
    })
}

export function content(file: string, change: (content: Record<string, unknown>) => void): Damage {
  return (folder) =>
    editEntry(folder, file, (entry) => {
      change(entry.content)
    })
}
