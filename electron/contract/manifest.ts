/** `manifest.json`, the commit record of a set: what lies in it, what it was made from, and how to check both. FORMAT.md is its prose. */
import { z } from 'zod'
import { findingSchema } from './finding.ts'
import {
  artifactNameSchema,
  destinationIdSchema,
  jobIdSchema,
  runIdSchema,
  setIdSchema,
  slugSchema,
  sourceIdSchema,
} from './ids.ts'
import { backupTypeSchema, compressionSchema } from './job.ts'
import { proofLevelSchema } from './proof.ts'
import { postgresFormats, sourceKinds } from './source.ts'

export const FORMAT_VERSION = 1

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
/** Whole numbers that JSON and JavaScript hold exactly (faults.md X06). */
const countSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const isoSchema = z.iso.datetime({ offset: true })

export const tableRowsSchema = z.object({ name: z.string().max(4096), rows: countSchema })
export type TableRows = z.infer<typeof tableRowsSchema>

/** What can be granted on a database: the words reach SQL. */
const databaseRights = ['CREATE', 'CONNECT', 'TEMPORARY'] as const
export type DatabaseRight = (typeof databaseRights)[number]

/** `digest`: sums of the halves of every row's MD5, whatever the order of the rows (FORMAT.md §4.2). */
const postgresTableSchema = tableRowsSchema.extend({
  digest: z
    .string()
    .regex(/^-?\d+:-?\d+$/)
    .optional(),
})

/** What the plain bytes of an artifact must hold, by kind. */
export const contentSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sqlite'),
    /** File name that a restore gives back. */
    name: z.string().max(1024),
    page_size: countSchema,
    page_count: countSchema,
    journal_mode: z.string().max(20),
    sqlite_version: z.string().max(40),
    quick_check: z.string().max(2000),
    tables: z.array(tableRowsSchema).max(100_000),
  }),
  z.object({
    kind: z.literal('postgres'),
    database: z.string().max(255),
    format: z.enum(postgresFormats),
    server_version: z.string().max(80),
    dump_version: z.string().max(80),
    encoding: z.string().max(40),
    collate: z.string().max(255),
    ctype: z.string().max(255),
    /** Who orders text: the operating system, ICU, or the server itself; `locale` is theirs, null for the system. */
    provider: z.enum(['libc', 'icu', 'builtin']),
    locale: z.string().max(255).nullable(),
    owner: z.string().max(255),
    /** `ALTER DATABASE … SET`, which a dump of one database leaves out; for one role, or for all where `role` is null. */
    settings: z.array(z.object({ role: z.string().max(255).nullable(), setting: z.string().max(10_000) })).max(1000),
    /** Rights on the database itself, `role` null for everybody; null where nobody ever changed them. */
    privileges: z
      .array(
        z.object({ role: z.string().max(255).nullable(), privilege: z.enum(databaseRights), grantable: z.boolean() }),
      )
      .max(10_000)
      .nullable(),
    comment: z.string().max(100_000).nullable(),
    large_objects: countSchema,
    tables: z.array(postgresTableSchema).max(100_000),
  }),
  z.object({
    kind: z.literal('globals'),
    server_version: z.string().max(80),
    roles: countSchema,
    tablespaces: countSchema,
    /** False where the user of the backup may not read the roles' passwords. */
    passwords: z.boolean(),
  }),
  z.object({
    kind: z.enum(['files', 'config']),
    /** Where each root lay, the prefix its entries bear in the tar, and the folder name that a restore gives it. */
    roots: z
      .array(z.object({ path: z.string().max(4096), prefix: z.string().max(4096), name: z.string().max(255) }))
      .max(1000),
    entries: countSchema,
    files: countSchema,
    directories: countSchema,
    links: countSchema,
    /** Sum of the files' sizes. */
    file_bytes: countSchema,
    /** Artifact that lists the entries. */
    index: artifactNameSchema,
    /** Paths in the tar whose secrets were masked, with the keys masked in each. */
    masked: z.array(z.object({ path: z.string().max(4096), keys: z.array(z.string().max(400)).max(2000) })).max(10_000),
  }),
  z.object({ kind: z.literal('index'), of: artifactNameSchema, entries: countSchema }),
])
export type Content = z.infer<typeof contentSchema>

export type ContentOf<K extends Content['kind']> = Extract<Content, { kind: K }>

/** What is restored as files below a folder, path by path. */
export function isTree(content: Content): content is ContentOf<'files' | 'config'> {
  return content.kind === 'files' || content.kind === 'config'
}

export const artifactSchema = z.object({
  type: z.enum(['database', 'files', 'config']),
  file: artifactNameSchema,
  /** For people: "150M". `bytes` is exact. */
  size: z.string().max(20),
  source: z.object({
    id: sourceIdSchema,
    kind: z.enum(sourceKinds),
    name: z.string().max(80),
    origin: z.string().max(8192),
  }),
  bytes: countSchema,
  sha256: sha256Schema,
  plain_bytes: countSchema,
  plain_sha256: sha256Schema,
  compression: compressionSchema,
  encryption: z.null(),
  content: contentSchema,
})
export type Artifact = z.infer<typeof artifactSchema>

export const manifestSchema = z.object({
  format_version: z.literal(FORMAT_VERSION),
  /** Local time, as in the folder's name. */
  backup_timestamp: z.string().regex(/^\d{8}_\d{6}$/),
  backup_date: isoSchema,
  backup_type: backupTypeSchema,
  set: setIdSchema,
  /** Per destination, rising by at least one with every set: the order of sets, whatever the clock said. */
  sequence: countSchema.min(1),
  parent: z.null(),
  run: runIdSchema,
  job: z.object({ id: jobIdSchema, name: z.string().max(80), slug: slugSchema }),
  destination_id: destinationIdSchema,
  system_info: z.object({ hostname: z.string().max(255), user: z.string().max(255), platform: z.string().max(40) }),
  tool: z.object({ name: z.literal('sitekeep'), version: z.string().max(40) }),
  files: z.array(artifactSchema).min(1).max(200),
  /** Sources of the job that failed in this run: what is listed in `files` is whole, but the set is not. */
  missing: z
    .array(
      z.object({ id: sourceIdSchema, kind: z.enum(sourceKinds), name: z.string().max(80), code: z.string().max(60) }),
    )
    .max(50),
  /** How far the set was proven before it was published. */
  proof: z.object({ level: proofLevelSchema, at: isoSchema }),
  findings: z.array(findingSchema).max(1000),
  /** Milliseconds by stage, for people. */
  durations: z.record(z.string().max(40), countSchema),
  /** SHA-256 of this file's bytes with these 64 digits replaced by zeros. Always the last field. */
  self_sha256: sha256Schema,
})
export type Manifest = z.infer<typeof manifestSchema>
