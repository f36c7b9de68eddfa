/** Processes whose wall clock shows another time (libfaketime); their monotonic clock and their timers go on as they are. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const LIBRARIES = '/usr/lib'

export const fakeTimeLibrary: string | undefined = (existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [])
  .map((name) => join(LIBRARIES, name, 'faketime/libfaketime.so.1'))
  .find((path) => existsSync(path))

if (fakeTimeLibrary === undefined && process.env['CI'] === 'true') throw new Error('libfaketime is not installed')

/** Environment of a process that starts at `moment`, in `zone`. */
export function atTime(moment: string, zone: string): Record<string, string> {
  const seconds = Math.round((Date.parse(moment) - Date.now()) / 1000)
  return {
    LD_PRELOAD: fakeTimeLibrary ?? '',
    FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    // Of the processes that it starts too.
    FAKETIME_DONT_RESET: '1',
    TZ: zone,
  }
}
