/** System programs that the tests use: brought once on Debian and Ubuntu as root, named everywhere else. */
import { existsSync } from 'node:fs'
import { say } from './place.mjs'
import { outputOf, runProgram } from './program.mjs'

const LIMIT_SECONDS = 10 * 60

/** Each part with the Debian package that brings it. A part is there where its program answers. */
const parts = [
  { name: 'chromium', has: () => onPath('chromium') || onPath('chromium-browser') || onPath('google-chrome') },
  { name: 'fonts-noto-cjk', has: () => Boolean(outputOf('fc-list', [':lang=zh', 'family'])) },
  { name: 'fontconfig', has: () => onPath('fc-list') },
  { name: 'gcc', has: () => onPath('gcc') },
  { name: 'libc6-dev', has: () => existsSync('/usr/include/stdio.h') },
  { name: 'python3', has: () => onPath('python3') },
  { name: 'sqlite3', has: () => onPath('sqlite3') },
  { name: 'postgresql', has: () => existsSync('/usr/lib/postgresql') },
  { name: 'zstd', has: () => onPath('zstd') },
  { name: 'strace', has: () => onPath('strace') },
  { name: 'faketime', has: () => onPath('faketime') },
  { name: 'systemd', has: () => onPath('systemd-analyze') },
]

/** Installs what is missing where that can be done; elsewhere says what is missing. Never fails: the tests decide. */
export async function bringSystemParts() {
  if (process.platform !== 'linux') return
  const missing = parts.filter(({ has }) => !has()).map(({ name }) => name)
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !onPath('apt-get')) {
    say(`not on this system, so the tests that need it are skipped: ${missing.join(', ')}`)
    return
  }
  say(`installing what the tests need, once (apt-get): ${missing.join(', ')} …`)
  const updated = await apt('update', '-qq')
  const installed = updated && (await apt('install', '-y', '-qq', '--no-install-recommends', ...missing))
  if (!installed) say('apt-get failed; the tests that need these parts are skipped (in CI they fail)')
}

async function apt(...args) {
  const options = ['-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=60', '-o', 'DPkg::Lock::Timeout=120']
  const { code } = await runProgram('apt-get', [...options, ...args], {
    stdio: ['ignore', 2, 2],
    seconds: LIMIT_SECONDS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return code === 0
}

function onPath(program) {
  return (process.env.PATH ?? '').split(':').some((dir) => dir !== '' && existsSync(`${dir}/${program}`))
}
