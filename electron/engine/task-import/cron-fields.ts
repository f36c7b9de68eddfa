/** Writes fields of a cron string from sets of numbers, as a person would write them. */

/** `*` for all of them, `1-5` for three or more in a row, else a list. */
export function field(values: Iterable<number>, from: number, to: number): string {
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  if (sorted.length === to - from + 1) return '*'
  return runs(sorted).join(',')
}

function runs(sorted: readonly number[]): string[] {
  const written: string[] = []
  let start = 0
  for (let at = 1; at <= sorted.length; at += 1) {
    if (at < sorted.length && sorted[at] === (sorted[at - 1] ?? 0) + 1) continue
    const part = sorted.slice(start, at)
    written.push(...(part.length > 2 ? [`${part[0] ?? ''}-${part.at(-1) ?? ''}`] : part.map(String)))
    start = at
  }
  return written
}

/** As `field`, and a step (every 15 minutes) where the minutes are evenly spread over the whole hour. */
export function minuteField(values: Iterable<number>): string {
  const sorted = [...new Set(values)].sort((a, b) => a - b)
  const step = 60 / sorted.length
  const isEven = sorted.length > 1 && sorted.every((minute, at) => minute === at * step)
  return isEven && step > 1 ? `*/${step}` : field(sorted, 0, 59)
}

/** Times of a day, in minutes after midnight, as the minute and hour of one cron string; undefined where one cannot say them all. */
export function timesOfDay(times: Iterable<number>): string | undefined {
  const byHour = new Map<number, Set<number>>()
  for (const time of times) {
    const hour = Math.floor(time / 60)
    byHour.set(hour, (byHour.get(hour) ?? new Set()).add(time % 60))
  }
  const minutes = new Set([...byHour.values()].map((set) => minuteField(set)))
  const [only] = minutes
  return minutes.size !== 1 || only === undefined ? undefined : `${only} ${field(byHour.keys(), 0, 23)}`
}
