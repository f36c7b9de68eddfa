/** The independent checker sees what no digest covers: a set whose every digest was recomputed after a change of content. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawEntry, withChecksum } from '../helpers/raw-tar.ts'
import { removeTree } from '../helpers/temp.ts'
import { checkSet } from '../helpers/checker.ts'
import { openPlace, type Place } from './fixture.ts'
import { copyOf, editDatabase, editEntry, editIndex, editLine, editPlain } from './forge.ts'

let place: Place
let good: string

beforeAll(async () => {
  place = await openPlace()
  good = await place.backUp('gzip')
}, 120_000)

afterAll(() => {
  place.site.catalog.close()
  removeTree(place.dir)
})

function toldOf(damage: (folder: string) => void): string {
  const folder = copyOf(good, place.dir)
  damage(folder)
  const { status, problems } = checkSet(folder)
  expect(status).toBe(problems.length === 0 ? 0 : 1)
  return problems.join('\n')
}

const database = 'database.sqlite3.gz'
const content = (file: string, change: (content: Record<string, unknown>) => void) => (folder: string) =>
  editEntry(folder, file, (entry) => {
    change(entry.content)
  })
const tables = (change: (tables: { name: string; rows: number }[]) => void) =>
  content(database, (of) => {
    change(of['tables'] as { name: string; rows: number }[])
  })
const sql = (text: string) => (folder: string) => editDatabase(folder, (db) => db.exec(text))

describe('a database', () => {
  it('is accepted after a change that the manifest tells', () => {
    expect(
      toldOf((folder) => {
        sql('insert into empty default values')(folder)
        tables((all) => (all[0]!.rows = 1))(folder)
      }),
    ).toBe('')
  })

  it.each<[string, (folder: string) => void, string]>([
    [
      'another journal mode',
      content(database, (of) => (of['journal_mode'] = 'delete')),
      'journal mode is wal, the manifest says delete',
    ],
    [
      'another count of rows',
      tables((all) => (all[1]!.rows = 2999)),
      "table 'orders' has 3000 rows, the manifest says 2999",
    ],
    ['a row less', sql('delete from orders where id = 7'), "table 'orders' has 2999 rows, the manifest says 3000"],
    ['a table that is not listed', tables((all) => all.splice(1, 1)), "table 'orders' is not in the manifest"],
    [
      'a shadow table that is not listed',
      tables((all) => all.splice(4, 1)),
      "table 'words_data' is not in the manifest",
    ],
    ['a table more', tables((all) => all.push({ name: 'ghost', rows: 0 })), "table 'ghost' of the manifest is not in"],
    ['a virtual table listed', tables((all) => all.push({ name: 'words', rows: 1 })), "table 'words' of the manifest"],
    ['a table dropped', sql('drop table orders'), "table 'orders' of the manifest is not in the database"],
    ['a page less', content(database, (of) => (of['page_count'] = 55)), 'page_size × page_count is not plain_bytes'],
    [
      'another page size',
      content(database, (of) => Object.assign(of, { page_size: 8192, page_count: 28 })),
      'page size is 4096',
    ],
    ['no header', (f) => editPlain(f, database, (plain) => plain.fill(0, 0, 16)), "the header is not SQLite's"],
    [
      'an index that does not fit its table',
      sql(
        "pragma writable_schema = on; update sqlite_master set sql = replace(sql, '(what)', '(amount)') where name = 'by_what'",
      ),
      'integrity_check says',
    ],
    ['a page of rubbish', (f) => editPlain(f, database, (plain) => plain.fill(0xa5, 20 * 4096, 21 * 4096)), database],
  ])('refuses %s', (_, damage, told) => {
    const said = toldOf(damage)
    expect(said).toContain(told)
    expect(said).not.toContain('could not go on')
  })

  it('is accepted with damage that the manifest tells', () => {
    expect(
      toldOf((folder) => {
        editPlain(folder, database, (plain) => plain.fill(0xa5, 40 * 4096 + 200, 40 * 4096 + 300))
        content(database, (of) => (of['quick_check'] = 'row 7 missing from index by_what'))(folder)
      }),
    ).not.toContain('integrity_check')
  })
})

/** Where the header of the entry stands whose name ends so: one block behind the pax record that holds its name. */
function headerOf(tar: Buffer, end: string): number {
  const at = tar.indexOf(`${end}\n`)
  if (at === -1) throw new Error(`no ${end} in the archive`)
  return at - (at % 512) + 512
}

const archive = (change: (tar: Buffer) => Buffer) => (folder: string) => editPlain(folder, 'files.tar.gz', change)
const header = (end: string, change: (block: Buffer) => void) =>
  archive((tar) => {
    const at = headerOf(tar, end)
    change(tar.subarray(at, at + 512))
    withChecksum(tar.subarray(at, at + 512))
    return tar
  })
/** One more entry of this name in front of all others. */
const inFront = (name: (dir: string) => string, extra: { flag?: string; link?: string; content?: string }) =>
  archive((tar) => Buffer.concat([rawEntry({ name: name(place.dir.slice(1)), ...extra }), tar]))

describe('an archive and its index', () => {
  it('is accepted where an earlier entry of the same name holds something else', () => {
    expect(toldOf(inFront((dir) => `${dir}/uploads/file-3.txt`, { content: 'earlier' }))).toBe('')
  })

  it.each<[string, (folder: string) => void, string]>([
    ['a line less', (f) => editIndex(f, 'files.index.gz', (lines) => lines.slice(1)), 'of the archive is not listed'],
    ['a line twice', (f) => editIndex(f, 'files.index.gz', (lines) => [...lines, lines[0]!]), 'stands twice'],
    ['a line that is no JSON', (f) => editIndex(f, 'files.index.gz', (lines) => [...lines, '{']), 'line 55: not JSON'],
    ['a count of lines', content('files.index.gz', (of) => (of['entries'] = 53)), '54 lines, the manifest says 53'],
    [
      'a name that is not in the archive',
      (f) => editLine(f, '/file-3.txt', (line) => (line['path'] = `${String(line['path'])}x`)),
      'of the index is not in the archive',
    ],
    [
      'another content',
      (f) => editLine(f, '/file-3.txt', (line) => (line['sha256'] = '0'.repeat(64))),
      'has another content',
    ],
    ['another size', (f) => editLine(f, '/holes', (line) => (line['size'] = 5)), 'has another size'],
    ['another target', (f) => editLine(f, '/newest', (line) => (line['target'] = 'oldest')), 'has another target'],
    [
      'another type',
      (f) => editLine(f, '/空目录', (line) => Object.assign(line, { type: 'symlink', target: 'x' })),
      'has another type',
    ],
    ['another mode', (f) => editLine(f, '/file-3.txt', (line) => (line['mode'] = 511)), 'has another mode'],
    ['another time', (f) => editLine(f, '/file-3.txt', (line) => (line['mtime'] = '1.5')), 'has another mtime'],
    [
      'a field that nobody knows',
      (f) => editLine(f, '/empty', (line) => (line['colour'] = 'red')),
      "unknown field 'colour'",
    ],
    ['a path that climbs', (f) => editLine(f, '/empty', (line) => (line['path'] = 'a/../b')), 'is not a clean path'],
    [
      'another byte in a file',
      archive((tar) => (tar.write('X', headerOf(tar, 'file-3.txt') + 512), tar)),
      'has another content',
    ],
    [
      'another count of files',
      content('files.tar.gz', (of) => Object.assign(of, { files: 45, links: 4 })),
      'files is 46, the manifest says 45',
    ],
    ['another sum of sizes', content('files.tar.gz', (of) => (of['file_bytes'] = 1)), 'file_bytes is'],
    [
      'counts that do not add up',
      content('files.tar.gz', (of) => (of['links'] = 9)),
      'entries is not files + directories + links',
    ],
    ['no end', archive((tar) => tar.subarray(0, -1024)), 'the archive is cut off'],
    ['half an end', archive((tar) => tar.subarray(0, -512)), 'does not end with two zero blocks'],
    [
      'something behind the end',
      archive((tar) => Buffer.concat([tar, tar])),
      "bytes stand behind the archive's two zero",
    ],
    [
      'a wrong header sum',
      archive((tar) => (tar.write('8', headerOf(tar, 'file-3.txt') + 100), tar)),
      'checksum is wrong',
    ],
    ['a header that is not ustar', header('file-3.txt', (block) => block.write('ustar  \0', 257)), 'not POSIX ustar'],
    ['a device', header('file-3.txt', (block) => block.write('3', 156)), 'of the unknown type'],
    [
      'a hard link to nothing',
      inFront((dir) => `${dir}/uploads/first`, { flag: '1', link: 'a/b' }),
      'points at nothing that stands before it',
    ],
    ['an entry below no root', inFront(() => 'etc/passwd', { content: 'x' }), "'etc/passwd' is below no root's prefix"],
    ['an entry that climbs', inFront((dir) => `${dir}/../x`, {}), 'is not a clean path'],
    [
      'a masked file that is not there',
      content('config.tar.gz', (of) => (of['masked'] = [{ path: 'x', keys: ['y'] }])),
      "the masked file 'x' is not in the archive",
    ],
    [
      'masks in plain files',
      content('files.tar.gz', (of) => (of['masked'] = [{ path: 'a', keys: ['b'] }])),
      'files has masked entries',
    ],
    [
      'a mask without keys',
      content('config.tar.gz', (of) => ((of['masked'] as { keys: string[] }[])[0]!.keys = [])),
      'masked: no keys',
    ],
    ['no list of masks', content('config.tar.gz', (of) => delete of['masked']), 'content: masked is missing'],
    [
      'another name of the root of config',
      content('config.tar.gz', (of) => ((of['roots'] as { name: string }[])[0]!.name = 'app')),
      'the names of its roots are not as they must be',
    ],
    [
      'another prefix',
      content('files.tar.gz', (of) => ((of['roots'] as { prefix: string }[])[0]!.prefix = 'srv')),
      "the prefix 'srv' does not follow",
    ],
  ])('refuses %s', (_, damage, told) => {
    const said = toldOf(damage)
    expect(said).toContain(told)
    expect(said).not.toContain('could not go on')
  })
})
