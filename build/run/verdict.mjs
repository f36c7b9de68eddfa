/** What a test run amounts to: counts, and each skip with its reason. Pure. */

/**
 * @param {object} input
 * @param {{passed: number, failed: number}} input.checks format, lint, types
 * @param {number} input.code exit code of the test runner
 * @param {{passed: number, failed: number, skipped: {name: string, reason: string}[]} | undefined} input.found the reporter's record; absent where the runner died
 * @param {{name: string, reason: string}[]} input.notHere tests that cannot exist in CI, by full name
 * @param {boolean} input.isCi in CI a skip is a failure unless it is in `notHere`
 */
export function verdict({ checks, code, found, notHere, isCi }) {
  const skipped = found?.skipped ?? []
  const excused = skipped.filter(({ name }) => notHere.some((entry) => entry.name === name))
  // Long loops say so in their name; they run in `npm run soak`.
  const soaks = skipped.filter(({ name }) => name.includes('(soak)'))
  const bare = skipped.filter((entry) => !excused.includes(entry) && !soaks.includes(entry))
  const lines = [
    ...bare.map(({ name, reason }) => `skipped: ${name} — ${reason}`),
    ...excused.map(({ name, reason }) => `cannot run here: ${name} — ${reason}`),
  ]
  if (isCi && bare.length > 0) lines.push(`in CI every skip is a failure: ${bare.length}`)
  if (soaks.length > 0) lines.push(`${soaks.length} only in npm run soak`)
  if (excused.length > 0) lines.push(`${excused.length} not here (test/not-here.json)`)
  let failed = checks.failed + (found?.failed ?? 0) + (isCi ? bare.length : 0)
  // An error outside any test (an unhandled rejection, a file that cannot be loaded, a crash) shows only in the exit code.
  if (code !== 0 && (found?.failed ?? 0) === 0) {
    failed += 1
    lines.push(`the test runner ended with exit code ${code}`)
  }
  return { lines, passed: checks.passed + (found?.passed ?? 0), failed }
}
