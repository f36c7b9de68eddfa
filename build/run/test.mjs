/** `npm test`: checks and tests behind one command, ended by one plain line of counts. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChecks } from './check.mjs'
import { childEnvironment } from './node.mjs'
import { cache, modules, readJson, root, say } from './place.mjs'
import { runProgram } from './program.mjs'
import { bringSystemParts } from './system-parts.mjs'
import { verdict } from './verdict.mjs'

const results = join(cache, 'test-results.json')
// A suite that hangs outside any test (a worker that never ends) must not hang the command.
const LIMIT_SECONDS = 60 * 60

/** Everything. With file names as arguments: only those tests, without the checks. */
export async function test(node, args) {
  await bringSystemParts()
  const checks = args.length === 0 ? await runChecks(node) : { passed: 0, failed: 0 }
  return report(checks, await runTests(node, args, {}))
}

/** The long loops whole, instead of the seeded sample. */
export async function soak(node, args) {
  await bringSystemParts()
  return report({ passed: 0, failed: 0 }, await runTests(node, args, { SITEKEEP_SOAK: '1' }))
}

async function runTests(node, args, extra) {
  rmSync(results, { force: true })
  const vitest = join(modules, 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=./test/helpers/report.ts']
  const { code, timedOut } = await runProgram(
    node,
    [vitest, 'run', '-c', 'build/vitest.config.ts', ...reporters, ...args],
    {
      env: childEnvironment(node, { SITEKEEP_TEST_RESULTS: results, SITEKEEP_TEST_BUILT: '1', ...extra }),
      seconds: LIMIT_SECONDS,
    },
  )
  if (timedOut) say(`the tests did not end within ${LIMIT_SECONDS / 60} min and were stopped`)
  return { code, found: readJson(results) }
}

/** Prints what was skipped and why, and at last the counts. */
function report(checks, { code, found }) {
  const notHere = readJson(join(root, 'test', 'not-here.json')) ?? []
  const { lines, passed, failed } = verdict({ checks, code, found, notHere, isCi: isCi() })
  for (const line of lines) process.stdout.write(`${line}\n`)
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

function isCi() {
  const value = process.env.CI ?? ''
  return value !== '' && value !== 'false' && value !== '0'
}
