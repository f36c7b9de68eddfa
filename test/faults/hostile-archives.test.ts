/** X01–X04: archives made to harm. Whatever names and links they hold, nothing outside the target changes. */
import { existsSync, readdirSync, renameSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asTaken, makeSite } from '../helpers/hostile-site.ts'
import { hostileSet, type Hostile, type RawEntry } from '../helpers/raw-tar.ts'
import { inspectTaken, restoreTaken } from '../helpers/tree-backup.ts'
import { makeWorld } from '../helpers/world.ts'

const hostileNames: readonly (string | Buffer)[] = [
  ...[
    '../x',
    '../../x',
    '../../../../../../../../tmp/x',
    'site/../../x',
    'site/../x',
    'site/a/../../../x',
    'site/..',
    '..',
    '.',
  ],
  ...[
    '/x',
    '/etc/sitekeep-x',
    '//x',
    'site//x',
    'site/./x',
    './site/x',
    'site/.',
    'site/a/..',
    '',
    '/',
    'site/a//',
    './../x',
  ],
  ...['other/x', 'sit', 'sitex/y', 'SITE/x', 'site\u0000/x', 'site/a\u0000b', 'site/\u0000', 'site/x\u0000../../y'],
  ...[Buffer.from([0x2e, 0x2e, 0x2f, 0xff]), Buffer.from([0x2f, 0xb2, 0xe2]), Buffer.from('site/../\u00ff', 'latin1')],
]
/** Names that only Windows reads as something else: ordinary names here, refused there. */
const windowsNames = [
  'C:\\x',
  'C:x',
  '\\\\srv\\share\\x',
  '..\\x',
  'a\\..\\..\\x',
  'x:ads',
  'x::$DATA',
  'aux',
  'nul.txt',
  'COM1',
  'LPT9.log',
  'x.',
  'x ',
  'a<b',
  'a|b',
  'a?b',
  'a*b',
  'CON.tar.gz',
].map((name) => `site/${name}`)

const links = [
  '/etc',
  '/etc/passwd',
  '..',
  '../..',
  '../../sentinel',
  '.',
  'site',
  '/proc/self/cwd',
  'a/../../..',
  '/dev/zero',
]

function corpus(): [string, Hostile][] {
  const cases: [string, readonly RawEntry[]][] = []
  for (const name of hostileNames) {
    const shown = JSON.stringify(name.toString('latin1'))
    cases.push([`file ${shown}`, [{ name, content: 'x' }]])
    cases.push([`folder ${shown}`, [{ name, flag: '5' }]])
    cases.push([`link ${shown}`, [{ name, flag: '2', link: '/etc' }]])
    cases.push([`file by pax ${shown}`, [{ name: 'site/ok', content: 'x', pax: [['path', name]] }]])
    cases.push([
      `hard link from ${shown}`,
      [
        { name: 'site/f', content: 'x' },
        { name, flag: '1', link: 'site/f' },
      ],
    ])
  }
  for (const link of links) {
    cases.push([
      `write through a link to ${link}`,
      [
        { name: 'site/l', flag: '2', link },
        { name: 'site/l/x', content: 'x' },
      ],
    ])
    cases.push([
      `the same, the other way round, ${link}`,
      [
        { name: 'site/l/x', content: 'x' },
        { name: 'site/l', flag: '2', link },
      ],
    ])
    cases.push([
      `a folder over a link to ${link}`,
      [
        { name: 'site/l', flag: '2', link },
        { name: 'site/l/d', flag: '5' },
      ],
    ])
    cases.push([`a hard link to ${link}`, [{ name: 'site/h', flag: '1', link }]])
    cases.push([
      `a hard link through a link to ${link}`,
      [
        { name: 'site/l', flag: '2', link },
        { name: 'site/h', flag: '1', link: 'site/l/passwd' },
      ],
    ])
  }
  for (const flag of ['3', '4', '6', 'D', 'M', 'S', 'V', 'N', 'A', 'X', '8', '9', 'z'])
    cases.push([`an entry of type ${flag}`, [{ name: 'site/dev', flag }]])
  cases.push([
    'a file where a folder is needed',
    [
      { name: 'site/a', content: 'x' },
      { name: 'site/a/b', content: 'x' },
    ],
  ])
  return cases.map(([title, entries]) => [title, hostileSet(entries)])
}

describe('X01, X02, X04: names, links and devices', () => {
  const cases = corpus()
  it('holds at least 200 archives', () => expect(cases.length).toBeGreaterThanOrEqual(200))

  it('nothing outside the target changes, and no link is left that was written through', async () => {
    const world = makeWorld()
    const { target, outside } = makeSite()
    const before = outside()
    let refused = 0
    for (const [n, [title, set]] of cases.entries()) {
      const place = join(target, String(n))
      const result = await restoreTaken(world, asTaken(set), { target: place }).catch((error: unknown) => error)
      expect(outside(), title).toEqual(before)
      if (result instanceof Error) {
        expect(result, title).toMatchObject({ name: 'BackupError', code: /^(archive-hostile|artifact-damaged)$/ })
        refused += 1
      }
    }
    expect(existsSync('/etc/sitekeep-x')).toBe(false)
    // Every one of them is against the rules in some way.
    expect(refused).toBe(cases.length)
  })

  it('inspection tells of every one of them', async () => {
    const world = makeWorld()
    const silent: string[] = []
    for (const [title, set] of cases) {
      const differences = await inspectTaken(world, asTaken(set))
      // A name that collides with another only on disk is none of the archive's own contradictions.
      if (differences.length === 0 && !/a (link|folder|file)|other way round/.test(title)) silent.push(title)
    }
    expect(silent).toEqual([])
  })

  it('names that only Windows misreads are refused there, and kept here', async () => {
    for (const name of windowsNames) {
      const set = asTaken(hostileSet([{ name, content: 'x' }]))
      const windows = makeWorld({ host: { ...makeWorld().host, platform: 'win32' } })
      await expect(restoreTaken(windows, set), name).rejects.toMatchObject({ code: 'archive-hostile' })
      const here = await restoreTaken(makeWorld(), set)
      expect(here.problems, name).toEqual([])
    }
  })

  it('X04: setuid and setgid do not come out', async () => {
    const set = asTaken(
      hostileSet([
        { name: 'site/su', content: 'x', mode: 0o6755 },
        { name: 'site/d', flag: '5', mode: 0o7777 },
      ]),
    )
    const { target, problems } = await restoreTaken(makeWorld(), set)
    expect(problems).toEqual([])
    expect(statSync(join(target, 'site/su')).mode & 0o7777).toBe(0o755)
    expect(statSync(join(target, 'site/d')).mode & 0o7777).toBe(0o1777)
  })
})

describe('X03: links in the target', () => {
  it('that are there already are not followed', async () => {
    const { base, target, outside } = makeSite()
    symlinkSync(join(base, 'sentinel'), join(target, 'site'))
    const before = outside()
    const set = asTaken(hostileSet([{ name: 'site/keep', content: 'overwritten' }]))
    await expect(restoreTaken(makeWorld(), set, { target })).rejects.toMatchObject({ code: 'archive-hostile' })
    expect(outside()).toEqual(before)
  })

  it('that are swapped in while files are written are not followed', async () => {
    const { base, target, outside } = makeSite()
    const entries = Array.from({ length: 400 }, (_, n) => ({ name: `site/d/${n % 7}/f${n}`, content: `content ${n}` }))
    const before = outside()
    const world = makeWorld()
    let swaps = 0
    const swap = (): void => {
      const dir = join(target, 'site/d')
      try {
        renameSync(dir, join(target, `moved-${swaps}`))
        symlinkSync(join(base, 'sentinel'), dir)
        swaps += 1
      } catch {
        // Not there yet, or swapped a moment ago.
      }
    }
    const files = {
      ...world.files,
      open: ((...args: Parameters<typeof world.files.open>) => {
        if (String(args[0]).startsWith('/proc/')) swap()
        return world.files.open(...args)
      }) as typeof world.files.open,
    }
    await restoreTaken({ ...world, files }, asTaken(hostileSet(entries)), { target }).catch(() => undefined)
    expect(swaps).toBeGreaterThan(0)
    expect(outside()).toEqual(before)
    expect(readdirSync(join(base, 'sentinel'))).toEqual(['keep'])
  })
})
