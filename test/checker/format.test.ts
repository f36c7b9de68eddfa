/** FORMAT.md against the code: its examples parse, its field tables and its lists of values are the schemas' own. */
import { readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { markerSchema } from '../../electron/contract/destination.ts'
import { stages } from '../../electron/contract/error.ts'
import { findingRows, findingSchema } from '../../electron/contract/finding.ts'
import { jobSchema } from '../../electron/contract/job.ts'
import { journalRecordSchema } from '../../electron/contract/journal.ts'
import { artifactSchema, contentSchema, manifestSchema, type Manifest } from '../../electron/contract/manifest.ts'
import { proofLevels } from '../../electron/contract/proof.ts'
import { outcomes, runKinds, runRecordSchema, runTriggers } from '../../electron/contract/run.ts'
import { indexLine, lineSchema, readIndex } from '../../electron/engine/archive/index-line.ts'
import { humanSize } from '../../electron/engine/artifact-names.ts'
import { postgresServerSchema } from '../../electron/contract/postgres.ts'
import {
  configSourceSchema,
  filesSourceSchema,
  postgresSourceSchema,
  sqliteSourceSchema,
} from '../../electron/contract/source.ts'
import { leaseSchema } from '../../electron/engine/destination/lease.ts'
import { encodeManifest } from '../../electron/engine/proof/manifest-file.ts'

const page = readFileSync(new URL('../../electron/engine/FORMAT.md', import.meta.url), 'utf8')

/** Example by the name that stands behind its fence's "json". */
const examples = new Map(
  [...page.matchAll(/^```json(.*)\n([^]*?)\n```$/gm)].map((found) => [found[1]!.trim(), found[2]!]),
)
const records = ['job', 'set', 'proof', 'pin', 'run'] as const
const schemas = new Map<string, z.ZodType>([
  ['marker', markerSchema],
  ['lease', leaseSchema],
  ['manifest', manifestSchema],
  ['index', lineSchema],
  ...records.map((name) => [name, journalRecordSchema] as const),
])
const example = (name: string): unknown => JSON.parse(examples.get(name) ?? 'null')

/** Body rows of every table with this header, as cells. */
function tables(header: string): string[][][] {
  const found = page.split('\n\n').filter((part) => part.startsWith(`${header}\n`))
  return found.map((part) =>
    part
      .trimEnd()
      .split('\n')
      .slice(2)
      .map((row) => row.split('|').slice(1, -1)),
  )
}

const words = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map((found) => found[1]!.replace(/\[\]$/, ''))
const keys = (schema: { readonly shape: object }): string[] => Object.keys(schema.shape).sort()

describe('examples', () => {
  it('has one of each JSON document', () => {
    expect([...examples.keys()].sort()).toEqual([...schemas.keys()].sort())
  })

  it.each([...schemas])('%s: the code takes it, and knows every field of it', (name, schema) => {
    expect(schema.parse(example(name))).toEqual(example(name))
  })

  it.each(records)('the record called %s is of that type', (name) => {
    expect(example(name)).toMatchObject({ type: name })
  })

  it('the line of the index is what the code would write', async () => {
    const text = `${examples.get('index') ?? ''}\n`
    for await (const line of readIndex(Readable.from([Buffer.from(text)])))
      expect(indexLine({ ...line, uname: '', gname: '' }, line.sha256, line.inconsistent)).toBe(text)
    expect.assertions(1)
  })

  it('the manifest bears its own digest, and its record the digest of all of it', () => {
    const manifest = example('manifest') as Manifest
    const encoded = encodeManifest(manifest)
    expect(encoded.manifest.self_sha256).toBe(manifest.self_sha256)
    expect(example('set')).toMatchObject({ set: manifest.set, manifest_sha256: encoded.sha256 })
  })

  it('sizes for people are those of the code', () => {
    for (const { size, bytes } of (example('manifest') as Manifest).files) expect(size).toBe(humanSize(bytes))
  })
})

describe('tables', () => {
  const [sqlite, postgres, globals, tree, index] = contentSchema.options
  const expected: readonly (readonly [string, { readonly shape: object }])[] = [
    ['marker', markerSchema],
    ['lease', leaseSchema],
    ['manifest', manifestSchema],
    ['artifact', artifactSchema],
    ['content of sqlite', sqlite],
    ['content of postgres', postgres],
    ['content of globals', globals],
    ['content of files and config', tree],
    ['content of an index', index],
    ['line of an index', lineSchema],
    ['finding', findingSchema],
    ['job', jobSchema],
    ['source of postgres', postgresSourceSchema],
    ['run', runRecordSchema],
  ]
  const fields = tables('| field | meaning |')

  it('has a table of fields for each', () => {
    expect(fields).toHaveLength(expected.length)
  })

  it.each(expected.map(([name, schema], at) => [name, schema, at] as const))('%s: all fields', (_, schema, at) => {
    expect(fields[at]?.flatMap(([cell]) => words(cell)).sort()).toEqual(keys(schema))
  })

  it('names the fields of every journal record beside the four that all have', () => {
    const common = ['type', 'sequence', 'at', 'destination']
    const rows = tables('| type | fields | meaning |')[0] ?? []
    const known = journalRecordSchema.options.map((option) => [
      option.shape.type.value,
      keys(option).filter((key) => !common.includes(key)),
    ])
    expect(Object.fromEntries(rows.map(([type, cell]) => [words(type)[0], words(cell).sort()]))).toEqual(
      Object.fromEntries(known),
    )
  })

  it('says what each list within a database is made of', () => {
    const rowsOf = fields[expected.findIndex(([name]) => name === 'content of postgres')] ?? []
    const told = new Map(rowsOf.map(([cell, meaning]) => [words(cell)[0], words(meaning)]))
    const { settings, privileges, tables: rows, format } = postgres.shape
    expect(told.get('settings')).toEqual(expect.arrayContaining(keys(settings.element)))
    expect(told.get('privileges')).toEqual(expect.arrayContaining(keys(privileges.unwrap().element)))
    expect(told.get('privileges')).toEqual(expect.arrayContaining(privileges.unwrap().element.shape.privilege.options))
    expect([...(told.get('tables') ?? []), 'name'].sort()).toEqual(expect.arrayContaining(keys(rows.element)))
    expect(told.get('format')).toEqual(format.options)
  })

  it('names the fields of every kind of source, and of every way to a server', () => {
    const cell = (field: string): string =>
      fields.flat().find(([name, meaning]) => name?.trim() === `\`${field}\`` && meaning?.includes('by '))?.[1] ?? ''
    const told = (of: string, name: string): string[] =>
      words(new RegExp(`\`${name}\`: ([^;]*)`).exec(cell(of))?.[1]).filter((word) => word !== name || of === 'server')
    const common = ['id', 'name', 'kind', 'via', 'passwordSecret']
    const own = (schema: { readonly shape: object }): string[] => keys(schema).filter((key) => !common.includes(key))
    const isName = (word: string): boolean => /^[a-z]+[A-Za-z]*$/.test(word)
    for (const schema of [sqliteSourceSchema, filesSourceSchema, configSourceSchema])
      expect(told('sources', schema.shape.kind.value).filter(isName)).toEqual(expect.arrayContaining(own(schema)))
    for (const way of postgresServerSchema.options)
      expect(told('server', way.shape.via.value)).toEqual(expect.arrayContaining(own(way)))
    expect(words(cell('server'))).toContain('passwordSecret')
  })

  it('weighs every finding as the code does', () => {
    const rows = tables('| code | weight | meaning |')[0] ?? []
    const told = rows.flatMap(([codes, weight]) => words(codes).map((code) => [code, words(weight)[0]] as const))
    expect(Object.fromEntries(told)).toEqual(findingRows)
  })

  it('lists levels, stages, kinds, triggers and outcomes as the code does', () => {
    const meaning = (field: string): string[] =>
      words(fields.at(-1)?.find(([cell]) => words(cell).includes(field))?.[1]).filter((word) => word !== field)
    const levels = page.split('\n').filter((line) => proofLevels.some((level) => line.startsWith(`| \`${level}\` |`)))
    expect(levels.map((line) => words(line)[0])).toEqual(proofLevels)
    expect(words(/^Stages: [^.]*/m.exec(page)?.[0])).toEqual(stages)
    expect(meaning('kind')).toEqual(runKinds)
    expect(meaning('trigger')).toEqual(runTriggers)
    expect(meaning('outcome')).toEqual(outcomes)
  })
})
