/** The independent checker judges a whole destination: marker, journal and every set in its place. */
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { removeTree } from '../helpers/temp.ts'
import { checkRoot, runChecker } from '../helpers/checker.ts'
import { openPlace, type Place } from './fixture.ts'
import { copyOf, editManifest } from './forge.ts'

interface Job {
  readonly sources: { kind: string }[]
}

let place: Place
let folder: string

beforeAll(async () => {
  place = await openPlace()
  folder = relative(place.site.root, await place.backUp('gzip', { name: '商店' }, place.sources.slice(0, 1)))
  await place.backUp('none', {}, place.sources.slice(1))
}, 120_000)

afterAll(() => {
  place.site.catalog.close()
  removeTree(place.dir)
})

const year = (root: string): string => {
  const journal = join(root, '.sitekeep/journal')
  return join(journal, readdirSync(journal)[0]!)
}
const record = (root: string, type: string): string =>
  join(
    year(root),
    readdirSync(year(root)).find((name) => name.endsWith(`-${type}.json`))!,
  )

function edit(path: string, change: (value: Record<string, unknown>) => void): void {
  const value = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  change(value)
  writeFileSync(path, JSON.stringify(value))
}
const marker = (change: (value: Record<string, unknown>) => void) => (root: string) => {
  edit(join(root, '.sitekeep/marker.json'), change)
}
const write = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 })

it('accepts what the engine wrote, and what a reader leaves alone', () => {
  const root = copyOf(place.site.root, place.dir)
  mkdirSync(join(root, folder, '../.partial-left'))
  mkdirSync(join(root, 'lost+found'))
  write(join(root, '.DS_Store'), 'x')
  const { status, sets, problems } = checkRoot(root)
  expect(problems).toEqual([])
  expect(sets.map((one) => one.problems)).toEqual([[], []])
  expect(sets.map((one) => one.set)).toContain(`商店/${basename(folder)}`)
  expect(status).toBe(0)
  expect(runChecker('root', root).stdout).toContain(`商店/${basename(folder)}: ok\n`)
})

it.each<[string, (root: string) => void, string]>([
  ['no marker', (root) => rmSync(join(root, '.sitekeep/marker.json')), 'marker.json: missing'],
  ['a broken marker', (root) => write(join(root, '.sitekeep/marker.json'), '{'), 'marker.json: not JSON'],
  ['a newer marker', marker((m) => (m['format_version'] = 2)), 'marker.json: format_version is 2'],
  ['another marker', marker((m) => (m['id'] = 'dst_another')), "destination_id is not the marker's id"],
  ['an older marker', marker((m) => (m['generation'] = 1)), "sequence is above the marker's generation"],
  ['an open record', (root) => chmodSync(record(root, 'set'), 0o644), 'mode is 644, not 600'],
  ['a record that is no JSON', (root) => write(record(root, 'run'), '{"type":'), 'run.json: not JSON'],
  ['an empty record', (root) => write(record(root, 'set'), ''), 'set.json: not JSON'],
  [
    'a record of no known type',
    (root) => write(join(year(root), '000000000002-09-gossip.json'), '{}'),
    "the record type 'gossip' is unknown",
  ],
  ['a record of no known name', (root) => write(join(year(root), 'notes.txt'), ''), 'notes.txt: not named <sequence>'],
  [
    'a record in another place',
    (root) => renameSync(record(root, 'set'), join(year(root), '000000000001-01-set.json')),
    'sequence is not the one of its name',
  ],
  [
    'a record of another destination',
    (root) => edit(record(root, 'set'), (r) => (r['destination'] = 'dst_x')),
    "destination is not the marker's id",
  ],
  [
    'a set record of another run',
    (root) => edit(record(root, 'set'), (r) => (r['run'] = 'run_another')),
    "not of the manifest's sequence and run",
  ],
  [
    'a set record of another job',
    (root) => edit(record(root, 'set'), (r) => (r['job'] = 'job_another')),
    'its set record is of another job',
  ],
  [
    'a set record without the job as it was',
    (root) => edit(record(root, 'set'), (r) => delete r['definition']),
    'definition is missing',
  ],
  [
    'a job of no known kind of source',
    (root) => edit(record(root, 'set'), (r) => ((r['definition'] as Job).sources[0]!.kind = 'oracle')),
    'definition is not {id, name, slug',
  ],
  [
    'a run without a beginning',
    (root) => edit(record(root, 'run'), (r) => delete (r['run'] as Record<string, unknown>)['startedAt']),
    'run: startedAt is missing',
  ],
  [
    'a run of no known outcome',
    (root) => edit(record(root, 'run'), (r) => ((r['run'] as Record<string, unknown>)['outcome'] = 'fine')),
    'run: outcome is not one of good',
  ],
  [
    'a field more in a record',
    (root) => edit(record(root, 'run'), (r) => (r['mood'] = 'good')),
    "unknown field 'mood'",
  ],
  [
    'a record in the local year, not in that of UTC',
    (root) => edit(record(root, 'run'), (r) => (r['at'] = `${basename(year(root))}-01-01T03:00:00.000+08:00`)),
    'does not lie in the folder of its year',
  ],
  [
    'a lease of another length',
    (root) => edit(join(root, '.sitekeep/lease-last.json'), () => undefined),
    'bytes long, not 1024',
  ],
  [
    'a lease without a number',
    (root) => edit(join(root, '.sitekeep/lease-last.json'), (l) => delete l['token']),
    'lease-last.json: token is missing',
  ],
  ['a record without its set', (root) => edit(record(root, 'set'), (r) => delete r['set']), 'set.json: set is missing'],
  [
    'records in another year',
    (root) => renameSync(year(root), join(year(root), '../1999')),
    'does not lie in the folder of its year',
  ],
  [
    'another digest in the journal',
    (root) => edit(record(root, 'set'), (r) => (r['manifest_sha256'] = createHash('sha256').digest('hex'))),
    'manifest_sha256 of its set record is not that',
  ],
  [
    'a forged manifest',
    (root) => editManifest(join(root, folder), (m) => (m['run'] = 'run_forged')),
    'manifest_sha256 of its set record is not that',
  ],
  ['a set of another job', (root) => renameSync(join(root, '商店'), join(root, 'store')), `yet it lies at store/full/`],
  [
    'a set of another type',
    (root) => renameSync(join(root, '商店/full'), join(root, '商店/hot')),
    'yet it lies at 商店/hot/',
  ],
  [
    'a folder without a manifest',
    (root) => mkdirSync(join(root, '商店/full/full_backup_20260101_000000'), { mode: 0o700 }),
    'so this is not a backup',
  ],
  ['an open folder', (root) => chmodSync(join(root, '商店'), 0o755), '商店: mode is 755, not 700'],
])('refuses %s', (_, damage, told) => {
  const root = copyOf(place.site.root, place.dir)
  damage(root)
  const { status, sets, problems } = checkRoot(root)
  const said = [...problems, ...sets.flatMap((one) => one.problems)].join('\n')
  expect(said).toContain(told)
  expect(said).not.toContain('could not go on')
  expect(status).toBe(1)
})

it('knows a set without a record as one that a power cut left', () => {
  const root = copyOf(place.site.root, place.dir)
  for (const name of readdirSync(year(root))) if (name.endsWith('-set.json')) rmSync(join(year(root), name))
  expect(checkRoot(root)).toMatchObject({ status: 0, problems: [] })
})
