/** What this machine can show: an Electron window, a browser, or neither — and why. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { childEnvironment } from './node.mjs'
import { cache, modules, readJson, say, writeJson } from './place.mjs'
import { runProgram } from './program.mjs'

const LIMIT_SECONDS = 120
/** A machine that cannot reach the download is not asked to wait for it at every start. */
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000
const attemptFile = join(cache, 'electron-download.json')

/**
 * Decides between window and pages.
 * @returns {Promise<{electron: string | undefined, why: string}>} the executable, or the reason there is none.
 */
export async function chooseWindow(node) {
  const display = displayProblem()
  if (display !== undefined) return { electron: undefined, why: display }
  const present = findElectron()
  if (present !== undefined) return { electron: present, why: 'Electron is installed and there is a display' }
  const failure = await downloadElectron(node)
  const electron = findElectron()
  return electron === undefined
    ? { electron, why: `Electron is not installed: ${failure ?? 'its download left no program'}` }
    : { electron, why: 'Electron was downloaded and there is a display' }
}

/** Why no window can be opened, or undefined where one can. */
export function displayProblem(environment = process.env, platform = process.platform, uid = process.getuid?.()) {
  if (environment.SITEKEEP_HEADLESS === '1') return 'SITEKEEP_HEADLESS is set'
  if (platform !== 'linux') return undefined
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'there is no display'
  // Chromium refuses to start as root with its sandbox on, and without it a page could do whatever root can.
  return uid === 0 ? 'Electron does not run as root' : undefined
}

/**
 * The Electron executable, if its file is there. Looks for the file itself: `require('electron')` would start a download
 * that nothing bounds.
 */
export function findElectron(environment = process.env) {
  const name = readText(join(modules, 'electron', 'path.txt'))
  const override = environment.ELECTRON_OVERRIDE_DIST_PATH
  const path = override
    ? join(override, name ?? (process.platform === 'win32' ? 'electron.exe' : 'electron'))
    : name && join(modules, 'electron', 'dist', name)
  return path && existsSync(path) ? path : undefined
}

/** Tries once a day to fetch Electron, for at most two minutes. Returns why it failed, or undefined. */
async function downloadElectron(node) {
  const installer = join(modules, 'electron', 'install.js')
  if (!existsSync(installer)) return 'its npm package was left out'
  const mirror = process.env.ELECTRON_MIRROR ?? ''
  const earlier = readJson(attemptFile)
  const advice = 'to try again: ELECTRON_MIRROR=<mirror> npx install-electron'
  if (earlier?.mirror === mirror && Date.now() - earlier.at < RETRY_AFTER_MS) return `${earlier.failure}; ${advice}`
  say(`downloading Electron (at most ${LIMIT_SECONDS} s; ELECTRON_MIRROR chooses another source) …`)
  const { code, timedOut } = await runProgram(node, [installer], {
    stdio: ['ignore', 2, 2],
    seconds: LIMIT_SECONDS,
    env: childEnvironment(node),
  })
  if (code === 0) return undefined
  const failure = timedOut
    ? `its download did not end within ${LIMIT_SECONDS} s`
    : 'its download failed (the reason is above)'
  writeJson(attemptFile, { at: Date.now(), mirror, failure: failure.replace(' (the reason is above)', '') })
  return `${failure}; ${advice}`
}

function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}
