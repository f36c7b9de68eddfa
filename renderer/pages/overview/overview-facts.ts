/** The facts under the light: only those that are true now, each taken from the summary. */
import type { TFunction } from 'i18next'
import type { JobSummary, Summary } from '../../../electron/contract/summary.ts'
import type { Fact } from '../../components/facts.tsx'
import type { Format } from '../../format.ts'

const lateCodes: readonly string[] = ['overdue', 'never-proven', 'never-run']

function ageFact(jobs: readonly JobSummary[], t: TFunction): Fact {
  const active = jobs.filter((job) => job.enabled)
  const late = active.filter((job) => job.reasons.some((reason) => lateCodes.includes(reason.code)))
  const name = t('overview.facts.age')
  const [first] = late
  if (first === undefined) {
    return { name, state: 'good', value: t('overview.facts.ageGood', { count: active.length }) }
  }
  const value =
    late.length === 1
      ? t('overview.facts.ageLate', { name: first.name })
      : t('overview.facts.ageLateMore', { count: late.length })
  return { name, state: 'failed', value }
}

function restoreFact(jobs: readonly JobSummary[], t: TFunction): Fact | undefined {
  const active = jobs.filter((job) => job.enabled)
  const measured = active.filter((job) => job.rto.measuredSeconds !== undefined)
  if (active.length === 0) return undefined
  const late = measured.find((job) => (job.rto.measuredSeconds ?? 0) > job.rto.promisedMinutes * 60)
  const name = t('overview.facts.restoreTime')
  if (late !== undefined)
    return { name, state: 'attention', value: t('overview.facts.restoreTimeLate', { name: late.name }) }
  const counts = { count: active.length, measured: measured.length }
  return measured.length < active.length
    ? { name, state: 'unknown', value: t('overview.facts.restoreTimePartly', counts) }
    : { name, state: 'good', value: t('overview.facts.restoreTimeGood', counts) }
}

function placesFact(summary: Summary, t: TFunction, format: Format): Fact | undefined {
  const places = summary.destinations.filter((place) => place.enabled)
  if (places.length === 0) return undefined
  const name = t('overview.facts.places')
  const unseen = places.find((place) => place.lookedAt === undefined)
  const bad = places.find((place) => place.lookedAt !== undefined && !place.reachable)
  if (bad !== undefined) return { name, state: 'failed', value: t('overview.facts.placesBad', { name: bad.name }) }
  if (unseen !== undefined)
    return { name, state: 'unknown', value: t('overview.facts.placesUnseen', { name: unseen.name }) }
  const free = places.flatMap((place) => (place.freeBytes === undefined ? [] : [place.freeBytes]))
  const value =
    free.length === 0
      ? t('overview.facts.placesNoSpace', { count: places.length })
      : t('overview.facts.placesGood', { size: format.size(Math.min(...free)) })
  return { name, state: 'good', value }
}

function serviceFact(summary: Summary, t: TFunction, format: Format, now: number, silentSince?: number): Fact {
  const name = t('overview.facts.service')
  if (silentSince !== undefined) {
    const when = format.moment(silentSince, now)
    return { name, state: 'unknown', value: t('overview.facts.serviceSilent', { when }) }
  }
  const seconds = Math.max(0, (now - Date.parse(summary.agent.startedAt)) / 1000)
  // Whole hours beyond the first day: minutes of an uptime tell nothing.
  const duration = format.duration(
    seconds < 86_400 ? Math.max(60, Math.floor(seconds / 60) * 60) : Math.floor(seconds / 86_400) * 86_400,
  )
  return { name, state: 'good', value: t('overview.facts.serviceUp', { duration }) }
}

/** `silentSince` turns every state to unknown: an old green must not stay. */
export function factsOf(
  summary: Summary,
  t: TFunction,
  format: Format,
  now: number,
  silentSince?: number,
): readonly Fact[] {
  const service = serviceFact(summary, t, format, now, silentSince)
  const facts = [ageFact(summary.jobs, t), restoreFact(summary.jobs, t), placesFact(summary, t, format)].filter(
    (fact) => fact !== undefined,
  )
  if (silentSince === undefined) return [...facts, service]
  const stale = facts.map((fact) => ({
    ...fact,
    name: t('overview.facts.lastKnown', { name: fact.name }),
    state: 'unknown' as const,
  }))
  return [...stale, service]
}
