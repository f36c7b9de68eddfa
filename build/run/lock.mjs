/** One house command at a time installs or builds; the others wait for it. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HouseError, out, say } from './place.mjs'

// In out/ and not in node_modules: `npm ci` empties node_modules while the lock is held.
const path = join(out, '.lock')
const WAIT_SECONDS = 15 * 60

/** Runs `work` while holding the lock. Waits at most a quarter of an hour for another holder. */
export async function withLock(work) {
  await acquire()
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

async function acquire() {
  mkdirSync(out, { recursive: true })
  for (let waited = 0; waited < WAIT_SECONDS * 4; waited += 1) {
    if (take()) return
    if (holderIsGone()) rmSync(path, { force: true })
    else {
      if (waited === 4) say('waiting for another sitekeep command that installs or builds …')
      await sleep(250)
    }
  }
  throw new HouseError(`another command has been installing or building for 15 min; if none runs, remove ${path}`)
}

function take() {
  try {
    const handle = openSync(path, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'EPERM') return false
    throw error
  }
}

function holderIsGone() {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    // Between its creation and its pid a lock is empty for a moment; one that stays empty was left by a killed process.
    if (!(pid > 0)) return Date.now() - statSync(path).mtimeMs > 5000
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
