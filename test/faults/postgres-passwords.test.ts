/** Passwords of PostgreSQL servers (faults.md D07, D17): from the store to a private file, and into nothing that anybody can see. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Secret } from '../../electron/engine/secret.ts'
import { openSite } from '../helpers/open-site.ts'
import { postgresBin, startPostgres } from '../helpers/postgres-server.ts'
import { postgresSource } from '../helpers/postgres-site.ts'
import { makeTempDir } from '../helpers/temp.ts'
import { makeWorld } from '../helpers/world.ts'

it.skipIf(postgresBin === undefined)(
  'D07, D17: a password comes from the store; a wrong one is told within seconds, and neither shows anywhere',
  async () => {
    const guarded = await startPostgres({ hba: ['local all all trust', 'host all all 127.0.0.1/32 scram-sha-256'] })
    onTestFinished(() => guarded.stop())
    guarded.query("CREATE ROLE backup SUPERUSER LOGIN PASSWORD 'horse battery: \\ staple'")
    guarded.query('CREATE DATABASE shop')
    guarded.query('CREATE TABLE t AS SELECT 1 AS a', 'shop')
    const values: Record<string, string> = { right: 'horse battery: \\ staple', wrong: 'hunter2hunter2' }
    const seen: string[] = []
    const passFiles: string[] = []
    const { spawn } = makeWorld()
    const watching = ((file: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv }) => {
      seen.push(JSON.stringify([file, args, options.env]))
      passFiles.push(...Array.from(args.join('\n').matchAll(/passfile='([^']+)'/g), ([, path = '']) => path))
      return spawn(file, args, options)
    }) as typeof spawn
    const world = makeWorld({
      spawn: watching,
      secret: (name) => Promise.resolve(new Secret(values[name] ?? '')),
    })
    const site = await openSite({ dir: makeTempDir(), world })
    const at = (passwordSecret: string) =>
      site.job(
        [
          postgresSource(guarded, ['shop'], {
            server: {
              via: 'host',
              host: '127.0.0.1',
              port: guarded.port,
              user: 'backup',
              sslMode: 'prefer',
              passwordSecret,
            },
          }),
        ],
        { name: passwordSecret },
      )
    expect(await site.backup(at('right'))).toMatchObject({ outcome: 'good', proof: 'matched' })
    const wrong = await site.backup(at('wrong'))
    expect(wrong).toMatchObject({ outcome: 'failed', error: { code: 'postgres-login' } })
    const everything = JSON.stringify([seen, site.log, site.events, wrong])
    expect(everything).not.toContain('hunter2')
    expect(everything).not.toContain('horse')
    expect(readdirSync(join(site.dir, 'work'))).toEqual([])
    const { sources } = site.jobs[0]!
    await site.engine.testSource(sources[0]!, new AbortController().signal)
    expect(readdirSync(join(site.dir, 'work'))).toEqual([])
    // Where the next start finds it if this one is killed.
    expect(passFiles.length).toBeGreaterThan(6)
    expect(passFiles.filter((path) => !path.startsWith(join(site.dir, 'work')))).toEqual([])
  },
  60_000,
)
