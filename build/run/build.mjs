/** Builds out/ where the sources have changed since it was built: by content, so that a checkout or a touch changes nothing. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { withLock } from './lock.mjs'
import { childEnvironment } from './node.mjs'
import { HouseError, modules, out, readJson, root, say, writeJson } from './place.mjs'
import { runProgram } from './program.mjs'

const stamp = join(out, 'built.json')
const inputs = ['electron', 'renderer', 'build/electron-vite.config.ts', 'package.json', 'package-lock.json']
const LIMIT_SECONDS = 5 * 60

/** Builds if needed, or always with `force`. */
export async function ensureBuilt(node, { force = false } = {}) {
  if (!force && isFresh()) return
  await withLock(async () => {
    if (!force && isFresh()) return
    say('building …')
    const sources = sourcesHash()
    // Removed first: a build that breaks off must not look finished to the next command.
    rmSync(stamp, { force: true })
    const cli = join(modules, 'electron-vite', 'bin', 'electron-vite.js')
    const args = [cli, 'build', '--config', 'build/electron-vite.config.ts', '--logLevel', 'warn']
    const { code } = await runProgram(node, args, {
      stdio: ['ignore', 2, 2],
      seconds: LIMIT_SECONDS,
      env: childEnvironment(node),
    })
    if (code !== 0) throw new HouseError(`the build failed (exit code ${code}); its messages are above.`)
    writeJson(stamp, { sources })
  })
}

function isFresh() {
  return readJson(stamp)?.sources === sourcesHash()
}

function sourcesHash() {
  const hash = createHash('sha256')
  for (const input of inputs)
    for (const file of filesBelow(join(root, input)).sort()) {
      const bytes = readFileSync(file)
      hash.update(`${relative(root, file).split(sep).join('/')}\0${bytes.length}\0`).update(bytes)
    }
  return hash.digest('hex')
}

function filesBelow(path) {
  if (!existsSync(path)) return []
  const isFile = /\.(ts|json)$/.test(path) && !path.endsWith(sep)
  if (isFile) return [path]
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}
