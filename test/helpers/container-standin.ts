/** A stand-in for `docker` on PATH: it runs what it is told on this computer, as if inside one container in which a test's server runs. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir } from './temp.ts'
import { postgresBin, type PostgresServer } from './postgres-server.ts'

export interface ContainerStandin {
  /** Folder to put in front of PATH. */
  readonly bin: string
  /** The name of the one container that runs. */
  readonly container: string
  /** From now on a pg_dump goes on without its client, as in a container whose `docker exec` was killed. */
  leaveDumps(): void
  /** Each call's arguments and environment, as a list of processes would show them. */
  seen(): string
}

export function makeContainer(server: PostgresServer): ContainerStandin {
  const bin = makeTempDir('docker-')
  const log = join(bin, 'seen')
  writeFileSync(log, '')
  const script = `#!/bin/bash
{ printf '%q ' "$@"; echo; env | grep -a '^PG\\|DOCKER'; } >> ${log}
[ "$1" = --context ] && shift 2
[ "$1" = exec ] || { echo "unknown docker command: $1" >&2; exit 125; }
shift
while :; do
  case $1 in
    -i) shift ;;
    -e) export "$2"; shift 2 ;;
    -t|-it) echo "the input device is not a TTY" >&2; exit 1 ;;
    *) break ;;
  esac
done
[ "$1" = erp-db ] || { echo "Error response from daemon: No such container: $1" >&2; exit 1; }
shift
export PATH=${postgresBin ?? ''}:/usr/bin:/bin PGHOST=${server.socketDir} PGPORT=${server.port}
command -v "$1" > /dev/null || { echo "OCI runtime exec failed: exec failed: unable to start container process: exec: \\"$1\\": executable file not found in \\$PATH: unknown" >&2; exit 127; }
# A container's input is a pipe, which can be opened by its name; the tests' is a socket, which cannot.
if [ "$1" = install ]; then cat | "$@"; exit; fi
if [ "$1" = pg_dump ] && [ "$2" != --version ] && [ -e ${bin}/leave ]; then
  mkfifo ${bin}/out.$$
  setsid sleep 60 < ${bin}/out.$$ > /dev/null 2>&1 &
  setsid "$@" > ${bin}/out.$$ < /dev/null 2> /dev/null &
  exec head -c 20000 ${bin}/out.$$
fi
exec "$@"
`
  const path = join(bin, 'docker')
  writeFileSync(path, script)
  chmodSync(path, 0o755)
  const leaveDumps = () => writeFileSync(join(bin, 'leave'), '')
  return { bin, container: 'erp-db', leaveDumps, seen: () => readFileSync(log, 'utf8') }
}
