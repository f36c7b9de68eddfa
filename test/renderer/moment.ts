/** The moment from which the fixture is told: a Thursday afternoon. */
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const NOW = new Date(2026, 10, 19, 15, 5).getTime()

export const iso = (at: number): string => new Date(at).toISOString()
export const two = (n: number): string => String(n).padStart(2, '0')
