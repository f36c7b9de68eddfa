/** Local time in the two forms that are written down: ISO 8601 with offset, and the stamp in a set's name. */

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** `2026-01-05T02:00:00.123+08:00`, in the zone of this process. */
export function localIso(date: Date): string {
  const offset = -date.getTimezoneOffset()
  const sign = offset < 0 ? '-' : '+'
  const hours = two(Math.floor(Math.abs(offset) / 60))
  const minutes = two(Math.abs(offset) % 60)
  const shifted = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)
  return `${shifted}${sign}${hours}:${minutes}`
}

/** `20260105_020000`, in the zone of this process. */
export function localStamp(date: Date): string {
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`
  return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}
