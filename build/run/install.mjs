/** Dependencies by lockfile: installed where they are missing or the lockfile has changed, and never otherwise. */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { HouseError, cache, modules, readJson, root, say, sha256, writeJson } from './place.mjs'
import { outputOf, runProgram } from './program.mjs'

const stamp = join(cache, 'installed.json')
const LIMIT_SECONDS = 15 * 60

/** Installs if needed. Bounded in time; throws HouseError with the way out. */
export async function ensureInstalled() {
  if (isFresh()) return
  await withLock(async () => {
    if (isFresh()) return
    if (!alreadyAgrees()) await install()
    writeJson(stamp, wanted())
  })
}

function wanted() {
  return {
    lockfile: sha256(readFileSync(join(root, 'package-lock.json'))),
    platform: process.platform,
    arch: process.arch,
  }
}

function isFresh() {
  const found = readJson(stamp)
  const want = wanted()
  return found?.lockfile === want.lockfile && found.platform === want.platform && found.arch === want.arch
}

/** True where somebody ran npm by hand and node_modules already holds what the lockfile says. */
function alreadyAgrees() {
  const locked = readJson(join(root, 'package-lock.json'))?.packages ?? {}
  const found = readJson(join(modules, '.package-lock.json'))?.packages
  if (found === undefined) return false
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true
    const here = found[path]
    if (here === undefined) return mayBeAbsent(entry)
    return here.version === entry.version && here.integrity === entry.integrity && existsSync(join(root, path))
  })
}

/** Optional packages of other platforms are absent, and so is what only those need; one that names this platform must be there. */
function mayBeAbsent(entry) {
  if (entry.optional !== true && entry.devOptional !== true) return false
  if (entry.os === undefined && entry.cpu === undefined) return true
  const names = (list, value) => list === undefined || [list].flat().some((name) => name === value)
  return !names(entry.os, process.platform) || !names(entry.cpu, process.arch) || entry.libc !== undefined
}

async function install() {
  const { program, first, shell } = npm()
  const command = installCommand()
  say(`installing dependencies (npm ${command.join(' ')}) …`)
  const args = [...first, ...command, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  // Fewer and shorter retries than npm's own: a network that drops packets is reported in minutes, not in an hour.
  args.push('--fetch-timeout=60000', '--fetch-retries=2')
  // npm's words go to stderr, so that stdout stays the command's own.
  const { code, timedOut } = await runProgram(program, args, {
    stdio: ['ignore', 2, 2],
    seconds: LIMIT_SECONDS,
    shell,
    env: { ...process.env, NODE_ENV: '' },
  })
  if (code === 0) return
  rmSync(stamp, { force: true })
  const what = timedOut ? `did not end within ${LIMIT_SECONDS / 60} min` : `ended with exit code ${code}`
  throw new HouseError(
    `installing the dependencies failed: npm ${what}. ` +
      `Check the connection to ${outputOf('npm', ['config', 'get', 'registry']) ?? 'the registry'} ` +
      '(another one: npm config set registry URL), then run the command again.',
  )
}

/**
 * `npm ci` first removes node_modules. On Windows that fails where this very process runs from it (`npm run` puts
 * node_modules/.bin first in PATH), so there the lockfile is applied in place.
 */
function installCommand() {
  const runsFromModules =
    process.platform === 'win32' && process.execPath.toLowerCase().startsWith(modules.toLowerCase())
  return runsFromModules ? ['install', '--no-save'] : ['ci']
}

/** The npm that started us, else the one in PATH. */
function npm() {
  const own = process.env.npm_execpath
  if (own !== undefined && /npm-cli\.c?js$/.test(own) && existsSync(own))
    return { program: process.execPath, first: [own], shell: false }
  // npm is a .cmd file on Windows, which only a shell can start; its arguments here are our own constants.
  return { program: 'npm', first: [], shell: process.platform === 'win32' }
}
