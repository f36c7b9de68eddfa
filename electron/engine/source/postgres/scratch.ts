/** Databases for restore tests: made, and dropped again whatever happens, also by the next test after a crash. */
import type { World } from '../../world.ts'
import { SCRATCH_PREFIX } from './databases.ts'
import { dropDatabase } from './database-admin.ts'
import { sqlText } from './load.ts'
import type { PsqlSession } from './session.ts'

/**
 * Each is held by an advisory lock of the session that made it: whose lock can be had, its maker is gone, on whatever computer
 * that was, and it is dropped. The lock is one of the database that the session is in, so all must use the same one.
 */
export async function withScratch<T>(
  session: PsqlSession,
  world: World,
  work: (name: string) => Promise<T>,
): Promise<T> {
  await dropAbandoned(session, world)
  const name = `${SCRATCH_PREFIX}${world.random(8)}`
  await session.run(`SELECT pg_advisory_lock(${keyOf(name)})`)
  try {
    return await work(name)
  } finally {
    await dropDatabase(session, name, world)
    await session.run(`SELECT pg_advisory_unlock(${keyOf(name)})`)
  }
}

/** Those of makers that are gone. @returns how many */
export async function dropAbandoned(session: PsqlSession, world: World): Promise<number> {
  const all = await session.rows<{ name: string }>(
    `SELECT datname AS name FROM pg_database WHERE datname ~ '^${SCRATCH_PREFIX}[0-9a-f]{16}$'`,
  )
  let dropped = 0
  for (const { name } of all) {
    const { free } = await session.row<{ free: boolean }>(`SELECT pg_try_advisory_lock(${keyOf(name)}) AS free`)
    if (!free) continue
    await dropDatabase(session, name, world)
    await session.run(`SELECT pg_advisory_unlock(${keyOf(name)})`)
    dropped += 1
  }
  return dropped
}

/** The name's own random digits, as the 64 bits that a lock has. */
function keyOf(name: string): string {
  return `('x' || ${sqlText(name.slice(SCRATCH_PREFIX.length))})::bit(64)::bigint`
}
