/** The checks that need no run of the product: format, lint, types. */
import { join } from 'node:path'
import { childEnvironment } from './node.mjs'
import { modules, root, say } from './place.mjs'
import { runProgram } from './program.mjs'

const formatted = ['build', 'electron', 'renderer', 'test']
const prettier = [
  join(modules, 'prettier', 'bin', 'prettier.cjs'),
  '--config',
  'build/prettier.json',
  '--log-level',
  'warn',
]

const checks = [
  { name: 'format', args: [...prettier, '--check', ...formatted], advice: 'npm run format puts it right' },
  {
    name: 'lint',
    args: [join(modules, 'eslint', 'bin', 'eslint.js'), '-c', 'build/eslint.config.mjs', '--max-warnings', '0', '.'],
  },
  { name: 'types', args: [join(modules, 'typescript', 'bin', 'tsc'), '-b', join(root, 'tsconfig.json')] },
]

/**
 * Runs every check, also after one has failed.
 * @returns {Promise<{passed: number, failed: number}>}
 */
export async function runChecks(node) {
  const result = { passed: 0, failed: 0 }
  for (const { name, args, advice } of checks) {
    // What a check prints goes to stderr: the last line on stdout is the count.
    const { code } = await runProgram(node, args, { stdio: ['ignore', 2, 2], env: childEnvironment(node) })
    say(code === 0 ? `${name}: ok` : `${name}: FAILED${advice === undefined ? '' : ` (${advice})`}`)
    result[code === 0 ? 'passed' : 'failed'] += 1
  }
  return result
}

/** `npm run check`: the checks and the layering test, without the other tests. */
export async function check(node) {
  const { failed } = await runChecks(node)
  const vitest = [join(modules, 'vitest', 'vitest.mjs'), 'run', '-c', 'build/vitest.config.ts', 'test/layering.test.ts']
  const { code } = await runProgram(node, vitest, { env: childEnvironment(node) })
  return failed === 0 && code === 0 ? 0 : 1
}

export async function formatAll(node) {
  const { code } = await runProgram(node, [...prettier, '--write', ...formatted], { env: childEnvironment(node) })
  return code
}
