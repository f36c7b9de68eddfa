/** What the tray shows, as data: five states, tooltip and menu, all from the one Summary and the state of the link. Pure. */
import type { LinkState } from '../contract/shell.ts'
import type { JobSummary, Light, Summary } from '../contract/summary.ts'
import type { Language } from '../contract/words.ts'
import { ageOf, clockTime, shellWords, type ShellWords, type TrayState } from './words.ts'

export type TrayAction =
  | { readonly do: 'backup'; readonly jobs: readonly string[] }
  | { readonly do: 'open'; readonly route: string | undefined }
  | { readonly do: 'retry' }
  | { readonly do: 'quit' }

export type TrayItem =
  | { readonly separator: true }
  | {
      readonly separator?: false
      readonly id: string
      readonly label: string
      readonly action?: TrayAction
      readonly submenu?: readonly TrayItem[]
    }

export interface TrayView {
  readonly state: TrayState
  readonly tooltip: string
  readonly menu: readonly TrayItem[]
}

export interface TrayInput {
  readonly link: LinkState
  /** The newest one known. Of an agent that no longer answers it counts for nothing: old green must not stay. */
  readonly summary: Summary | undefined
  readonly language: Language
  readonly now: Date
}

/** Windows cuts a tooltip here. Source: NOTIFYICONDATA.szTip, 128 characters with the closing zero. */
const TOOLTIP_LIMIT = 127

export function trayView(input: TrayInput): TrayView {
  const words = shellWords(input.language)
  const state = trayState(input)
  const line = statusLine(state, input, words)
  return {
    state,
    tooltip: cut(`Sitekeep: ${words.state[state]}\n${line}`),
    menu: menuOf(state, line, input, words),
  }
}

function trayState({ link, summary }: TrayInput): TrayState {
  if (link.state !== 'connected' || summary === undefined) return 'stopped'
  // A run never covers up the failure behind it; it does cover a mere "somebody should look".
  if (summary.light === 'failed') return 'failed'
  if (summary.jobs.some((job) => job.running !== undefined)) return 'running'
  // Nothing to protect is not "good": good means read back and matched.
  const byLight = { good: 'good', attention: 'attention', idle: 'attention' } as const satisfies Record<
    Exclude<Light, 'failed'>,
    TrayState
  >
  return byLight[summary.light]
}

function statusLine(state: TrayState, input: TrayInput, words: ShellWords): string {
  const { link, summary, now, language } = input
  if (link.state === 'refused') return words.refused
  if (state === 'stopped' || summary === undefined) {
    return words.silentSince(clockTime(new Date(link.since), now, language))
  }
  const next = nextRun(summary.jobs)
  const nextWords = next === undefined ? [] : [words.next(clockTime(next, now, language))]
  return [mainPart(state, summary, input, words), ...nextWords].join(' · ')
}

function mainPart(state: TrayState, summary: Summary, { now }: TrayInput, words: ShellWords): string {
  const running = summary.jobs.find((job) => job.running !== undefined)
  if (state === 'running' && running !== undefined) {
    const progress = running.running?.progress
    const fraction = progress?.openEnded === true ? undefined : progress?.fraction
    return words.runningJob(running.name, fraction === undefined ? undefined : Math.floor(fraction * 100))
  }
  const worst = summary.jobs.find((job) => job.light === summary.light)
  const reason = worst?.reasons[0]
  if (state !== 'good' && worst !== undefined && reason !== undefined) {
    return words.jobReason(worst.name, words.reason[reason.code])
  }
  return provenPart(summary.jobs, now, words)
}

/** The oldest proof among the jobs: the one that speaks for all of them. */
function provenPart(jobs: readonly JobSummary[], now: Date, words: ShellWords): string {
  const proven = jobs.flatMap((job) =>
    job.enabled && job.newest !== undefined ? [{ proof: job.newest.proof, at: job.provenAt ?? job.newest.at }] : [],
  )
  const oldest = proven.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0]
  if (oldest === undefined) return words.nothingYet
  const isAllRestored = proven.every(({ proof }) => proof === 'restored')
  const proof = isAllRestored ? 'restored' : 'matched'
  return words.provenWhen(words.proof[proof], ageOf(new Date(oldest.at), now, words))
}

function nextRun(jobs: readonly JobSummary[]): Date | undefined {
  const times = jobs.flatMap((job) => (job.enabled && job.nextRun !== undefined ? [Date.parse(job.nextRun)] : []))
  return times.length === 0 ? undefined : new Date(Math.min(...times))
}

function menuOf(state: TrayState, line: string, input: TrayInput, words: ShellWords): TrayItem[] {
  const header: TrayItem[] = [{ id: 'state', label: `${words.state[state]} · ${line}` }, { separator: true }]
  const foot: TrayItem[] = [
    { separator: true },
    { id: 'open', label: words.open, action: { do: 'open', route: undefined } },
    { id: 'quit', label: words.quit, action: { do: 'quit' } },
  ]
  if (state === 'stopped') return [...header, { id: 'retry', label: words.tryAgain, action: { do: 'retry' } }, ...foot]
  return [
    ...header,
    backupItem(input.summary?.jobs ?? [], words),
    { id: 'restore', label: words.restore, action: { do: 'open', route: '#/restore' } },
    ...foot,
  ]
}

function backupItem(jobs: readonly JobSummary[], words: ShellWords): TrayItem {
  const ready = jobs.filter((job) => job.enabled && job.running === undefined)
  const perJob = ready.map((job): TrayItem => ({
    id: `backup:${job.job}`,
    label: job.name,
    action: { do: 'backup', jobs: [job.job] },
  }))
  if (ready.length < 2) return { id: 'backup', label: words.backUpNow, submenu: perJob }
  const all: TrayItem = {
    id: 'backup:all',
    label: words.all,
    action: { do: 'backup', jobs: ready.map((job) => job.job) },
  }
  return { id: 'backup', label: words.backUpNow, submenu: [all, { separator: true }, ...perJob] }
}

function cut(text: string): string {
  return text.length <= TOOLTIP_LIMIT ? text : `${text.slice(0, TOOLTIP_LIMIT - 1)}…`
}
