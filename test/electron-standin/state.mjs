/** What all parts of the stand-in share: command-line switches, the recorder, and the browser once it runs. */
import fs from 'node:fs'

export const version = fs.readFileSync(new URL('./version', import.meta.url), 'utf8').trim()

export const switches = new Map(
  process.argv
    .slice(2)
    .filter((argument) => argument.startsWith('--'))
    .map((argument) => {
      const [name, ...value] = argument.slice(2).split('=')
      return [name, value.join('=')]
    }),
)

/** Everything native that the application asked for, in order; specs read it through `app.evaluate`. */
export const recorder = {
  calls: [],
  trays: [],
  notifications: [],
  record(name, args) {
    this.calls.push({ name, args })
  },
}

/** A function that only notes that it was called. */
export function recorded(name, result) {
  return (...args) => {
    recorder.record(name, args)
    return typeof result === 'function' ? result(...args) : result
  }
}

/** An event whose default action a listener may prevent. */
export function preventable(fields = {}) {
  return {
    ...fields,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true
    },
  }
}

/** Filled while starting: the browser, and whether `ready` has fired. */
export const running = { browser: undefined, isReady: false, isQuitting: false }

/** Every window that is not closed. */
export const windows = new Set()
