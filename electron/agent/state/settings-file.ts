/** The settings file's text and its meaning: every fault with its place, so that a person with an editor can mend it (pure). */
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { problemOf } from '../../contract/issue.ts'
import { settingsSchema, SETTINGS_VERSION, type Settings } from '../../contract/settings.ts'
import { phraseIn } from '../../contract/words.ts'
import { BackupError, reasonOf } from '../../engine/errors.ts'

/** Step `n` (counted from 0) brings settings of version n + 1 to n + 2; a released step is never changed. */
export type SettingsMigration = (settings: Readonly<Record<string, unknown>>) => Record<string, unknown>
export const settingsMigrations: readonly SettingsMigration[] = []

/** Largest file that is read: thousands of jobs fit; more is an accident or an attack. */
export const MAX_SETTINGS_BYTES = 16 * 1024 * 1024
/** Faults named at once; a file that is wholly something else has thousands. */
const MAX_FAULTS = 20

export interface SettingsFile {
  readonly path: string
  /** Where the last good copy lies, for the hint. */
  readonly copy: string
  readonly migrations?: readonly SettingsMigration[]
}

type Path = readonly (string | number)[]
interface Fault {
  readonly path: Path
  readonly message: string
}

/** @throws BackupError `config-invalid` with every fault, its line and its path; `config-newer` */
export function parseSettings(bytes: Uint8Array, file: SettingsFile): Settings {
  const text = decode(bytes, file)
  const raw = parseJson(text, file)
  const current = migrateSettings(raw, file)
  const parsed = settingsSchema.safeParse(current)
  if (!parsed.success) throw invalid(file, describe(schemaFaults(parsed.error), text))
  const faults = [...unknownFields(current, parsed.data), ...crossFaults(parsed.data)]
  if (faults.length > 0) throw invalid(file, describe(faults, text))
  return parsed.data
}

/** The file's bytes for these settings: stable order, readable, ending in a line break. */
export function printSettings(settings: Settings, schemaName: string): Uint8Array {
  const { $schema = `./${schemaName}`, version, installId, destinations, jobs } = settings
  return Buffer.from(`${JSON.stringify({ $schema, version, installId, destinations, jobs }, null, 2)}\n`)
}

/** The JSON Schema that lies beside the file, for editors. */
export function printSchema(): Uint8Array {
  return Buffer.from(`${JSON.stringify(z.toJSONSchema(settingsSchema, { io: 'input' }), null, 2)}\n`)
}

/** What hangs together: names and ids given once, places that exist. */
export function crossFaults(settings: Settings): Fault[] {
  const { jobs, destinations } = settings
  const known = new Set(destinations.map((place) => place.id))
  return [
    ...repeated(destinations, 'destinations', 'id'),
    ...repeated(jobs, 'jobs', 'id'),
    ...repeated(jobs, 'jobs', 'slug'),
    ...jobs.flatMap((job, index) =>
      job.destinations.flatMap((id, at): Fault[] =>
        known.has(id) ? [] : [{ path: ['jobs', index, 'destinations', at], message: `there is no destination ${id}` }],
      ),
    ),
  ]
}

function repeated<K extends string>(items: readonly Readonly<Record<K, string>>[], list: string, key: K): Fault[] {
  const seen = new Set<string>()
  return items.flatMap((item, index): Fault[] => {
    const value = item[key]
    if (!seen.has(value)) {
      seen.add(value)
      return []
    }
    return [{ path: [list, index, key], message: `${value} is used twice` }]
  })
}

/** Editors on Windows add a byte-order mark, which is harmless; another encoding is not (faults.md G08). */
function decode(bytes: Uint8Array, file: SettingsFile): string {
  if (bytes.byteLength === 0) throw invalid(file, 'it is empty')
  if (bytes.byteLength > MAX_SETTINGS_BYTES) throw invalid(file, `it is larger than ${MAX_SETTINGS_BYTES} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const line = firstBadLine(bytes)
    throw invalid(file, `line ${line}: it is not UTF-8; save it in that encoding`, error)
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  const bad = lines.findIndex((line) => {
    const raw = Buffer.from(line, 'latin1')
    return !Buffer.from(raw.toString('utf8')).equals(raw)
  })
  return bad + 1
}

function parseJson(text: string, file: SettingsFile): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = reasonOf(error)
    const position = /position (\d+)/.exec(reason)?.[1]
    // An unexpected end has no position: it is the end.
    const line = text.slice(0, position === undefined ? undefined : Number(position)).split('\n').length
    throw invalid(file, `line ${line}: it is not JSON`, error)
  }
}

/** Brings an older file's content up to this version. */
export function migrateSettings(raw: unknown, file: SettingsFile): Record<string, unknown> {
  const { migrations = settingsMigrations } = file
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw invalid(file, 'line 1: it is not an object')
  let current: Record<string, unknown> = { ...raw }
  const { version } = current as { version?: unknown }
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw invalid(file, `version: expected a whole number from 1 to ${SETTINGS_VERSION}`)
  }
  const known = migrations.length + 1
  if (version > known) throw new BackupError('config-newer', { found: version, known })
  for (const step of migrations.slice(version - 1)) current = step(current)
  return current
}

function schemaFaults(error: z.ZodError): Fault[] {
  return error.issues.map((issue) => {
    const { problem, ...detail } = problemOf(issue)
    return {
      path: issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
      message: phraseIn(problem, detail, 'en'),
    }
  })
}

/** A misspelled field would otherwise be dropped in silence, and `exclud` exclude nothing. */
function unknownFields(raw: unknown, parsed: unknown, path: Path = []): Fault[] {
  if (Array.isArray(raw) && Array.isArray(parsed)) {
    return raw.flatMap((item, index) => unknownFields(item, parsed[index], [...path, index]))
  }
  if (!isObject(raw) || !isObject(parsed)) return []
  return Object.keys(raw).flatMap((key) =>
    Object.hasOwn(parsed, key)
      ? unknownFields(raw[key], parsed[key], [...path, key])
      : [{ path: [...path, key], message: 'there is no such field' }],
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `line 12: jobs[0].rpoMinutes: …; line 14: …` */
function describe(faults: readonly Fault[], text: string): string {
  const lines = new LineCounter()
  // JSON is YAML, and this parser keeps the place of every node.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false })
  const told = faults.slice(0, MAX_FAULTS).map(({ path, message }) => {
    const node: unknown = nearest(document, path)
    const range = isObject(node) && Array.isArray(node['range']) ? Number(node['range'][0]) : undefined
    const place = range === undefined ? '' : `line ${lines.linePos(range).line}: `
    return `${place}${printPath(path)}: ${message}`
  })
  const more = faults.length > MAX_FAULTS ? [`and ${faults.length - MAX_FAULTS} more`] : []
  return [...told, ...more].join('; ')
}

/** The node at `path`, or the nearest above it: a missing field has no line of its own. */
function nearest(document: ReturnType<typeof parseDocument>, path: Path): unknown {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true)
    if (node !== undefined) return node
  }
  return document.contents
}

function printPath(path: Path): string {
  if (path.length === 0) return 'the whole file'
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

function invalid(file: SettingsFile, reason: string, cause?: unknown): BackupError {
  return new BackupError('config-invalid', { path: file.path, copy: file.copy, reason }, { cause })
}
