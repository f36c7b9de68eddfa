/** K18: a compressor that now and then writes a wrong bit: what it wrote is decoded before anything is published. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { checkInvariants } from '../helpers/invariants.ts'
import { openSite } from '../helpers/open-site.ts'
import { postgresBin, startPostgres } from '../helpers/postgres-server.ts'
import { postgresSource } from '../helpers/postgres-site.ts'
import { makeShopDb } from '../helpers/sqlite.ts'
import { makeTempDir } from '../helpers/temp.ts'

const codec = vi.hoisted(() => ({ isBroken: false, written: 0 }))
vi.mock('../../electron/engine/stage/compress.ts', async (original) => {
  const real = await original<typeof import('../../electron/engine/stage/compress.ts')>()
  return {
    ...real,
    compress: async function* (...args: Parameters<typeof real.compress>) {
      for await (const chunk of real.compress(...args)) yield spoiled(chunk)
    },
  }
})

/** Flips a bit of each 10,000th byte, wherever in the stream it is: in a header, in data, in a check sum. */
function spoiled(chunk: Uint8Array): Buffer {
  if (!codec.isBroken) return Buffer.from(chunk)
  const bytes = Buffer.from(chunk)
  for (let at = 0; at < bytes.length; at += 1) {
    codec.written += 1
    if (codec.written % 10_000 === 0) bytes[at]! ^= 0x10
  }
  return bytes
}

describe('K18: a broken compressor', () => {
  it.each(['gzip', 'zstd'] as const)('%s of a SQLite database: nothing is published', async (compression) => {
    const dir = makeTempDir()
    makeShopDb(join(dir, 'shop.db'), { orders: 5000 })
    await expectCaught(dir, { kind: 'sqlite', name: 'shop', path: join(dir, 'shop.db') }, compression)
  })

  it.skipIf(postgresBin === undefined).each(['gzip', 'zstd', 'none'] as const)(
    '%s of a PostgreSQL dump: nothing is published',
    async (compression) => {
      const server = await startPostgres()
      try {
        server.query('CREATE DATABASE shop')
        server.query('CREATE TABLE t AS SELECT n, md5(n::text) FROM generate_series(1, 20000) n', 'shop')
        await expectCaught(makeTempDir(), postgresSource(server, ['shop'], { globals: false }), compression)
      } finally {
        server.stop()
      }
    },
    60_000,
  )
})

async function expectCaught(
  dir: string,
  source: Parameters<Awaited<ReturnType<typeof openSite>>['job']>[0][number],
  compression: 'gzip' | 'zstd' | 'none',
): Promise<void> {
  codec.isBroken = false
  const site = await openSite({ dir })
  const job = site.job([source], { compression })
  const first = await site.backup(job)
  expect(first).toMatchObject({ outcome: 'good', proof: 'matched' })
  Object.assign(codec, { isBroken: true, written: 0 })
  const record = await site.backup(job)
  expect(record.outcome).toBe('failed')
  expect(record.error?.code).toMatch(/^(artifact-damaged|content-mismatch)$/)
  expect(readdirSync(join(site.root, 'shop/full'))).toHaveLength(1)
  expect(checkInvariants({ site, good: [{ root: site.root, set: first.sets[0]!.set }] })).toEqual([])
}
