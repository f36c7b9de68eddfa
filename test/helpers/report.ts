/** A vitest reporter that writes counts and skips, with their reasons, to the file that `npm test` reads. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

export interface TestRecord {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** Counts tests; a file that could not be loaded and an error outside any test count as failed. */
export function recordOf(modules: readonly TestModule[], unhandled: number): TestRecord {
  let passed = 0
  let failed = unhandled
  const skipped: { name: string; reason: string }[] = []
  for (const module of modules) {
    failed += module.errors().length
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') passed += 1
      else if (result.state === 'failed') failed += 1
      else skipped.push({ name: test.fullName, reason: reasonFor(result) })
    }
    for (const suite of module.children.allSuites()) failed += suite.errors().length
  }
  return { passed, failed, skipped }
}

/** A test that never ran at all is named as such: it is no better than a skip. */
function reasonFor(result: { readonly state: string; readonly note?: string | undefined }): string {
  return result.note ?? (result.state === 'skipped' ? 'no reason given' : 'it did not run')
}

/** Vitest makes one from a file's default export. */
class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const path = process.env['SITEKEEP_TEST_RESULTS']
    if (path === undefined) return
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, JSON.stringify(recordOf(modules, unhandledErrors.length)))
  }
}

export { CountReporter as default }
