/** The house commands in a small checkout of their own: installed once, built when stale, silent when fresh. */
import { execFile, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { makeTempDir } from '../helpers/temp.ts'

const run = promisify(execFile)
const houseCommands = fileURLToPath(new URL('../../build', import.meta.url))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A checkout whose only dependency, a stand-in for the bundler, lies in it: installing needs no network. */
function makeCheckout(): string {
  const dir = makeTempDir()
  cpSync(join(houseCommands, 'run'), join(dir, 'build', 'run'), { recursive: true })
  cpSync(join(houseCommands, 'run.mjs'), join(dir, 'build', 'run.mjs'))
  const bundler = join(dir, 'tools', 'electron-vite')
  mkdirSync(join(bundler, 'bin'), { recursive: true })
  writeJson(join(bundler, 'package.json'), { name: 'electron-vite', version: '1.0.0' })
  // Each build leaves a line, and copies the one source to where the command line is looked for.
  writeFileSync(
    join(bundler, 'bin', 'electron-vite.js'),
    `const fs = require('fs'); fs.appendFileSync('builds', 'x')
     if (fs.existsSync('broken')) process.exit(1)
     fs.mkdirSync('out/main', { recursive: true }); fs.copyFileSync('electron/cli.js', 'out/main/cli.js')`,
  )
  mkdirSync(join(dir, 'electron'))
  setSource(dir, 1)
  const dependencies = { 'electron-vite': 'file:tools/electron-vite' }
  writeJson(join(dir, 'package.json'), { name: 'x', version: '1.0.0', dependencies })
  writeJson(join(dir, 'package-lock.json'), {
    name: 'x',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'x', version: '1.0.0', dependencies },
      'node_modules/electron-vite': { resolved: 'tools/electron-vite', link: true },
      'tools/electron-vite': { name: 'electron-vite', version: '1.0.0' },
    },
  })
  return dir
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value))
}

function setSource(dir: string, version: number): void {
  const text = `console.log(JSON.stringify({ version: ${version}, args: process.argv.slice(2), cwd: process.env.INIT_CWD }))
    process.exitCode = Number(process.env.WANTED_EXIT ?? 0)`
  writeFileSync(join(dir, 'electron', 'cli.js'), text)
}

async function house(dir: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { INIT_CWD: _init, ...inherited } = process.env
  const options = { cwd: dir, env: { ...inherited, ...env } }
  try {
    return { code: 0, ...(await run(process.execPath, ['build/run.mjs', ...args], options)) }
  } catch (error) {
    const { code, stdout, stderr } = error as Ended
    return { code, stdout, stderr }
  }
}

const builds = (dir: string): number =>
  existsSync(join(dir, 'builds')) ? readFileSync(join(dir, 'builds'), 'utf8').length : 0

describe('a house command', () => {
  it('installs and builds in a fresh checkout, and says so on standard error only', async () => {
    const dir = makeCheckout()
    const first = await house(dir, ['sitekeep', 'list', '--json'])
    expect(first.stderr).toContain('installing')
    expect(first.stderr).toContain('building')
    expect(JSON.parse(first.stdout)).toEqual({ version: 1, args: ['list', '--json'], cwd: dir })
    const second = await house(dir, ['sitekeep', 'list', '--json'])
    expect(second.stderr).toBe('')
    expect(builds(dir)).toBe(1)
  })

  it('builds again when a source has changed, and not when it was only touched', async () => {
    const dir = makeCheckout()
    await house(dir, ['sitekeep'])
    utimesSync(join(dir, 'electron', 'cli.js'), 1, 1)
    await house(dir, ['sitekeep'])
    expect(builds(dir)).toBe(1)
    setSource(dir, 2)
    expect(JSON.parse((await house(dir, ['sitekeep'])).stdout)).toMatchObject({ version: 2 })
    expect(builds(dir)).toBe(2)
  })

  it('installs again when the lockfile has changed', async () => {
    const dir = makeCheckout()
    await house(dir, ['sitekeep'])
    const lockfile = JSON.parse(readFileSync(join(dir, 'package-lock.json'), 'utf8')) as { packages: object }
    mkdirSync(join(dir, 'tools', 'more'))
    writeJson(join(dir, 'tools', 'more', 'package.json'), { name: 'more', version: '1.0.0' })
    const dependencies = { 'electron-vite': 'file:tools/electron-vite', 'more': 'file:tools/more' }
    writeJson(join(dir, 'package.json'), { name: 'x', version: '1.0.0', dependencies })
    writeJson(join(dir, 'package-lock.json'), {
      ...lockfile,
      packages: {
        ...lockfile.packages,
        '': { name: 'x', version: '1.0.0', dependencies },
        'node_modules/more': { resolved: 'tools/more', link: true },
        'tools/more': { version: '1.0.0' },
      },
    })
    expect((await house(dir, ['sitekeep'])).stderr).toContain('installing')
    expect(existsSync(join(dir, 'node_modules', 'more', 'package.json'))).toBe(true)
  })

  it('installs once where two start together', async () => {
    const dir = makeCheckout()
    const both = await Promise.all([house(dir, ['sitekeep', 'a']), house(dir, ['sitekeep', 'b'])])
    expect(both.map((ended) => ended.code)).toEqual([0, 0])
    expect(both.filter((ended) => ended.stderr.includes('installing'))).toHaveLength(1)
    expect(builds(dir)).toBe(1)
  })

  it('goes on where a killed command has left its lock', async () => {
    const dir = makeCheckout()
    mkdirSync(join(dir, 'out'))
    const gone = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => gone.once('exit', resolve))
    writeFileSync(join(dir, 'out', '.lock'), String(gone.pid))
    expect((await house(dir, ['sitekeep'])).code).toBe(0)
  })

  it('fails where the build fails, and builds again afterwards', async () => {
    const dir = makeCheckout()
    await house(dir, ['sitekeep'])
    writeFileSync(join(dir, 'broken'), '')
    setSource(dir, 2)
    const failed = await house(dir, ['sitekeep'])
    expect(failed).toMatchObject({ code: 1, stdout: '' })
    expect(failed.stderr).toContain('the build failed')
    writeFileSync(join(dir, 'electron', 'cli.js'), readFileSync(join(dir, 'out', 'main', 'cli.js')))
    expect((await house(dir, ['sitekeep'])).code).toBe(1)
  })

  it('passes the exit code on', async () => {
    expect((await house(makeCheckout(), ['sitekeep'], { WANTED_EXIT: '5' })).code).toBe(5)
  })

  it('keeps the folder that npm says the person was in', async () => {
    const ended = await house(makeCheckout(), ['sitekeep'], { INIT_CWD: '/somewhere' })
    expect(JSON.parse(ended.stdout)).toMatchObject({ cwd: '/somewhere' })
  })

  it('says which commands there are where it is given another', async () => {
    const ended = await house(makeCheckout(), ['frobnicate'])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('demo|start|test')
  })

  it('explains where npm cannot install', async () => {
    const dir = makeCheckout()
    const fake = join(dir, 'npm-cli.js')
    writeFileSync(fake, 'process.exit(7)')
    chmodSync(fake, 0o755)
    const ended = await house(dir, ['sitekeep'], { npm_execpath: fake })
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toContain('exit code 7')
    expect(ended.stderr).toContain('run the command again')
  })
})
