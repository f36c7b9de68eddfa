/** Wall-clock time of a zone and the moments it stands for, across changes of summer time. */

/** A wall-clock time, as the milliseconds that it would be in UTC: `2026-03-29 02:30` is `Date.UTC(2026, 2, 29, 2, 30)`. */
export type Wall = number

const DAY = 24 * 60 * 60 * 1000

/** Clocks that change within a week do not change back in it: the closest were four weeks apart (Morocco, Ramadan). */
const WEEK = 7 * DAY
/** Asking Intl takes some 100 µs, and years of slots are asked for. */
const offsets = new Map<string, number>()
const MOST_WEEKS = 5_000

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterFor(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (formatter === undefined) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      second: 'numeric',
      ...parts,
    })
    formatters.set(zone, formatter)
  }
  return formatter
}

/** Whether this system knows a zone by that name (IANA: `Asia/Shanghai`). */
export function isZone(zone: string): boolean {
  try {
    formatterFor(zone)
    return true
  } catch {
    // That is how Intl says no.
    return false
  }
}

/** @param zone an IANA name; without it, this computer's zone */
export function wallOf(moment: number, zone: string | undefined): Wall {
  return moment + offsetAt(moment, zone)
}

/** Milliseconds that the zone's clocks are ahead of UTC. */
function offsetAt(moment: number, zone: string | undefined): number {
  if (zone === undefined) return -new Date(moment).getTimezoneOffset() * 60_000
  const week = Math.floor(moment / WEEK)
  const first = offsetOfWeek(week, zone)
  return first === offsetOfWeek(week + 1, zone) ? first : lookedUp(moment, zone)
}

function offsetOfWeek(week: number, zone: string): number {
  const key = `${week} ${zone}`
  let offset = offsets.get(key)
  if (offset === undefined) {
    offset = lookedUp(week * WEEK, zone)
    if (offsets.size > MOST_WEEKS) offsets.clear()
    offsets.set(key, offset)
  }
  return offset
}

function lookedUp(moment: number, zone: string): number {
  const parts = formatterFor(zone).formatToParts(moment)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(moment / 1000) * 1000
}

/**
 * The moments at which the zone's clocks show `wall`, soonest first: one as a rule, two where clocks are set back. Where they are set
 * forward over it there is none; then the moment that comes as long after the last one that exists (02:30 is 03:30 of summer time).
 */
export function momentsOf(
  wall: Wall,
  zone: string | undefined,
): { readonly moments: readonly number[]; readonly isSkipped: boolean } {
  const before = offsetAt(wall - DAY, zone)
  const moments = [...new Set([before, offsetAt(wall + DAY, zone)])]
    .map((offset) => wall - offset)
    .filter((moment) => wallOf(moment, zone) === wall)
    .sort((a, b) => a - b)
  return moments.length > 0 ? { moments, isSkipped: false } : { moments: [wall - before], isSkipped: true }
}
