/** Reads files of tasks from this computer: those that are named, and those that the system itself runs. */
import { MAX_TASK_BYTES } from '../../contract/task-import.ts'
import { errnoOf } from '../errors.ts'
import type { World } from '../world.ts'
import { OWN_CRONTAB } from './crontab.ts'
import { textOf } from './decode.ts'
import type { TaskInput } from './read-tasks.ts'
import { runTool } from './run-tool.ts'

type Reader = Pick<World, 'files'>

/** The bytes of a plain file; undefined where there is none that may be read. Throws nothing. */
export async function readPlain({ files }: Reader, path: string): Promise<Uint8Array | undefined> {
  try {
    const handle = await files.open(path, 'r')
    try {
      const stat = await handle.stat()
      // A device or a pipe would never end.
      return stat.isFile() && stat.size <= MAX_TASK_BYTES ? await handle.readFile() : undefined
    } finally {
      await handle.close()
    }
  } catch {
    // Whoever asked says what was missing: a script that is not there is no failure of the import.
    return undefined
  }
}

/** What this computer runs by the clock, and how its tasks last ended (Task Scheduler: result by path). */
export interface SystemTasks {
  readonly inputs: readonly TaskInput[]
  readonly results: ReadonlyMap<string, number>
}

const SYSTEM_CRONTAB = '/etc/crontab'
const CRON_FOLDER = '/etc/cron.d'
/** Units that somebody put there; those of packages lie in /usr/lib. */
const UNIT_FOLDER = '/etc/systemd/system'

export async function systemTasks(world: World): Promise<SystemTasks> {
  return world.host.platform === 'win32' ? await ofWindows(world) : { inputs: await ofUnix(world), results: new Map() }
}

async function ofWindows(world: World): Promise<SystemTasks> {
  const listed = await runTool(world, 'schtasks', ['/query', '/xml', 'ONE'])
  const states = await runTool(world, 'schtasks', ['/query', '/fo', 'CSV', '/v', '/nh'])
  const inputs = listed.out.length === 0 ? [] : [{ name: 'schtasks.xml', bytes: listed.out, isOfSystem: true }]
  return { inputs, results: resultsIn(textOf(states.out, 'schtasks')) }
}

/** Headings are translated, the order of the columns is not: the second is the path, the seventh the last result. */
export function resultsIn(csv: string): Map<string, number> {
  const rows = csv.split(/\r?\n/).map((line) => [...line.matchAll(/"([^"]*)"/g)].map(([, cell = '']) => cell))
  return new Map(
    rows.flatMap(([, path, , , , , result]) =>
      path?.startsWith('\\') === true && /^-?\d+$/.test(result ?? '') ? [[path, Number(result)] as const] : [],
    ),
  )
}

async function ofUnix(world: World): Promise<TaskInput[]> {
  const own = await runTool(world, 'crontab', ['-l'])
  const tables = [SYSTEM_CRONTAB, ...(await namesIn(world, CRON_FOLDER)).map((name) => `${CRON_FOLDER}/${name}`)]
  const units = await namesIn(world, UNIT_FOLDER)
  const timers = units.filter((name) => name.endsWith('.timer'))
  const wanted = [...timers, ...timers.map((name) => name.replace(/\.timer$/, '.service'))]
  return [
    ...(own.code === 0 && own.out.length > 0
      ? [{ name: 'crontab', bytes: own.out, crontab: OWN_CRONTAB, hasUsers: false }]
      : []),
    ...(await read(world, tables)).map((input) => ({ ...input, crontab: input.path, hasUsers: true })),
    ...(
      await read(
        world,
        wanted.map((name) => `${UNIT_FOLDER}/${name}`),
      )
    ).map((input) => ({ ...input, isOfSystem: true })),
  ]
}

async function read(world: Reader, paths: readonly string[]): Promise<(TaskInput & { path: string })[]> {
  const found = await Promise.all(
    paths.map(async (path) => ({ name: path, path, bytes: await readPlain(world, path) })),
  )
  return found.flatMap(({ bytes, ...input }) => (bytes === undefined ? [] : [{ ...input, bytes }]))
}

async function namesIn({ files }: Reader, folder: string): Promise<string[]> {
  try {
    return (await files.readdir(folder)).filter((name) => !name.startsWith('.'))
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    // A system without that folder has no such tasks.
    return []
  }
}
