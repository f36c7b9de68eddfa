/** Recognizes a SQLite database in use among ordinary files: copied as a file it may be torn (faults.md E18). */
import { errnoOf } from '../errors.ts'
import type { World } from '../world.ts'
import type { Found } from './files-walk.ts'

/** First bytes of every unencrypted SQLite 3 database. https://www.sqlite.org/fileformat.html#magic_header_string */
const MAGIC = Buffer.from('SQLite format 3\u0000', 'latin1')
/** Written to as lately as this, a database without a side file is taken to be in use too. */
const RECENT_MS = 10 * 60_000

export async function isLiveSqlite({ path, stat }: Found, sample: Buffer, world: World): Promise<boolean> {
  if (!sample.subarray(0, MAGIC.length).equals(MAGIC)) return false
  const age = world.clock.now().getTime() - Number(stat.mtimeMs)
  if (age >= 0 && age < RECENT_MS) return true
  for (const suffix of ['-wal', '-journal'])
    if (await exists(Buffer.concat([path, Buffer.from(suffix)]), world)) return true
  return false
}

async function exists(path: Buffer, world: World): Promise<boolean> {
  try {
    await world.files.lstat(path)
    return true
  } catch (error) {
    // Absent, or hidden from us: either way there is no side file to warn of.
    if (errnoOf(error) === undefined) throw error
    return false
  }
}
