/** Reads what people type into values, and refuses what does not belong on a command line. */
import { InvalidArgumentError } from 'commander'
import { keepSchema, type BackupType, type Keep } from '../contract/job.ts'

/** `scheme://user:password@host`, or a query that carries one. */
const URL_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^/\s@:]*:[^/\s@]+@/i
const QUERY_PASSWORD = /[?&](password|passwd|pwd|secret|token|access_key|secret_key)=[^&\s]/i
/** `password=…` as libpq writes it, alone or among others. */
const PAIR_PASSWORD = /(^|[\s;])-{0,2}(password|passwd|pwd)=\S/i

/** Whether an argument holds a password. Arguments can be read by every program on the computer. */
export function passwordIn(args: readonly string[]): boolean {
  return args.some((arg) => [URL_PASSWORD, QUERY_PASSWORD, PAIR_PASSWORD].some((pattern) => pattern.test(arg)))
}

/** A message about an option without the value that was given to it: the value may be a secret that was mistyped. */
export function withoutValue(message: string): string {
  return message.replace(/(--[\w-]+)=[^']*/g, '$1')
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

/** As `wholeNumber`, but not 0. */
export function countFrom(text: string): number {
  const count = wholeNumber(text)
  if (count === 0) throw new InvalidArgumentError('Expected at least 1.')
  return count
}

/** Days by type, as in `full=30d,incremental=7d,hot=3d`; what is not named keeps its value in `before`. */
export function keepFrom(text: string, before: Keep = keepSchema.parse({})): Keep {
  const keep = { ...before }
  for (const part of text.split(',')) {
    const match = /^\s*(full|incremental|hot)\s*=\s*(\d{1,5})\s*(d|w)?\s*$/.exec(part)
    if (match === null) throw new InvalidArgumentError('Expected something like full=30d,incremental=7d,hot=3d.')
    const days = Number(match[2]) * (match[3] === 'w' ? 7 : 1)
    if (days < 1 || days > 36_500) throw new InvalidArgumentError('Expected 1 to 36500 days.')
    keep[match[1] as BackupType] = days
  }
  return keep
}

/** Minutes from `90`, `90m`, `24h` or `2d`. */
export function minutesFrom(text: string): number {
  const match = /^(\d{1,6})(m|h|d)?$/.exec(text)
  const minutes = match === null ? 0 : Number(match[1]) * { m: 1, h: 60, d: 1440 }[(match[2] ?? 'm') as 'm' | 'h' | 'd']
  if (minutes < 1) throw new InvalidArgumentError('Expected a time such as 30m, 24h or 2d.')
  return minutes
}

/** One of `choices`. */
export function oneOf<T extends string>(choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text)
    if (found === undefined) throw new InvalidArgumentError(`Expected one of: ${choices.join(', ')}.`)
    return found
  }
}
