/** One call of every kind that the shim hooks, by plain Node and by SQLite; imports nothing of the product. */
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'

const [task = '', root = ''] = process.argv.slice(2)
const at = (name: string): string => join(root, name)

if (task === 'sqlite') {
  const db = new Database(at('x.db'))
  db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
  db.close()
} else {
  const handle = await fs.open(at('a'), 'w+')
  await handle.write(Buffer.from('written'))
  await handle.write(randomBytes(8), 0, 8, 20)
  await handle.writev([Buffer.from('one'), Buffer.from('two')])
  await handle.writev([Buffer.from('three'), Buffer.from('four')], 40)
  await handle.truncate(10)
  await handle.sync()
  await handle.datasync()
  await handle.read(Buffer.alloc(4), 0, 4, 0)
  await handle.close()
  await fs.mkdir(at('folder'))
  await fs.symlink('a', at('symlink'))
  await fs.link(at('a'), at('b'))
  await fs.rename(at('b'), at('c'))
  await fs.unlink(at('c'))
  await fs.rmdir(at('folder'))
}
process.stdout.write('done')
