/** `/metrics`: the summary as a few plain gauges in Prometheus' text format. Pure. */
import { lights, type Summary } from '../contract/summary.ts'

/** @param residentBytes memory of this process */
export function metricsText(summary: Summary, residentBytes: number): string {
  return [
    ...gauge('sitekeep_up', 'The service answers.', [[{}, 1]]),
    ...gauge('sitekeep_resident_bytes', 'Memory of the service.', [[{}, residentBytes]]),
    ...gauge(
      'sitekeep_job_light',
      'The light of a job: 1 for the one it shows.',
      summary.jobs.flatMap((job) =>
        lights.map((light) => [{ job: job.slug, light }, job.light === light ? 1 : 0] as const),
      ),
    ),
    ...gauge(
      'sitekeep_job_age_seconds',
      'Age of the newest matched backup.',
      summary.jobs.flatMap((job) =>
        job.rpo.ageMinutes === undefined ? [] : [[{ job: job.slug }, Math.round(job.rpo.ageMinutes * 60)] as const],
      ),
    ),
    ...gauge(
      'sitekeep_job_running',
      'A run of the job goes on.',
      summary.jobs.map((job) => [{ job: job.slug }, job.running === undefined ? 0 : 1] as const),
    ),
    ...gauge(
      'sitekeep_destination_reachable',
      'The destination answered when last looked at.',
      summary.destinations
        .filter((place) => place.lookedAt !== undefined)
        .map((place) => [{ destination: place.id }, place.reachable ? 1 : 0] as const),
    ),
    '',
  ].join('\n')
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}`)
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines]
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value.replace(/["\\\n]/g, '\\$&')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
