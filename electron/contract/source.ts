/** Source definitions: one thing that a job backs up. A discriminated union by `kind`. */
import { findingSchema } from './finding.ts'
import { z } from 'zod'
import { sourceIdSchema } from './ids.ts'
import { databaseNameSchema, postgresServerSchema } from './postgres.ts'

const pathSchema = z.string().min(1).max(4096)
const patternSchema = z.string().min(1).max(1000)

const base = {
  id: sourceIdSchema,
  /** Shown to people and used for artifact names where a kind occurs more than once. Unique in a job. */
  name: z.string().min(1).max(80),
}

export const sqliteSourceSchema = z.object({
  ...base,
  kind: z.literal('sqlite'),
  path: pathSchema,
  /** How long one attempt waits for a lock, in seconds; three attempts are made (faults.md C01). */
  lockWaitSeconds: z.number().int().min(0).max(3600).default(60),
})

export const filesSourceSchema = z.object({
  ...base,
  kind: z.literal('files'),
  roots: z.array(pathSchema).min(1).max(100),
  /** gitignore-like globs relative to a root; a file is taken if `include` is empty or matches, and `exclude` does not. */
  include: z.array(patternSchema).max(200).default([]),
  exclude: z.array(patternSchema).max(200).default([]),
  /** Paths whose unreadable or changing state the user has accepted: they no longer make the run a warning. */
  accepted: z.array(pathSchema).max(10_000).default([]),
  /** Go into other file systems mounted below a root. */
  crossMounts: z.boolean().default(true),
})

export const configSourceSchema = z.object({
  ...base,
  kind: z.literal('config'),
  /** Absolute globs such as `/srv/app/.env`, `/srv/app/config/**`. */
  globs: z.array(patternSchema).min(1).max(100),
  exclude: z.array(patternSchema).max(200).default([]),
})

export const postgresFormats = ['sql', 'custom'] as const

export const postgresSourceSchema = z.object({
  ...base,
  kind: z.literal('postgres'),
  server: postgresServerSchema,
  /** `all` takes new ones in by itself. */
  databases: z.union([z.literal('all'), z.array(databaseNameSchema).min(1).max(100)]),
  /** `custom` is read by pg_restore alone, but can be restored in part. */
  format: z.enum(postgresFormats).default('sql'),
  /** Roles and tablespaces in a file beside the databases. */
  globals: z.boolean().default(true),
  /** A digest of every table's content beside its rows: costs the server a second look at everything. */
  digests: z.boolean().default(false),
  /** How long to wait for a table that somebody else has locked, in seconds (faults.md D11). */
  lockWaitSeconds: z.number().int().min(0).max(3600).default(60),
  /** Where restores are tested, in a database of their own that is dropped again; `same` is the server that is backed up. */
  scratch: z.union([z.literal('same'), postgresServerSchema]).optional(),
})

export const sourceSchema = z.discriminatedUnion('kind', [
  sqliteSourceSchema,
  postgresSourceSchema,
  filesSourceSchema,
  configSourceSchema,
])

/** A source as it is asked for: without an id it is new. */
export const sourceDraftSchema = z.discriminatedUnion('kind', [
  sqliteSourceSchema.partial({ id: true }),
  postgresSourceSchema.partial({ id: true }),
  filesSourceSchema.partial({ id: true }),
  configSourceSchema.partial({ id: true }),
])
export type SourceDraft = z.input<typeof sourceDraftSchema>

export type SourceConfig = z.infer<typeof sourceSchema>
export type SourceKind = SourceConfig['kind']
export type SourceOf<K extends SourceKind> = Extract<SourceConfig, { kind: K }>
export const sourceKinds = ['sqlite', 'postgres', 'files', 'config'] as const satisfies readonly SourceKind[]

/** The `type` of a manifest's file entry, by source kind (DESIGN §5). */
export const artifactTypes = {
  sqlite: 'database',
  postgres: 'database',
  files: 'files',
  config: 'config',
} as const satisfies Record<SourceKind, string>
export type ArtifactType = (typeof artifactTypes)[SourceKind]

/** What a source's test found out: shown inline in the job editor. */
export const sourceReportSchema = z.object({
  kind: z.enum(sourceKinds),
  bytes: z.number(),
  tables: z.number().optional(),
  rows: z.number().optional(),
  files: z.number().optional(),
  databases: z.number().optional(),
  /** Of the server. */
  version: z.string().optional(),
  /** SQLite journal mode as found. */
  journalMode: z.string().optional(),
  notes: z.array(findingSchema),
})
export type SourceReport = z.infer<typeof sourceReportSchema>
