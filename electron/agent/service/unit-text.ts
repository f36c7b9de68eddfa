/** The text of the systemd unit, and what can be read back from it. Pure. */
import { z } from 'zod'
import { SERVICE_MARK } from '../../contract/state-files.ts'
import { unitCommand, unitPaths, unitVariable } from './unit-value.ts'

export interface UnitFacts {
  readonly command: readonly string[]
  readonly home: string
  readonly user: string | undefined
  readonly version: string
  /** What the person named: kept when the unit is written again. */
  readonly writable: readonly string[]
  /** What the jobs need, besides the state directory. */
  readonly places: readonly string[]
}

/** Where systemd makes the folder itself, with the right owner. */
export const DEFAULT_HOME = '/var/lib/sitekeep'

/**
 * Above the twelve seconds after which the agent ends whatever still hangs (main.ts), so that it is always the agent that ends its runs.
 */
const STOP_SECONDS = 30

/** Data lies there on every system: homes, served data, mounted disks; crontabs, for switching an old task off; temporary files of others. */
const DATA_FOLDERS = ['/home', '/srv', '/mnt', '/media', '/tmp', '/var/tmp', '/var/spool/cron', '/etc/cron.d']

export function unitText({ command, home, user, version, writable, places }: UnitFacts): string {
  const paths = [...new Set([home, ...places, ...writable, ...DATA_FOLDERS])]
  return `# Written by "sitekeep service install"; "sitekeep service uninstall" removes it.
# What you want otherwise, say with "systemctl edit sitekeep": that stays when this file is written again.
[Unit]
Description=Sitekeep backup service
Wants=network-online.target
After=network-online.target remote-fs.target time-sync.target
# A crash is tried again, but not for ever within a quarter of an hour; the agent itself stops its schedules after three.
StartLimitIntervalSec=15min
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${unitCommand(command)}
Environment=${unitVariable('SITEKEEP_HOME', home)}
${userLines(user, home)}WorkingDirectory=/
UMask=0077
Restart=on-failure
RestartSec=10
# A wrong command line does not become right by itself.
RestartPreventExitStatus=2
# Only the agent is told to stop: it ends its own programs, each in its order.
KillMode=mixed
TimeoutStopSec=${STOP_SECONDS}
# A dump that is killed for its memory fails its run, and not the service.
OOMPolicy=continue
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
StandardOutput=journal
StandardError=journal
SyslogIdentifier=sitekeep

# The system is read-only to it. Writable are the state, the places and databases of the jobs (SQLite reads a database only with
# its -shm file beside it) and where data lies anyhow. After a job or a place was added elsewhere: "sitekeep service install" again.
ProtectSystem=strict
ReadWritePaths=${unitPaths(paths)}
NoNewPrivileges=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
LockPersonality=yes
RestrictRealtime=yes
SystemCallArchitectures=native
# Left out with a reason: PrivateTmp and ProtectHome hide data that is to be backed up, and the sockets of databases;
# MemoryDenyWriteExecute stops Node; RestrictSUIDSGID would restore programs without their bits.

[Install]
WantedBy=multi-user.target

${SERVICE_MARK}
Home=${JSON.stringify(home)}
User=${JSON.stringify(user ?? 'root')}
Version=${JSON.stringify(version)}
Writable=${JSON.stringify(writable)}
`
}

/** systemd makes the folder below /var/lib itself, for whatever account the unit names. */
function userLines(user: string | undefined, home: string): string {
  const account = user === undefined ? '' : `User=${user}\n`
  return home === DEFAULT_HOME ? `${account}StateDirectory=sitekeep\nStateDirectoryMode=0700\n` : account
}

const markSchema = z.object({
  Home: z.string(),
  User: z.string(),
  Version: z.string(),
  Writable: z.array(z.string()),
})
export type UnitMark = z.infer<typeof markSchema>

/** What was said when the unit was written; undefined where it is not one of ours. */
export function readMark(text: string): UnitMark | undefined {
  const [, own] = text.split(`\n${SERVICE_MARK}\n`)
  if (own === undefined) return undefined
  try {
    const pairs = own
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line): [string, unknown] => [
        line.slice(0, line.indexOf('=')),
        JSON.parse(line.slice(line.indexOf('=') + 1)),
      ])
    return markSchema.parse(Object.fromEntries(pairs))
  } catch {
    // Edited by hand until it could not be read: then it is not ours to replace.
    return undefined
  }
}
