/** The container's files keep what they promise; no container is started here. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { agentEntry } from '../helpers/entries.ts'
import { makeTempDir } from '../helpers/temp.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Instruction {
  readonly name: string
  readonly value: string
}

/** Stages from first to last, each a list of instructions; comments gone, continued lines joined. */
function stagesOf(dockerfile: string): Instruction[][] {
  const lines = dockerfile
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const stages: Instruction[][] = []
  for (const line of lines) {
    const [name = '', ...rest] = line.trim().split(' ')
    if (name === 'FROM') stages.push([])
    stages.at(-1)?.push({ name, value: rest.join(' ') })
  }
  return stages
}

const stages = stagesOf(readFileSync(join(root, 'build/Dockerfile'), 'utf8'))
const last = stages.at(-1) ?? []
const valuesOf = (name: string, stage = last): string[] =>
  stage.filter((instruction) => instruction.name === name).map(({ value }) => value)
const compose = parse(readFileSync(join(root, 'build/compose.yaml'), 'utf8')) as {
  services: Record<
    string,
    {
      build: { context: string; dockerfile: string }
      environment: Record<string, string>
      volumes: string[]
      stop_grace_period: string
      init: boolean
      restart: string
    }
  >
  volumes: Record<string, unknown>
}
const service = compose.services['sitekeep']!

describe('the image', () => {
  it('is built in one stage and run in another, on a Node that the program knows', () => {
    expect(stages).toHaveLength(2)
    for (const stage of stages) expect(valuesOf('FROM', stage)[0]).toMatch(/^node:(22|24)-/)
    expect(valuesOf('COPY').every((value) => value.startsWith('--from=build ') || !value.includes(' . '))).toBe(true)
  })

  it('is built from what lies in the checkout', () => {
    const copied = valuesOf('COPY', stages[0]).flatMap((value) => value.split(' ').slice(0, -1))
    expect(copied).toContain('package-lock.json')
    for (const path of copied) expect(existsSync(join(root, path)), path).toBe(true)
  })

  it('runs without rights, on a state that is a volume and its own, in a named zone', () => {
    const names = last.map(({ name }) => name)
    expect(valuesOf('USER')).toEqual(['node'])
    // What comes after USER is run by it.
    expect(names.slice(names.indexOf('USER'))).not.toContain('RUN')
    const environment = Object.fromEntries(valuesOf('ENV').map((value) => value.split('=') as [string, string]))
    expect(valuesOf('VOLUME')).toEqual([environment['SITEKEEP_HOME']])
    expect(valuesOf('RUN').join(' ')).toContain(`install -d -m 0700 -o node -g node ${environment['SITEKEEP_HOME']}`)
    expect(environment['TZ']).toMatch(/^[A-Z][a-z]+\/[A-Z][a-z]+$/)
  })

  it.each([
    [0, true],
    [3, true],
    [1, false],
    [5, false],
  ])('that finds exit code %i of status is healthy: %s', (code, isHealthy) => {
    const [, check = ''] = (valuesOf('HEALTHCHECK')[0] ?? '').split(' CMD ')
    const bin = makeTempDir()
    writeFileSync(join(bin, 'sitekeep'), `#!/bin/sh\n[ "$*" = status ] || exit 9\nexit ${code}\n`)
    chmodSync(join(bin, 'sitekeep'), 0o755)
    const { status } = spawnSync('/bin/sh', ['-c', check], { env: { PATH: `${bin}:/usr/bin:/bin` } })
    expect(status === 0).toBe(isHealthy)
  })

  it('starts the agent with its log on standard error, and ends it in order when it is asked to', async () => {
    const [, entry, ...rest] = JSON.parse(valuesOf('CMD')[0] ?? '[]') as string[]
    expect(entry).toBe('/app/out/main/agent.js')
    expect(valuesOf('STOPSIGNAL')).toEqual(['SIGTERM'])
    const home = join(makeTempDir(), 'home')
    mkdirSync(home, { mode: 0o700 })
    const agent = spawn(process.execPath, [agentEntry, ...rest], {
      env: { PATH: process.env['PATH'], SITEKEEP_HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    onTestFinished(() => void agent.kill('SIGKILL'))
    let said = ''
    agent.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    await expect.poll(() => said, { timeout: 20_000 }).toMatch(/^info: version .* started as agent on /m)
    agent.kill('SIGTERM')
    expect(await once(agent, 'exit')).toEqual([0, null])
    expect(said).toMatch(/^info: stopping$/m)
  }, 40_000)
})

describe('the compose file', () => {
  it('builds that image, keeps its state in a volume, and gives it the time to end its runs', () => {
    expect(existsSync(join(root, 'build', service.build.context, service.build.dockerfile))).toBe(true)
    const [state = ''] = service.volumes
    expect(Object.keys(compose.volumes)).toEqual([state.split(':')[0]])
    expect(valuesOf('VOLUME')).toEqual([state.split(':')[1]])
    expect(Number.parseInt(service.stop_grace_period, 10)).toBeGreaterThan(12)
    expect(service).toMatchObject({ init: true, restart: 'unless-stopped' })
  })

  it('names the zone of the site', () => {
    expect(service.environment['TZ']).toMatch(/^\$\{TZ:-[A-Z][a-z]+\/[A-Z][a-z]+\}$/)
  })
})
