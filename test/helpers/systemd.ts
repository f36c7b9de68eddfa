/** systemd where it does not run: its own reader of units, and a `systemctl` that records its calls and starts the unit's command line. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import type { World } from '../../electron/engine/world.ts'
import { makeTempDir } from './temp.ts'
import { makeWorld } from './world.ts'

const analyze = '/usr/bin/systemd-analyze'

/** Skips with a reason where systemd's programs are not installed; in CI that is a failure. */
export function needSystemd(context: TestContext): void {
  if (existsSync(analyze)) return
  if (process.env['CI'] !== undefined && process.env['CI'] !== '')
    throw new Error(`${analyze} is not here (apt: systemd)`)
  context.skip(`${analyze} is not here (apt: systemd)`)
}

/** What systemd has to say about the unit; nothing where it is good. */
export function verifyUnit(path: string): string {
  const { status, stdout, stderr } = spawnSync(analyze, ['verify', '--man=no', path], { encoding: 'utf8' })
  const said = `${stdout}${stderr}`.trim()
  return status === 0 ? said : `exit code ${status}: ${said}`
}

export interface UnitAsRead {
  readonly command: readonly string[]
  readonly environment: readonly string[]
  /** As `ReadWritePaths=` was understood, the words in one. */
  readonly writable: string
}

/** The unit as systemd's own parser understands it. */
export function readUnit(path: string): UnitAsRead {
  const dump = execFileSync(analyze, ['verify', '--man=no', path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, SYSTEMD_LOG_LEVEL: 'debug' },
  })
  const all = (name: string): string[] =>
    dump.split('\n').flatMap((line) => {
      const [, value] = line.split(`\t${name}: `)
      return value === undefined ? [] : [value]
    })
  // Quoted for a shell: bash takes it apart again, each word ended by a zero byte.
  const [line = ''] = all('Command Line')
  const words = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
  return {
    command: words.split('\0').slice(0, -1),
    environment: all('Environment'),
    writable: all('ReadWritePaths').join(' '),
  }
}

const script = String.raw`#!/bin/bash
# Records its arguments; starts and stops the unit's own command line, as systemd itself reads it.
echo "$*" >> "$STAND/calls"
pid=$(cat "$STAND/pid" 2>/dev/null)
alive() { [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; }
start() {
  dump=$(SYSTEMD_LOG_LEVEL=debug systemd-analyze verify --man=no "$UNIT" 2>/dev/null)
  eval "set -- $(sed -n 's/^\t*Command Line: //p' <<< "$dump")"
  variable=$(sed -n 's/^\t*Environment: //p' <<< "$dump")
  env -i PATH="$PATH" "$variable" "$@" < /dev/null > /dev/null 2>> "$STAND/journal" &
  echo $! > "$STAND/pid"
}
stop() { if alive; then kill -TERM "$pid"; while alive; do sleep 0.05; done; fi; }
if [ -f "$STAND/fail" ] && grep -qx -- "$1" "$STAND/fail"; then echo "Job for $1 failed." >&2; exit 1; fi
case "$1" in
  enable) touch "$STAND/enabled"; alive || start ;;
  disable) rm -f "$STAND/enabled"; stop ;;
  start) alive || start ;;
  stop) stop ;;
  show)
    if alive; then echo ActiveState=active; else echo ActiveState=inactive; fi
    if [ -f "$STAND/enabled" ]; then echo UnitFileState=enabled; else echo UnitFileState=disabled; fi ;;
esac
`

export interface SystemctlStandIn {
  /** In the place of `/`: systemd "runs" in it, and units lie in it. */
  readonly root: string
  readonly unit: string
  /** In which `systemctl` is the stand-in. */
  readonly world: World
  calls(): readonly string[]
  /** What the service wrote to its standard error. */
  journal(): string
  pid(): number
  /** From now on this verb fails. */
  fail(verb: string): void
}

/** Ends what it started with the test. */
export function systemctlStandIn(): SystemctlStandIn {
  const root = makeTempDir('sitekeep root ')
  const stand = join(root, 'stand')
  const unit = join(root, 'etc/systemd/system/sitekeep.service')
  for (const folder of ['run/systemd/system', 'etc/systemd/system', 'proc/1', 'stand'])
    mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'proc/1/comm'), 'systemd\n')
  writeFileSync(join(stand, 'systemctl'), script)
  chmodSync(join(stand, 'systemctl'), 0o755)
  const env = { ...process.env, PATH: `${stand}:${process.env['PATH'] ?? ''}`, STAND: stand, UNIT: unit }
  const text = (name: string): string => (existsSync(join(stand, name)) ? readFileSync(join(stand, name), 'utf8') : '')
  onTestFinished(() => {
    spawnSync(join(stand, 'systemctl'), ['stop'], { env })
  })
  const spawnHere = ((program: string, args: readonly string[], options: object) =>
    spawn(program, args, { ...options, env })) as World['spawn']
  return {
    root,
    unit,
    world: makeWorld({ spawn: spawnHere }),
    calls: () => text('calls').split('\n').slice(0, -1),
    journal: () => text('journal'),
    pid: () => Number(text('pid')),
    fail: (verb) => writeFileSync(join(stand, 'fail'), `${verb}\n`),
  }
}
