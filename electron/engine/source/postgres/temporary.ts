/** Databases that are dropped again whatever happens: by whoever made them, or by the next one after a crash. */
import type { World } from '../../world.ts'
import { dropDatabase, type Outside } from './database-admin.ts'
import { keyOfTemporary } from './own-databases.ts'
import type { PsqlSession } from './session.ts'

/** Dropping goes on after an abort, but not for ever. */
const DROP_MS = 30_000

/**
 * Each is held by an advisory lock of the session that made it: whose lock can be had, its maker is gone, on whatever computer
 * that was, and it is dropped. The locks are of the database that the sessions are in.
 * @param work may give it another name, for good: then there is nothing to drop
 */
export async function withTemporary<T>(
  name: string,
  { session, open }: Outside,
  world: World,
  work: () => Promise<T>,
): Promise<T> {
  await dropAbandoned(session, world)
  await session.run(`SELECT pg_advisory_lock(${lockOf(name)})`)
  try {
    return await work()
  } finally {
    await dropAfterwards(name, open, world)
  }
}

/** The session of the run is gone where the run was cancelled, so this one has its own. Never throws. */
async function dropAfterwards(name: string, open: Outside['open'], world: World): Promise<void> {
  try {
    const session = await open(AbortSignal.timeout(DROP_MS))
    try {
      await dropDatabase(session, name, world)
    } finally {
      await session.close()
    }
  } catch {
    // The first error is the one to tell; the next restore on this server drops it.
  }
}

async function dropAbandoned(session: PsqlSession, world: World): Promise<void> {
  const all = await session.sharedRows<{ name: string }>('SELECT datname AS name FROM pg_database')
  for (const { name } of all) {
    if (keyOfTemporary(name) === undefined) continue
    const { free } = await session.row<{ free: boolean }>(`SELECT pg_try_advisory_lock(${lockOf(name)}) AS free`)
    if (free && !(await isUsed(session, name))) await tryDropping(session, name, world)
    if (free) await session.run(`SELECT pg_advisory_unlock(${lockOf(name)})`)
  }
}

/** A maker whose session was ended from outside has lost its lock, but not its loading. */
async function isUsed(session: PsqlSession, name: string): Promise<boolean> {
  const users = await session.rows(
    `SELECT 1 AS one FROM pg_stat_activity WHERE datname = '${name.replaceAll("'", "''")}'`,
  )
  return users.length > 0
}

async function tryDropping(session: PsqlSession, name: string, world: World): Promise<void> {
  try {
    await dropDatabase(session, name, world)
  } catch {
    // One that cannot be dropped (a subscription's) must not keep others from being tested.
  }
}

/** The name's own random digits, as the 64 bits that a lock has. */
function lockOf(name: string): string {
  return `('x' || '${keyOfTemporary(name) ?? ''}')::bit(64)::bigint`
}
