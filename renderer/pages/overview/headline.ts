/** The sentences of the overview, chosen from the summary's own light and reasons; nothing is judged here. */
import type { TFunction } from 'i18next'
import type { JobSummary, Summary } from '../../../electron/contract/summary.ts'
import type { Format } from '../../format.ts'

/** The job whose light is the whole light, where that is not good. */
export function worstJob(summary: Summary): JobSummary | undefined {
  if (summary.light !== 'failed' && summary.light !== 'attention') return undefined
  return summary.jobs.find((job) => job.light === summary.light)
}

export function reasonWords(job: JobSummary, t: TFunction): string {
  const code = job.reasons[0]?.code
  return code === undefined ? t(`state.mark.${job.light}`) : t(`state.reason.${code}`)
}

/** The one sentence beside the light. */
export function headline(summary: Summary, t: TFunction, format: Format, now: number): string {
  if (summary.light === 'good') return t('overview.good', { count: summary.jobs.length })
  const job = worstJob(summary)
  if (job === undefined) return t('overview.idle')
  if (job.reasons[0]?.code === 'last-run-failed' && job.lastRun !== undefined)
    return t('overview.failedAt', { name: job.name, when: format.moment(job.lastRun.at, now) })
  return t('overview.jobSays', { name: job.name, reason: reasonWords(job, t) })
}

/** What holds for the others when one is bad; else the newest proof. */
export function subline(summary: Summary, t: TFunction, format: Format, now: number): string | undefined {
  const worst = worstJob(summary)
  if (worst !== undefined) {
    const others = summary.jobs.filter((job) => job !== worst && job.light !== 'idle')
    const bad = others.filter((job) => job.light !== 'good').length
    if (others.length === 0) return undefined
    return bad > 0 ? t('overview.alsoBad', { count: bad }) : t('overview.othersGood', { count: others.length })
  }
  const proven = summary.jobs.filter((job) => job.provenAt !== undefined && job.newest !== undefined)
  const newest = proven.toSorted((a, b) => Date.parse(b.provenAt ?? '') - Date.parse(a.provenAt ?? ''))[0]
  if (newest?.provenAt === undefined || newest.newest === undefined) return undefined
  const proof = t(`state.proof.${newest.newest.proof}`)
  return t('overview.newest', { age: format.age(newest.provenAt, now), name: newest.name, proof })
}

export function nextRunWords(summary: Summary, t: TFunction, format: Format, now: number): string {
  const planned = summary.jobs.filter((job) => job.nextRun !== undefined)
  const next = planned.toSorted((a, b) => Date.parse(a.nextRun ?? '') - Date.parse(b.nextRun ?? ''))[0]
  if (next?.nextRun === undefined) return t('overview.noNextRun')
  return t('overview.nextRun', { when: format.moment(next.nextRun, now), name: next.name })
}
