/** What is weak in the way a task backs up, judged by the steps of its scripts. */
import type { Weakness } from '../../contract/task-import.ts'
import type { Followed } from './follow.ts'
import { looksLikeFolder } from './found.ts'
import { weakness, type OldTask } from './old-task.ts'
import { diskOf, inWords, isShare } from './paths.ts'
import type { RecognisedStep } from './recognise.ts'
import { toolOf, UNKNOWN } from './step.ts'

const BACKUPS: ReadonlySet<string> = new Set(['dump', 'copy', 'archive', 'unsupported'])

/** An upload of what was made before only moves it. */
function isBackup({ found }: RecognisedStep): boolean {
  return BACKUPS.has(found.does) || (found.does === 'upload' && found.sources.length > 0)
}

export function weigh(task: OldTask, followed: Followed, steps: readonly RecognisedStep[]): Weakness[] {
  const backups = steps.filter(isBackup)
  return unique([
    ...task.weaknesses,
    ...backups.flatMap((step) => ofStep(step)),
    ...ofWhole(steps, backups),
    ...ofAccount(task, steps),
    ...ofScripts(task, followed),
  ])
}

function unique(all: readonly Weakness[]): Weakness[] {
  const keys = new Set<string>()
  return all.filter(({ code, detail }) => {
    const key = JSON.stringify([code, detail])
    return !keys.has(key) && keys.add(key)
  })
}

function ofStep({ program, pipeline, found }: RecognisedStep): Weakness[] {
  const { tool } = found
  const at = pipeline.programs.indexOf(program)
  const isPiped = at < pipeline.programs.length - 1
  const last = pipeline.programs.at(-1)
  const isReencoded =
    pipeline.dialect === 'powershell' &&
    found.does === 'dump' &&
    (last?.output !== undefined || /^(out-file|set-content|add-content)$/.test(toolOf(last?.argv ?? [])))
  const say = (condition: boolean, code: Weakness['code']): Weakness[] => (condition ? [weakness(code, { tool })] : [])
  return [
    ...say(!pipeline.isChecked, 'exit-code-ignored'),
    ...say(isPiped && !pipeline.isPipeSafe, 'pipe-hides-failure'),
    ...say(isReencoded, 'powershell-redirect'),
    ...say(program.container?.hasTerminal === true, 'docker-terminal'),
    ...say(program.areErrorsDiscarded === true, 'errors-discarded'),
    ...say(found.does === 'unsupported', 'kind-not-supported'),
    ...(found.copiedLive ?? []).map((path) => weakness('live-sqlite-copied', { path })),
    ...(found.unclear ?? []).map((text) => weakness('path-not-known', { text })),
    ...(found.isMirror === true ? [weakness('mirror-deletes')] : []),
  ]
}

function ofWhole(steps: readonly RecognisedStep[], backups: readonly RecognisedStep[]): Weakness[] {
  if (backups.length === 0) return []
  const outcomes = finalWrites(steps)
  const cleanUps = steps.filter(({ found }) => found.does === 'clean-up')
  const days = cleanUps.flatMap(({ found }) => (found.days === undefined ? [] : [found.days]))
  const isDated = outcomes.some((path) => path.includes(UNKNOWN))
  const isChecked = steps.some(({ found }) => found.does === 'check')
  const disks = new Set(steps.flatMap(({ found }) => sourcePaths(found.sources)).map(diskOf))
  const shared = outcomes.map(diskOf).find((disk) => disk !== undefined && disks.has(disk))
  return [
    ...(isDated && cleanUps.length === 0 ? [weakness('no-retention')] : []),
    ...(days.length === 0 ? [] : [weakness('deletes-blindly', { days: Math.min(...days) })]),
    ...outcomes
      .filter((path) => isOverwritten(path, backups))
      .map((path) => weakness('overwrites-only-copy', { path: inWords(path) })),
    ...(shared === undefined ? [] : [weakness('same-disk', { disk: shared })]),
    ...(isChecked ? [] : [weakness('never-read-back')]),
  ]
}

/** Where the outcome stays: not what a later step packs or moves on. */
export function finalWrites(steps: readonly RecognisedStep[]): string[] {
  const all = steps.flatMap(({ found }) => found.writes)
  const read = new Set(steps.flatMap(({ found }) => found.reads))
  const kept = all.filter((path) => !read.has(path))
  return [...new Set(kept.length === 0 ? all : kept)]
}

/** A name without a date in it is the same at every run. */
function isOverwritten(path: string, backups: readonly RecognisedStep[]): boolean {
  const step = backups.find(({ found }) => found.writes.includes(path))
  if (step === undefined || step.found.isMirror === true || path.includes(UNKNOWN) || /^\w{2,}:/.test(path))
    return false
  const isAppended = step.pipeline.programs.at(-1)?.output?.append === true
  // Whether names inside a folder that is written to bear a date, only the source's name tells.
  const intoFolder = looksLikeFolder(path) && step.found.reads.some((read) => read.includes(UNKNOWN))
  return !isAppended && !intoFolder
}

function sourcePaths(sources: RecognisedStep['found']['sources']): string[] {
  return sources.flatMap((source) =>
    source.kind === 'sqlite'
      ? [source.path]
      : source.kind === 'files'
        ? source.roots
        : source.kind === 'config'
          ? source.globs
          : [],
  )
}

function ofAccount(task: OldTask, steps: readonly RecognisedStep[]): Weakness[] {
  const share = steps.flatMap(({ found }) => [...found.writes, ...found.reads]).find(isShare)
  if (share === undefined) return []
  const path = inWords(share)
  return [
    ...(task.isWithoutNetwork === true ? [weakness('no-network-logon', { path })] : []),
    ...(task.user === undefined ? [] : [weakness('account-differs', { user: task.user, path })]),
  ]
}

function ofScripts(task: OldTask, followed: Followed): Weakness[] {
  return [
    ...followed.passwords.map((path) => weakness('password-in-script', { path: path === '' ? task.name : path })),
    ...(followed.waits ? [weakness('waits-for-key')] : []),
    ...followed.missing.map((path) => weakness('script-not-read', { path: inWords(path) })),
  ]
}
