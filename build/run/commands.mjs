/** The house commands by name: what each one needs before it runs, and what it runs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { check, formatAll } from './check.mjs'
import { chooseWindow } from './desktop.mjs'
import { ensureInstalled } from './install.mjs'
import { childEnvironment, fittingNode } from './node.mjs'
import { HouseError, modules, out, root, say } from './place.mjs'
import { runProgram } from './program.mjs'
import { test, soak } from './test.mjs'

const cli = join(out, 'main', 'cli.js')

/** `build`: whether out/ has to be up to date. `does` gets the fitting Node and the remaining arguments, and returns an exit code. */
const commands = {
  demo: { build: true, does: demo },
  start: { build: true, does: start },
  test: { build: true, does: test },
  sitekeep: { build: true, does: (node, args) => runOurs(node, [cli, ...args]) },
  build: { build: 'always', does: async () => 0 },
  check: { build: false, does: check },
  soak: { build: true, does: soak },
  bench: { build: true, does: bench },
  pack: { build: true, does: pack },
  format: { build: false, does: formatAll },
}

/** Runs a house command; returns its exit code. */
export async function run([name, ...args]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
  if (command === undefined) {
    say(`usage: node build/run.mjs ${Object.keys(commands).join('|')} [arguments]`)
    return 2
  }
  try {
    await ensureInstalled()
    const node = fittingNode()
    if (command.build !== false) await ensureBuilt(node, { force: command.build === 'always' })
    return await command.does(node, args)
  } catch (error) {
    if (!(error instanceof HouseError)) throw error
    say(error.message)
    return 1
  }
}

async function runOurs(node, args, extra = {}) {
  const { code } = await runProgram(node, args, { env: childEnvironment(node, extra) })
  return code
}

async function demo(node, args) {
  const { electron } = args.includes('--once') ? {} : await chooseWindow(node)
  return runOurs(node, [cli, 'demo', ...args], electron === undefined ? {} : { SITEKEEP_ELECTRON: electron })
}

async function start(node, args) {
  const { electron, why } = await chooseWindow(node)
  if (electron !== undefined) {
    say(`opening the window: ${why}.`)
    const { code } = await runProgram(electron, [root, ...args], {
      env: childEnvironment(node, { SITEKEEP_NODE: node }),
    })
    return code
  }
  say(`serving the pages to a browser on this computer: ${why}.`)
  return runOurs(node, [cli, 'agent', '--http', '127.0.0.1:0', '--open', ...args])
}

async function bench(node, args) {
  const entry = join(root, 'test', 'bench', 'main.ts')
  if (!existsSync(entry)) throw new HouseError('this checkout holds no measurements (test/bench/main.ts).')
  return runOurs(node, [entry, ...args])
}

function pack(node, args) {
  return runOurs(node, [join(root, 'build', 'pack.mjs'), ...args])
}
