/** The front of the import: files of any kind in, proposed jobs and reasons out. */
import { gunzipSync } from 'node:zlib'
import { Buffer } from 'node:buffer'
import { phrase } from '../../contract/phrases.ts'
import { MAX_TASK_BYTES, type ProposedJob, type TaskImport, type Unmapped } from '../../contract/task-import.ts'
import { BackupError } from '../errors.ts'
import { looksLikeCompose, readCompose, type ComposeTask } from './compose.ts'
import { looksLikeCrontab, readCrontab } from './crontab.ts'
import { textOf } from './decode.ts'
import { shellOf, type ReadFile } from './follow.ts'
import { unmapped, weakness, type OldTask } from './old-task.ts'
import { isWindowsPath, nameIn } from './paths.ts'
import { propose } from './propose.ts'
import { looksLikeUnit, readUnits, unitsIn, type Unit } from './systemd.ts'
import { isOfWindows, looksLikeTaskXml, readTaskXml } from './task-xml.ts'

export interface TaskInput {
  readonly name: string
  readonly bytes: Uint8Array
  /** Where it lies on this computer. */
  readonly path?: string | undefined
  /** Its tasks are those of this computer, so that they can be switched off: a crontab's file, or `OWN_CRONTAB`. */
  readonly crontab?: string | undefined
  readonly hasUsers?: boolean
  readonly isOfSystem?: boolean
}

export interface Reading {
  /** Reads scripts that a task calls. */
  readonly read: ReadFile
  readonly now: Date
  /** How the tasks of the Task Scheduler last ended, by their path. */
  readonly results?: ReadonlyMap<string, number> | undefined
}

/** More would not fit into one answer. */
const MAX_JOBS = 200
const MAX_UNMAPPED = 1000

/** Never throws for what the files hold: what cannot be read is listed as unmapped. */
export async function readTasks(inputs: readonly TaskInput[], { read, now, results }: Reading): Promise<TaskImport> {
  const sorted = new Sorted()
  for (const input of inputs) sorted.take(input, now)
  sorted.finish(inputs.some(({ isOfSystem }) => isOfSystem === true))
  const result: { jobs: ProposedJob[]; unmapped: Unmapped[] } = { jobs: [], unmapped: [...sorted.unmapped] }
  const own = sorted.tasks.filter((task) => !isOfWindows(task))
  const called = new Set<string>()
  const reader = withGiven(sorted.scripts, read, called)
  for (const task of own) {
    if (result.jobs.length >= MAX_JOBS) {
      result.unmapped.push(unmapped('…', 'too-many', { limit: MAX_JOBS }))
      break
    }
    take(result, await propose(withResult(task, results), reader, now), task)
  }
  for (const [key, { name, path }] of sorted.scripts)
    if (!called.has(key)) take(result, await propose(aloneOf(name, path), reader, now))
  return {
    jobs: uniquelyNamed(result.jobs),
    unmapped: result.unmapped.slice(0, MAX_UNMAPPED),
    ignored: sorted.tasks.length - own.length,
  }
}

/** Not yet run, running, and no more runs. Source: Microsoft, "Task Scheduler Error and Success Constants". */
const NO_FAILURES: ReadonlySet<number> = new Set([0, 0x41301, 0x41303, 0x41306, 0x41325])
/** Up to here robocopy tells what it did, from here on what went wrong. */
const ROBOCOPY_FAILED = 8

function withResult<T extends OldTask>(task: T, results: Reading['results']): T {
  const result = results?.get(task.name)
  if (result === undefined || NO_FAILURES.has(result)) return task
  const isRobocopy = task.actions.some(({ command }) => /robocopy(\.exe)?$/i.test(command))
  if (isRobocopy && result > 0 && result < ROBOCOPY_FAILED) return task
  const shown = result > 0xffff || result < 0 ? `0x${(result >>> 0).toString(16).toUpperCase()}` : result
  return { ...task, weaknesses: [...task.weaknesses, weakness('last-result-failed', { result: shown })] }
}

function take(
  result: { jobs: ProposedJob[]; unmapped: Unmapped[] },
  proposed: { jobs: readonly ProposedJob[]; unmapped: readonly Unmapped[] },
  task?: OldTask | ComposeTask,
): void {
  result.jobs.push(...proposed.jobs.map((job) => (task !== undefined && 'outward' in task ? outside(job, task) : job)))
  result.unmapped.push(...proposed.unmapped)
}

/** What a service of a compose file calls by its own names. */
function outside(job: ProposedJob, { outward }: ComposeTask): ProposedJob {
  const moved = job.sources.map((source) => ({ source, out: outward(source) }))
  const lost = moved
    .filter(({ out }) => out === undefined)
    .map(({ source }) => weakness('path-not-known', { text: source.name }))
  const destinations = job.destinations.flatMap((path) => {
    const place = outward({ kind: 'files', name: 'place', roots: [path] })
    return place?.kind === 'files' ? place.roots : []
  })
  const sources = moved.flatMap(({ out }) => (out === undefined ? [] : [out])) as ProposedJob['sources']
  return { ...job, sources, destinations, weaknesses: [...job.weaknesses, ...lost] }
}

/** A script that was given without a task that calls it. */
function aloneOf(name: string, path: string): OldTask {
  const how = isWindowsPath(path) || shellOf(name) !== 'sh' ? 'program' : 'sh'
  const command = how === 'sh' ? `'${path.replaceAll("'", '')}'` : path
  const actions = [{ how, command, arguments: '', cwd: undefined } as const]
  return {
    name,
    title: name.replace(/\.\w+$/, ''),
    triggers: [],
    actions,
    weaknesses: [],
    unmapped: [unmapped(name, 'no-trigger')],
  }
}

/** Scripts that were given by themselves come before those on the disk, by their name: a task of another machine finds its own. */
function withGiven(scripts: Sorted['scripts'], read: ReadFile, called: Set<string>): ReadFile {
  return async (path) => {
    const key = nameIn(path).toLowerCase()
    const given = scripts.get(key)
    if (given === undefined) return await read(path)
    called.add(key)
    return given.bytes
  }
}

class Sorted {
  readonly tasks: (OldTask | ComposeTask)[] = []
  readonly unmapped: Unmapped[] = []
  readonly scripts = new Map<string, { name: string; path: string; bytes: Uint8Array }>()
  readonly #units: Unit[] = []

  take(input: TaskInput, now: Date): void {
    const name = nameIn(input.name)
    if (shellOf(name) !== undefined) {
      this.scripts.set(name.toLowerCase(), { name, path: input.path ?? name, bytes: input.bytes })
      return
    }
    try {
      this.#read(textOf(input.bytes, name), { ...input, name }, now)
    } catch (error) {
      if (!(error instanceof BackupError)) throw error
      this.unmapped.push(unmapped(name, 'not-understood'))
    }
  }

  finish(isOfSystem: boolean): void {
    const { tasks, unmapped: left } = readUnits(this.#units, isOfSystem)
    this.tasks.push(...tasks)
    this.unmapped.push(...left)
  }

  #read(text: string, { name, path, crontab, hasUsers }: TaskInput, now: Date): void {
    if (looksLikeTaskXml(text)) this.tasks.push(...readTaskXml(text, name.replace(/\.xml$/i, ''), now))
    else if (looksLikeUnit(text)) this.#units.push(...unitsIn(name, text))
    else if (looksLikeCompose(text)) this.#compose(text, name, path)
    else if (looksLikeCrontab(text)) this.tasks.push(...readCrontab(text, { label: name, file: crontab, hasUsers }))
    else this.unmapped.push(unmapped(name, 'not-understood'))
  }

  #compose(text: string, name: string, path: string | undefined): void {
    const { tasks, unmapped: left } = readCompose(text, name, path)
    this.tasks.push(...tasks)
    this.unmapped.push(...left)
    if (tasks.length + left.length === 0) this.unmapped.push(unmapped(name, 'not-a-backup'))
  }
}

function uniquelyNamed(jobs: readonly ProposedJob[]): ProposedJob[] {
  const taken = new Set<string>()
  return jobs.map((job) => {
    let { name } = job
    for (let n = 2; taken.has(name.normalize('NFC').toLowerCase()); n += 1) name = `${job.name.slice(0, 74)} ${n}`
    taken.add(name.normalize('NFC').toLowerCase())
    return { ...job, name }
  })
}

/** The bytes of a file that came in a message. @throws BackupError invalid-input */
export function bytesOf({ name, base64, gzip }: { name: string; base64: string; gzip: boolean }): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  if (!gzip) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TASK_BYTES })
  } catch (error) {
    const problem = { field: 'gzip', problem: phrase('value-wrong') }
    throw new BackupError(
      'invalid-input',
      { reason: phrase('field-in-file'), path: name, ...problem },
      { cause: error },
    )
  }
}
