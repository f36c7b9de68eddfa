/** The databases that we make or rename ourselves: how they are called, and how they are known again. */
import { localStamp } from '../../time.ts'
import type { World } from '../../world.ts'

/** A key of 64 bits, by which the maker of a temporary one holds it. */
const KEY_BYTES = 8
const TEMPORARY = /(?:^sitekeep_scratch|_restoring)_([0-9a-f]{16})$/
const KEPT = /_(?:damaged|undone)_\d{8}_\d{6}(?:_\d+)?$/
/** PostgreSQL keeps 63 bytes of a name: `_restoring_` and a key, or `_damaged_`, a stamp and a number, follow. */
const MAX_OWN = 63 - '_damaged_20260105_020000_99'.length

/** For a restore test. */
export function scratchName(world: World): string {
  return `sitekeep_scratch_${world.random(KEY_BYTES)}`
}

/** For a restore, until it is whole. */
export function stagedName(database: string, world: World): string {
  return `${beginningOf(database)}_restoring_${world.random(KEY_BYTES)}`
}

/** What a restore (`damaged`) or its undo puts aside; `n` above 1 where that second is taken. */
export function keptName(database: string, why: 'damaged' | 'undone', world: World, n: number): string {
  const name = `${beginningOf(database)}_${why}_${localStamp(world.clock.now())}`
  return n === 1 ? name : `${name}_${n}`
}

/** The key of one that is dropped when its maker is gone; undefined for all others. */
export function keyOfTemporary(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[1]
}

/** True for what is no data of the site's own. */
export function isOurOwn(name: string): boolean {
  return TEMPORARY.test(name) || KEPT.test(name)
}

/** Whole characters alone. */
function beginningOf(database: string): string {
  return Buffer.from(database, 'utf8')
    .subarray(0, MAX_OWN)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
}
