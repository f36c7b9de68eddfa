/** The pages' only clock: milliseconds since the epoch, and a hook that ticks so that ages stay true. */
import { useEffect, useState } from 'react'

export function now(): number {
  // eslint-disable-next-line no-restricted-syntax -- the one place where pages read the time
  return Date.now()
}

/** The time, renewed every `everyMs` milliseconds. */
export function useNow(everyMs = 15_000): number {
  const [time, setTime] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => {
      setTime(now())
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return time
}
