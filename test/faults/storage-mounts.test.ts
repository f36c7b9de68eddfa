/** Storage faults on real file systems: full, out of inodes, read-only, unmounted, replaced by another disk. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it, type TestContext } from 'vitest'
import { inMountNamespace } from '../helpers/mounts.ts'
import { makeTempDir } from '../helpers/temp.ts'

const driver = fileURLToPath(new URL('storage-driver.ts', import.meta.url))
const FIRST = ['database.gz', 'manifest.json'].map((file) => `shop/full/full_backup_20260105_020000/${file}`)

interface Told {
  readonly outcomes: readonly { code: string; message: string }[]
  readonly keys?: readonly string[]
  readonly tree?: readonly string[]
  readonly isUnchanged?: boolean
  readonly put?: { code: string }
  readonly probe?: unknown
  readonly space?: { freeInodes: number }
}

async function play(context: TestContext, scenario: string): Promise<Told & { readonly codes: readonly string[] }> {
  const root = makeTempDir()
  const told = (await inMountNamespace(context, driver, [scenario, root])) as Told
  expect(readdirSync(root), 'nothing on the disk under the mount point').toEqual([])
  return { ...told, codes: told.outcomes.map((outcome) => outcome.code) }
}

it('B01: a full disk fails with what is free and needed, keeps what was there and leaves no part', async (context) => {
  const told = await play(context, 'full')
  expect(told.codes).toEqual(['destination-full', 'destination-full'])
  for (const { message } of told.outcomes) expect(message).toMatch(/is full: [\d.]+[BKM] free, > 1\.\d+M needed/)
  expect(told.keys).toEqual(FIRST)
  expect(told.isUnchanged).toBe(true)
  expect(told.probe).toMatchObject({ ok: false, state: 'ours', error: { code: 'destination-full' } })
})

it('B04: a disk out of inodes is told apart from a full one', async (context) => {
  const told = await play(context, 'inodes')
  expect(told.codes).toEqual(['destination-no-inodes'])
  expect(told.keys).toEqual(FIRST)
  expect(told.space?.freeInodes).toBeLessThan(3)
})

it('B10: a disk that turns read-only in the middle fails as such, and can still be read', async (context) => {
  const told = await play(context, 'readOnly')
  expect(new Set(told.codes)).toEqual(new Set(['destination-read-only']))
  expect(told.keys).toEqual(FIRST)
})

it('B11: an unmounted disk is not an empty one, and nothing is made in its mount point', async (context) => {
  const told = await play(context, 'absent')
  expect(told.codes).toEqual(['destination-marker-missing'])
  expect(told.tree).toEqual([])
  expect(told.probe).toMatchObject({ state: 'new' })
})

it('B13: after a disk went away every operation says so, and none writes under its mount point', async (context) => {
  const told = await play(context, 'vanishesBetween')
  expect(told.codes).toEqual(told.codes.map(() => 'destination-marker-missing'))
  expect(told.codes).toHaveLength(12)
  expect(told.tree).toEqual([])
})

it('B13: a disk that goes away while an artifact is written never gets to publish it', async (context) => {
  const told = await play(context, 'vanishesDuring')
  expect(told.codes).toEqual(['destination-marker-missing'])
  expect(told.tree).toEqual([])
})

it('B12: another disk, an older copy and a new mount of the same place are each told by name', async (context) => {
  const told = await play(context, 'replaced')
  expect(told.codes).toEqual([
    'destination-rolled-back',
    'destination-rolled-back',
    'destination-marker-foreign',
    'destination-marker-foreign',
    'destination-unreachable',
    'none',
  ])
  expect(told.keys).toEqual(FIRST)
})
